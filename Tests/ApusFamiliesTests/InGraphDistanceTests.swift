import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("Decoding in the graph: distances")
struct InGraphDistanceTests {
  static let strides = [8, 16, 32]
  static let classes = 3

  /// A way the numbers lie in the outputs.
  struct Layout: Sendable, CustomTestStringConvertible {
    let contents: [ModelCard.Head.Content]
    let bins: Int
    let offset: Float?
    let suppression: ModelCard.Suppression

    var testDescription: String {
      "\(contents.map(\.rawValue)), \(bins) bins, offset \(offset ?? .nan), \(suppression)"
    }

    func channels(_ content: ModelCard.Head.Content) -> Int {
      switch content {
      case .distanceGrid: 4 * bins
      case .classGrid: classes
      default: 4 * bins + classes
      }
    }

    func raw(size: Int, batch: Int = 2) -> RawHeads {
      let heads = contents.flatMap { content in
        strides.map {
          ModelCard.Head.level(
            content, $0, bins: content == .classGrid ? nil : bins, offset: offset)
        }
      }
      return RawHeads(
        heads, channels: heads.map { channels($0.content) }, batch: batch,
        inputSize: RawHeads.sizes[size], seed: UInt64(700 + size))
    }

    func describe(_ card: inout ModelCard) {
      card.strides = strides
      card.classNames = ["a", "b", "c"]
      card.suppression = suppression
    }
  }

  static let layouts = [
    Layout(contents: [.distanceClassGrid], bins: 16, offset: 0.5, suppression: .topK),
    Layout(contents: [.distanceGrid, .classGrid], bins: 16, offset: nil, suppression: .topK),
    Layout(contents: [.classDistanceGrid], bins: 8, offset: 0.5, suppression: .nanodet),
    Layout(contents: [.classGrid, .distanceGrid], bins: 8, offset: 0, suppression: .nanodet),
    Layout(contents: [.classDistanceGrid], bins: 2, offset: 0, suppression: .classwise),
  ]

  @Test(arguments: layouts.indices, RawHeads.sizes.indices)
  func boxesEqualTheDefinition(layout: Int, size: Int) throws {
    let layout = Self.layouts[layout]
    let raw = layout.raw(size: size)
    for isDynamic in [false, true] {
      var graph = raw.graph(isDynamic: isDynamic, layout.describe)
      try InGraphDecode.append(to: &graph)
      #expect(graph.card.heads == [ModelCard.Head(output: "output", content: .boxesWithClasses)])
      let output = try raw.run(graph)
      let (height, width) = RawHeads.sizes[size]
      #expect(output.shape.dimensions == [2, 4 + Self.classes, height * width * 21 / 1024])
      expect(output.floats, equal: Self.definition(layout, raw))
    }
  }

  /// The same in double precision, number by number: `[N, 4 + classes, boxes]`.
  static func definition(_ layout: Layout, _ raw: RawHeads) -> [Float] {
    (0..<raw.tensors[0].shape[0]).flatMap { image in
      var boxes: [[Double]] = []
      for stride in strides {
        let (rows, columns) = (raw.inputSize.height / stride, raw.inputSize.width / stride)
        /// One number of a cell by its channel among distances (0 …) or classes.
        func number(_ isClass: Bool, _ channel: Int, _ cell: Int) -> Double {
          for (head, tensor) in zip(raw.heads, raw.tensors) where head.stride == stride {
            let first: Int
            switch (head.content, isClass) {
            case (.distanceGrid, false), (.classGrid, true), (.distanceClassGrid, false),
              (.classDistanceGrid, true):
              first = 0
            case (.distanceClassGrid, true): first = 4 * layout.bins
            case (.classDistanceGrid, false): first = classes
            default: continue
            }
            let place = (image * tensor.shape[1] + first + channel) * rows * columns + cell
            return Double(tensor.floats[place])
          }
          return .nan
        }
        for cell in 0..<(rows * columns) {
          let sides = (0..<4).map { side -> Double in
            let powers = (0..<layout.bins).map { exp(number(false, side * layout.bins + $0, cell)) }
            let mean = powers.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
            return mean / powers.reduce(0, +) * Double(stride)
          }
          let offset = Double(layout.offset ?? 0.5)
          let x = (Double(cell % columns) + offset) * Double(stride)
          let y = (Double(cell / columns) + offset) * Double(stride)
          var corners = [x - sides[0], y - sides[1], x + sides[2], y + sides[3]]
          if layout.suppression == .nanodet {
            for place in corners.indices {
              let limit = place % 2 == 0 ? raw.inputSize.width : raw.inputSize.height
              corners[place] = min(max(corners[place], 0), Double(limit))
            }
          }
          boxes.append(
            [
              (corners[0] + corners[2]) / 2, (corners[1] + corners[3]) / 2,
              corners[2] - corners[0], corners[3] - corners[1],
            ] + (0..<classes).map { 1 / (1 + exp(-number(true, $0, cell))) })
        }
      }
      return (0..<(4 + classes)).flatMap { channel in boxes.map { Float($0[channel]) } }
    }
  }

  @Test func probabilitiesAreLeftAsTheyAre() throws {
    let layout = Self.layouts[1]
    var raw = layout.raw(size: 0, batch: 1)
    var heads = raw.heads
    for place in 3..<6 { heads[place].hasProbabilities = true }
    raw = RawHeads(heads, raw.tensors, inputSize: raw.inputSize)
    var graph = raw.graph(isDynamic: false, layout.describe)
    try InGraphDecode.append(to: &graph)
    let output = try raw.run(graph).floats
    let boxes = output.count / 7
    for label in 0..<3 {
      let expected = (3..<6).flatMap { level -> ArraySlice<Float> in
        let cells = raw.tensors[level].count / 3
        return raw.tensors[level].floats[(label * cells)..<((label + 1) * cells)]
      }
      #expect(Array(output[((4 + label) * boxes)..<((5 + label) * boxes)]) == expected)
    }
  }

  @Test func cardsThatDoNotFitAreRefused() throws {
    let wrong: [(Int, (inout ModelCard) -> Void)] = [
      (0, { $0.heads[0].bins = 8 }), (0, { $0.classNames = Array(repeating: "x", count: 67) }),
      (0, { $0.classNames = ["a", "b"] }), (1, { $0.heads.removeLast() }),
      (1, { $0.heads[5].stride = 64 }), (1, { $0.classNames = ["a"] }),
      (1, { $0.heads[0].content = .classGrid }), (4, { $0.heads[0].bins = 1 }),
      (0, { $0.heads[0].content = .boxesWithClasses }),
    ]
    for (index, (layout, change)) in wrong.enumerated() {
      let layout = Self.layouts[layout]
      var graph = layout.raw(size: 0).graph(isDynamic: false) {
        layout.describe(&$0)
        change(&$0)
      }
      #expect(throws: FamilyError.self, "case \(index)") {
        try InGraphDecode.append(to: &graph)
      }
    }
  }
}
