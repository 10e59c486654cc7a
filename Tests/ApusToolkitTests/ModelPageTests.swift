import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// The page of a model: well-formed, with the numbers of its inspection.
@Suite(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
struct ModelPageTests {
  static let files = [
    "models/yolov5/yolov5n.pt", "models/yolov5/yolov5n.onnx", "models/yolov10/yolov10n.onnx",
  ]

  static func sum(_ page: PageReader, _ attribute: String, among elements: [PageReader.Element])
    -> Int
  {
    elements.reduce(0) { $0 + (Int($1.attributes[attribute] ?? "") ?? 0) }
  }

  @Test(arguments: files)
  func numbersAreThoseOfTheInspection(_ file: String) throws {
    let model = try Model(path: Shared.file(file).path)
    let inspection = ModelInspection(model)
    let page = try PageReader(ModelPage(model).html)
    let details = page.elements.filter { $0.name == "details" }
    let nodes = details.filter { $0.attributes["class"] == "node" }
    let outermost = details.filter {
      $0.attributes["class"] == "block" && $0.attributes["id"] != nil
    }
    let counts = outermost.compactMap { Int($0.attributes["data-nodes"] ?? "") }
    let total = inspection.operators.values.reduce(0, +)
    #expect(nodes.count == total)
    #expect(counts.reduce(0, +) == total)
    for elements in [nodes, outermost] {
      #expect(Self.sum(page, "data-parameters", among: elements) == inspection.weightCount)
      #expect(Self.sum(page, "data-macs", among: elements) == inspection.multiplyAccumulates)
    }
    let macs = Double(try #require(inspection.multiplyAccumulates)) / 1e9
    #expect(page.text.contains(String(format: "%.3f", macs)))
    let hash = try #require(inspection.description.split(separator: " ").last)
    #expect(hash.count == 64 && page.text.contains(hash))
  }

  @Test(arguments: files)
  func everyBlockIsTheSumOfItsParts(_ file: String) throws {
    let page = ModelPage(try Model(path: Shared.file(file).path))
    func check(_ block: GraphOutline.Block) {
      var nodes: [Int] = []
      for item in block.items {
        switch item {
        case .node(let place): nodes.append(place)
        case .block(let inner):
          #expect(inner.nodes.count > 1, "\(inner.name)")
          nodes += inner.nodes
          check(inner)
        }
      }
      #expect(nodes.sorted() == block.nodes, "\(block.name)")
      #expect(Set(nodes).count == nodes.count, "\(block.name)")
    }
    page.outline.blocks.forEach(check)
  }

  @Test func blocksAreUpstreamsLayers() throws {
    let layers = (0...24).map { "model.\($0)" }
    let checkpoint = ModelPage(try Model(path: Shared.file(Self.files[0]).path))
    #expect(checkpoint.outline.blocks.map(\.name) == layers)
    #expect(checkpoint.outline.decoding.isEmpty)
    let export = ModelPage(try Model(path: Shared.file(Self.files[2]).path))
    #expect(
      export.outline.blocks.map(\.name) == layers.prefix(24) + ["model.23 decoding"])
    // Its nodes are called Conv_0 and so on; the names of the weights tell the layers.
    let flat = ModelPage(try Model(path: Shared.file(Self.files[1]).path))
    let names = flat.outline.blocks.map(\.name)
    #expect(names.filter { $0.hasPrefix("model.") }.count == 20, "\(names)")
    #expect(names.contains("Concat_119"), "\(names)")
  }

  @Test(arguments: files)
  func theCutParts(_ file: String) throws {
    let model = try Model(path: Shared.file(file).path)
    let cut = try ModelCut.cut(model).report
    let page = ModelPage(model)
    let decoding = page.outline.blocks[page.outline.decoding]
    #expect(decoding.reduce(0) { $0 + $1.nodes.count } == cut.droppedNodes)
    let text = try PageReader(page.html).text
    for head in cut.heads { #expect(text.contains(head.name)) }
  }

  @Test(arguments: files)
  func nothingIsFetched(_ file: String) throws {
    let page = try PageReader(ModelPage(Model(path: Shared.file(file).path)).html)
    for element in page.elements {
      #expect(element.attributes["src"] == nil)
      if let link = element.attributes["href"] {
        #expect(link.hasPrefix("#"))
        #expect(page.ids.contains(String(link.dropFirst())), "\(link)")
      }
    }
    #expect(page.elements.filter { ["link", "img", "iframe", "object"].contains($0.name) }.isEmpty)
    #expect(page.ids.count == Set(page.ids).count)
  }
}
