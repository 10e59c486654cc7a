import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("Decoding in the graph: anchors")
struct InGraphAnchorTests {
  static let strides = [8, 16, 32]

  private static func raw(batch: Int = 2, size: Int, classes: Int = 3) -> RawHeads {
    RawHeads(
      strides.map { ModelCard.Head.level(.anchorGrid, $0) },
      channels: strides.map { _ in 3 * (5 + classes) }, batch: batch,
      inputSize: RawHeads.sizes[size], seed: UInt64(600 + size))
  }

  private static func describe(_ card: inout ModelCard) {
    card.anchors = AnchorSet.cocoP5
    card.strides = strides
    card.classNames = ["a", "b", "c"]
  }

  @Test(arguments: RawHeads.sizes.indices, [false, true])
  func rowsEqualTheNumericDecode(size: Int, isDynamic: Bool) throws {
    let raw = Self.raw(size: size)
    var graph = raw.graph(isDynamic: isDynamic, Self.describe)
    let decoder = try AnchorDecode(card: graph.card)
    try InGraphDecode.append(to: &graph)
    #expect(graph.card.heads == [ModelCard.Head(output: "output", content: .boxesWithObjectness)])
    let output = try raw.run(graph)
    let (height, width) = RawHeads.sizes[size]
    #expect(output.shape.dimensions == [2, 3 * height * width * 21 / 1024, 8])
    let expected = try (0..<2).flatMap { try decoder.rows(heads: raw.tensors, image: $0) }
    expect(output.floats, equal: expected)
  }

  /// Numbers already through the sigmoid, cells before numbers, the coarsest level first.
  @Test func otherLayoutsGiveTheSameBoxes() throws {
    let raw = Self.raw(batch: 1, size: 1)
    var graph = raw.graph(isDynamic: false, Self.describe)
    try InGraphDecode.append(to: &graph)
    let expected = try raw.run(graph).floats
    let cells = zip(raw.heads, raw.tensors).map { head, tensor in
      let (rows, columns) = (tensor.shape[2], tensor.shape[3])
      let values = tensor.floats
      var numbers: [Float] = []
      for anchor in 0..<3 {
        for cell in 0..<(rows * columns) {
          for number in 0..<8 {
            let value = values[(anchor * 8 + number) * rows * columns + cell]
            numbers.append(1 / (1 + exp(-value)))
          }
        }
      }
      return (
        ModelCard.Head(
          output: head.output, content: .anchorCells, stride: head.stride, hasProbabilities: true),
        Tensor(numbers, shape: [1, 3, rows, columns, 8])
      )
    }
    for isDynamic in [false, true] {
      let reversed = RawHeads(
        cells.reversed().map(\.0), cells.reversed().map(\.1), inputSize: raw.inputSize)
      var other = reversed.graph(isDynamic: isDynamic, Self.describe)
      try InGraphDecode.append(to: &other)
      let found = try reversed.run(other).floats
      let sizes = cells.map { $0.1.count }
      let levels = [
        found[..<sizes[2]], found[sizes[2]...].prefix(sizes[1]), found.suffix(sizes[0]),
      ]
      expect(levels.reversed().flatMap { $0 }, equal: expected)
    }
  }

  @Test func cardsThatDoNotFitAreRefused() throws {
    let raw = Self.raw(batch: 1, size: 0)
    let wrong: [(inout ModelCard) -> Void] = [
      { $0.heads = [] }, { $0.anchors = [] }, { $0.anchors.removeLast() },
      { $0.anchors[1] = [[1, 2], [3, 4]] }, { $0.classNames = ["a"] }, { $0.anchors[0] = [] },
      { $0.heads[1].output = "absent" }, { $0.heads[0].content = .classGrid },
      { $0.heads[0].content = .anchorCells }, { $0.heads[2].content = .other },
      {
        $0.heads[0].stride = nil
        $0.strides = []
      },
    ]
    for (index, change) in wrong.enumerated() {
      var graph = raw.graph(isDynamic: false) {
        Self.describe(&$0)
        change(&$0)
      }
      let before = graph
      #expect(throws: FamilyError.self, "case \(index)") {
        try InGraphDecode.append(to: &graph)
      }
      #expect(GraphDifference.first(graph, before) == nil)
    }
  }
}

/// Expects numbers to be equal but for roundings of binary32.
func expect(
  _ found: [Float], equal expected: [Float], within tolerance: Tolerance = .sameSteps,
  at location: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: location)
  let wrong = zip(found, expected).enumerated().filter {
    !tolerance.accepts(Double($0.element.0), Double($0.element.1))
  }
  #expect(
    wrong.isEmpty,
    "\(wrong.count) of \(expected.count) differ, such as \(wrong.prefix(3).map { "\($0)" })",
    sourceLocation: location)
}

extension Tolerance {
  /// What two orders of the same few operations in binary32 may differ by, on boxes of some hundred pixels.
  static let sameSteps = close(relative: 1e-5, absolute: 1e-4)
}
