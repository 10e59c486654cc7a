import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation
import Testing

/// Plans whose inputs and outputs stay maps.
@Suite struct KeptMapsTests {
  static let side = 64

  private static func networks() throws -> [(name: String, graph: Graph, image: Tensor)] {
    var network = try DetectorNetwork(size: side, width: 8, classes: 3)
    let image = network.image(size: side)
    return [
      ("float", network.graph, image),
      ("quantised", try network.graph.quantised(on: image), image),
      ("signed", try network.graph.quantised(on: image, isSigned: true), image),
    ]
  }

  @Test func tensorsGiveTheSameAsWithoutMaps() throws {
    for (name, graph, image) in try Self.networks() {
      for precision in Precision.allCases {
        let plain = try Compiler(precision: precision).compile(graph)
        let kept = try Compiler(precision: precision, keepsMaps: true).compile(graph)
        #expect(kept.plan.steps.count < plain.plan.steps.count, "\(name)")
        #expect(kept.plan.arenaCount <= plain.plan.arenaCount, "\(name)")
        let wanted = try plain.session().run(inputs: [image])
        let found = try kept.session(threads: 2).run(inputs: [image])
        for (a, b) in zip(found, wanted) {
          #expect(a.shape == b.shape && a.elements(as: Float.self) == b.elements(as: Float.self))
        }
      }
    }
  }

  /// Pixels through tables are, to the bit, the numbers that the tables stand for.
  @Test(arguments: ISA.available, Precision.allCases)
  func pixelsGiveTheSameAsNumbers(_ isa: ISA, _ precision: Precision) throws {
    var numbers = Numbers(seed: 5)
    let equal: [Float] = (0..<768).map { (place: Int) -> Float in Float(place % 256) / 255 }
    let values: [Float] = equal.enumerated().map { (place: Int, value: Float) -> Float in
      value * 1.5 - Float(place / 256)
    }
    let gray: Float = 114 / 255
    let variants: [(values: [Float], frame: [Float])] = [
      (values, [0.3, 0.1, 0]), (equal, [gray, gray, gray]),
    ]
    let size = (height: 40, width: 53)
    let place = (top: 9, left: 7)
    let pixels = (0..<3 * size.height * size.width).map { _ in
      UInt8(truncatingIfNeeded: Int(numbers.next() * 1000))
    }
    for (name, graph, _) in try Self.networks() {
      let compiled = try Compiler(isa: isa, precision: precision, keepsMaps: true).compile(graph)
      let session = try compiled.session()
      #expect(session.plan.inputs[0].takesPixels)
      for (table, frame) in variants {
        let tables = try session.pixelTables(0, values: table, frame: frame)
        for isReversed in [false, true] {
          var planes: [Float] = []
          for channel in 0..<3 {
            for y in 0..<Self.side {
              for x in 0..<Self.side {
                let (row, column) = (y - place.top, x - place.left)
                guard (0..<size.height).contains(row), (0..<size.width).contains(column) else {
                  planes.append(frame[channel])
                  continue
                }
                let first = 3 * (row * size.width + column)
                let sample = pixels[first + (isReversed ? 2 - channel : channel)]
                planes.append(table[256 * channel + Int(sample)])
              }
            }
          }
          let wanted = try session.run(
            inputs: [Tensor(planes, shape: [1, 3, Self.side, Self.side])])
          try session.setInput(
            0, pixels: [UInt8](repeating: 0, count: 3 * 64 * 64).span, size: (64, 64), at: (0, 0),
            isReversed: false, through: tables)
          try session.setInput(
            0, pixels: pixels.span, size: size, at: place, isReversed: isReversed, through: tables)
          try session.run()
          for index in wanted.indices {
            #expect(
              try session.output(index).elements(as: Float.self)
                == wanted[index].elements(as: Float.self), "\(name)")
          }
        }
      }
    }
  }

  /// What a map is asked is what its numbers answer.
  @Test func limitsAreThoseOfNumbers() throws {
    for scale in [0.02, 0.1] as [Float] {
      var graph = Graph(name: "grid")
      let input = graph.addInput("x", Fact(.float32, [1, 70, 3, 9]))
      let factor = graph.addConstant(Tensor(scalar: scale))
      let zero = graph.addConstant(Tensor(integers: [77], dtype: .uint8, shape: []))
      let ones = (0..<70 * 70).map { (place: Int) -> Int64 in
        place / 70 == place % 70 ? 127 : 0
      }
      let elements = graph.addConstant(Tensor(integers: ones, dtype: .int8, shape: [70, 70, 1, 1]))
      let unit = graph.addConstant(Tensor(scalar: Float(1) / 127))
      let weights = try graph.append(DequantizeLinear(), [elements, unit], name: "w")
      let first = try graph.append(QuantizeLinear(), [input, factor, zero], name: "q")
      let real = try graph.append(DequantizeLinear(), [first, factor, zero], name: "dq")
      let same = try graph.append(Conv(), [real, weights], name: "conv")
      let stored = try graph.append(QuantizeLinear(), [same, factor, zero], name: "q")
      graph.setOutputs([try graph.append(DequantizeLinear(), [stored, factor, zero], name: "y")])
      let session = try Compiler(keepsMaps: true).compile(graph).session()
      var numbers = Numbers(seed: 8)
      let output = try session.run(inputs: [numbers.tensor([1, 70, 3, 9], scale: 3)])[0]
      let planes = output.elements(as: Float.self)
      let map = try #require(session.outputMap(0)).channels(5..<69)
      for number in [-.infinity, -3, -scale, 0, scale, 1, 2.9, .infinity] as [Float] {
        let limit = map.limit(number)
        var columns = [Int32](repeating: 0, count: 9)
        for row in 0..<3 {
          let count = map.columns(ofRow: row, above: limit, into: &columns)
          let wanted = (0..<9).filter { (column: Int) -> Bool in
            (5..<69).contains { (channel: Int) -> Bool in
              let place = (channel * 3 + row) * 9 + column
              return planes[place] > number
            }
          }
          #expect(columns[..<count].map(Int.init) == wanted, "\(number)")
        }
      }
      var cell = [Float](repeating: 0, count: 64)
      map.read(row: 2, column: 4, into: &cell)
      let wanted = (5..<69).map { (channel: Int) -> Float in planes[(channel * 3 + 2) * 9 + 4] }
      #expect(cell == wanted)
    }
  }

  @Test func anInputThatOthersReadStaysNumbers() throws {
    let test = Case("shared input", [[1, 3, 8, 8]]) { g, x, n in
      [try g.conv(x[0], [4, 3, 1, 1], &n), try g.append(Sigmoid(), [x[0]], name: "s")]
    }
    let graph = try test.graph()
    let kept = try Compiler(keepsMaps: true).compile(graph)
    let inputs = test.tensors()
    let wanted = try Compiler().compile(graph).session().run(inputs: inputs)
    let session = try kept.session()
    let found = try session.run(inputs: inputs)
    for (a, b) in zip(found, wanted) {
      #expect(a.elements(as: Float.self) == b.elements(as: Float.self))
    }
    if case .place = kept.plan.inputs[0].holder {
      #expect(!session.plan.inputs[0].takesPixels)
      #expect(throws: RuntimeError.self) {
        try session.pixelTables(
          0, values: [Float](repeating: 0, count: 768), frame: [0, 0, 0])
      }
    }
  }

  @Test func picturesThatDoNotFitAreRefused() throws {
    let (_, graph, _) = try Self.networks()[0]
    let session = try Compiler(keepsMaps: true).compile(graph).session()
    let tables = try session.pixelTables(
      0, values: [Float](repeating: 0, count: 768), frame: [0, 0, 0])
    let pixels = [UInt8](repeating: 0, count: 3 * 60 * 60)
    let wrong: [(size: (height: Int, width: Int), place: (top: Int, left: Int), image: Int)] = [
      ((60, 60), (5, 0), 0), ((60, 60), (0, -1), 0), ((60, 61), (0, 0), 0), ((60, 60), (0, 0), 1),
    ]
    for (size, place, image) in wrong {
      #expect(throws: RuntimeError.self) {
        try session.setInput(
          0, image: image, pixels: pixels.span, size: size, at: place, isReversed: false,
          through: tables)
      }
    }
  }

  @Test func plansWithMapsGoThroughFiles() throws {
    let (_, graph, image) = try Self.networks()[1]
    let compiled = try Compiler(keepsMaps: true).compile(graph)
    let file = try PlanFile.bytes(of: compiled.plan)
    let path = "/tmp/apus-kept-maps-\(UInt64.random(in: 0 ... .max)).apus"
    try Data(file).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let wanted = try compiled.session().run(inputs: [image])
    let found = try Session(PlanFile.read(path)).run(inputs: [image])
    for (a, b) in zip(found, wanted) {
      #expect(a.elements(as: Float.self) == b.elements(as: Float.self))
    }
  }
}
