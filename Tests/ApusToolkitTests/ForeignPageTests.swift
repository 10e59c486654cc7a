import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// Pages of graphs that no exporter made: hostile names, no names, loops between blocks, thousands of nodes.
@Suite struct ForeignPageTests {
  /// A model file of operator set 13 from `x` to the output of the given name.
  struct Net {
    var nodes: [(op: String, inputs: [String], output: String, name: String)] = []
    var output = "y"
    var weights: [String] = []
    var weightShape = [4, 4, 1, 1]
    /// Attributes of nodes by the nodes' names: integers for `group` and `axis`, else lists of them.
    var attributes: [String: [(name: String, values: [Int])]] = [:]

    func page() throws -> (page: ModelPage, inspection: ModelInspection, read: PageReader) {
      let bytes = Message {
        $0.varint(1, 8)
        $0.message(7) { graph in
          for node in nodes {
            graph.message(1) {
              for input in node.inputs { $0.text(1, input) }
              $0.text(2, node.output)
              $0.text(3, node.name)
              $0.text(4, node.op)
              for (name, values) in attributes[node.name] ?? [] {
                let isList = !["group", "axis"].contains(name)
                $0.message(5) {
                  $0.text(1, name)
                  for value in values { $0.varint(isList ? 8 : 3, value) }
                  $0.varint(20, isList ? 7 : 2)
                }
              }
            }
          }
          for name in weights {
            graph.message(5) {
              for size in weightShape { $0.varint(1, size) }
              $0.varint(2, 1)
              $0.text(8, name)
              $0.bytes(9, [UInt8](repeating: 0, count: 4 * weightShape.reduce(1, *)))
            }
          }
          for (field, name) in [(11, "x"), (12, output)] {
            graph.message(field) {
              $0.text(1, name)
              $0.message(2) {
                $0.message(1) {
                  $0.varint(1, 1)
                  $0.message(2) {
                    for size in [1, 4, 8, 8] { $0.message(1) { $0.varint(1, size) } }
                  }
                }
              }
            }
          }
        }
        $0.message(8) { $0.varint(2, 13) }
      }.bytes
      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("apus-page-\(UUID().uuidString).onnx")
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(bytes).write(to: file)
      let model = try Model(path: file.path)
      let page = ModelPage(model)
      return (page, ModelInspection(model), try PageReader(page.html))
    }
  }

  /// A convolution, an activation and an addition, over and over, with names that say nothing.
  static func residual(_ count: Int) -> Net {
    var net = Net()
    var value = "x"
    for step in 0..<count {
      net.nodes += [
        ("Conv", [value, "w"], "c\(step)", "Conv_\(step)"),
        ("Relu", ["c\(step)"], "r\(step)", "Relu_\(step)"),
        ("Add", [value, "r\(step)"], "a\(step)", "Add_\(step)"),
      ]
      value = "a\(step)"
    }
    net.weights = ["w"]
    net.output = value
    return net
  }

  @Test func hostileNamesAreText() throws {
    var net = Net()
    let names = (0..<3).map { "\($0)/\(HTMLTests.hostile)" }
    net.nodes = [
      ("Conv", ["x", HTMLTests.hostile], names[0], names[0]),
      (HTMLTests.hostile, [names[0]], names[1], names[1]),
      ("Relu", [names[1]], names[2], names[2]),
    ]
    net.weights = [HTMLTests.hostile]
    net.output = names[2]
    let (_, _, read) = try net.page()
    #expect(read.elements.filter { $0.name == "script" }.count == 1)
    #expect(read.elements.filter { $0.name == "img" }.isEmpty)
    #expect(read.elements.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
    #expect(read.text.contains(HTMLTests.hostile))
    #expect(read.text.contains("unknown operator"))
  }

  @Test func longAndDeepNamesStayShort() throws {
    var net = Net()
    net.nodes = [
      ("Relu", ["x"], "a", String(repeating: "a.", count: 200_000)),
      ("Relu", ["a"], "y", String(repeating: "b", count: 200_000)),
    ]
    let page = try net.page().page.html
    #expect(page.utf8.count < 30_000)
  }

  /// `one` reads from `two` and the other way round: no order of the two blocks is right.
  @Test func blocksMayReadFromOneAnother() throws {
    var net = Net()
    net.nodes = [
      ("Relu", ["x"], "a", "one.first"), ("Abs", ["a"], "b", "two.first"),
      ("Neg", ["b"], "c", "one.second"), ("Exp", ["c"], "y", "two.second"),
    ]
    let (page, _, read) = try net.page()
    #expect(page.outline.blocks.map(\.name) == ["one", "two"])
    let lines = read.elements.filter { $0.attributes["class"]?.hasPrefix("line") == true }
    // From x, there and back, to y.
    #expect(lines.count == 4)
  }

  @Test func namesOfExportersAndOfModulesTellTheSameBlocks() throws {
    for names in [
      ["/model.4/m/m.0/cv1/conv/Conv", "/model.4/m/m.0/cv1/act/Relu", "/model.4/cv2/conv/Conv"],
      ["model.4.m.0.cv1.conv", "model.4.m.0.cv1.act", "model.4.cv2.conv"],
    ] {
      var net = Net()
      net.nodes = [
        ("Relu", ["x"], "a", names[0]), ("Abs", ["a"], "b", names[1]),
        ("Neg", ["b"], "y", names[2]),
      ]
      let blocks = try net.page().page.outline.blocks.map(\.name)
      #expect(blocks == ["model.4.m.0.cv1", names[2]])
    }
  }

  @Test func withoutNamesChainsBetweenForksAndJoinsAreBlocks() throws {
    let (page, inspection, read) = try Self.residual(4).page()
    #expect(page.outline.origin.hasPrefix("chains"))
    let names = page.outline.blocks.map(\.name)
    #expect(names == (0..<4).flatMap { ["Conv_\($0) … Relu_\($0)", "Add_\($0)"] })
    let first = try #require(page.outline.blocks.first)
    let last = try #require(page.outline.blocks.last { $0.name.hasPrefix("Conv") })
    // The shared weights count once, with the first that reads them.
    #expect(page.cost(of: first).parameters == 16)
    #expect(page.cost(of: last).parameters == 0)
    #expect(page.cost(of: last).macs == 4 * 4 * 64)
    #expect(inspection.weightCount == 16)
    #expect(read.text.contains("1×1 kernel, stride 1, pad 0"))
  }

  @Test func whatNoOutputDependsOnIsCountedAndNotDrawn() throws {
    var net = Net()
    net.nodes = [
      ("Relu", ["x"], "y", "kept"), ("Conv", ["x", "w"], "dead", "Conv_dead"),
    ]
    net.weights = ["w", "lost"]
    let (page, inspection, read) = try net.page()
    #expect(page.outline.blocks.map(\.name) == ["kept", "read by nothing"])
    #expect(page.outline.drawnBlocks.count == 1)
    #expect(inspection.weightCount == 32)
    #expect(read.text.contains("16 numbers are in constants that no node reads"))
    let blocks = read.elements.filter { $0.attributes["id"]?.hasPrefix("b") == true }
    let shown = blocks.compactMap { Int($0.attributes["data-parameters"] ?? "") }
    #expect(shown.reduce(0, +) == 16)
  }

  @Test func thousandsOfNodesStayReadable() throws {
    let start = ContinuousClock.now
    let (page, _, read) = try Self.residual(1000).page()
    #expect(page.outline.blocks.count <= 60)
    #expect(page.outline.blocks.reduce(0) { $0 + $1.nodes.count } == 3000)
    #expect(read.elements.filter { $0.attributes["class"] == "node" }.count == 3000)
    #expect(page.html.utf8.count < 3_000_000)
    // Seconds at worst; anything quadratic takes minutes.
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func attributesAreToldInWords() throws {
    var net = Net()
    net.nodes = [
      ("Relu", ["x"], "y", "kept"), ("Conv", ["x", "w"], "a", "uneven"),
      ("MaxPool", ["x"], "b", "even"), ("Concat", ["x", "x"], "c", "joined"),
    ]
    net.weights = ["w"]
    net.weightShape = [4, 1, 3, 1]
    net.attributes = [
      "uneven": [
        ("group", [4]), ("strides", [2, 2]), ("pads", [1, 0, 0, 0]), ("dilations", [1, 2]),
      ],
      "even": [("kernel_shape", [3, 3]), ("strides", [2, 1]), ("pads", [1, 1, 1, 1])],
      "joined": [("axis", [1])],
    ]
    let text = try net.page().read.text
    for words in [
      "3×1 kernel, stride 2, pads 1×0 before, 0×0 after, dilation 1×2, depthwise, 4 groups",
      "3×3 kernel, stride 2×1, pad 1", "axis 1", "float32 1×8×8×8",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test func anEmptyGraphHasAPage() throws {
    var net = Net()
    net.output = "x"
    let (page, _, read) = try net.page()
    #expect(page.outline.blocks.isEmpty)
    #expect(read.text.contains("None:"))
  }
}
