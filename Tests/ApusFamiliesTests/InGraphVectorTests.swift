import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Testing

@Suite(
  "Decoding in the graph against upstream", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct InGraphVectorTests {
  private static func vectors(_ name: String) throws -> SafetensorsFixture {
    try SafetensorsFixture("data/vectors/arch/\(name).safetensors")
  }

  /// Heads that the file holds under the given names, of strides that double from the first one.
  private static func raw(
    _ file: SafetensorsFixture, _ names: [String], _ content: ModelCard.Head.Content,
    first: Int = 8, bins: Int? = nil
  ) throws -> RawHeads {
    let input = try file("input").shape
    return RawHeads(
      names.indices.map { ModelCard.Head.level(content, first << $0, bins: bins, offset: 0.5) },
      try names.map { Tensor(try file.floats($0), shape: Shape(try file($0).shape)) },
      inputSize: (input[2], input[3]))
  }

  @Test(arguments: [
    ("yolov5/y5n_p5", "eval.conv", 3, 8), ("yolov5/y5n_p5", "eval.head", 3, 8),
    ("yolov5/y5_p2", "eval.head", 4, 4), ("yolov7/y7_tiny", "eval.head", 3, 8),
    ("yolov7/y7", "eval.head", 3, 8),
  ])
  func anchorsEqualUpstream(name: String, heads: String, levels: Int, first: Int) throws {
    let file = try Self.vectors(name)
    let raw = try Self.raw(
      file, (0..<levels).map { "\(heads)\($0)" },
      heads == "eval.conv" ? .anchorGrid : .anchorCells, first: first)
    let numbers = try file.floats("anchors_grid_units")
    for isDynamic in [false, true] {
      var graph = raw.graph(isDynamic: isDynamic) { card in
        card.anchors = (0..<levels).map { level in
          (0..<3).map { anchor in
            (0..<2).map { numbers[(level * 3 + anchor) * 2 + $0] * Float(first << level) }
          }
        }
      }
      try InGraphDecode.append(to: &graph)
      expect(try raw.run(graph).floats, equal: try file.floats("eval.decoded"))
    }
  }

  @Test func yolov10EqualsUpstream() throws {
    let file = try Self.vectors("yolov10/y10n")
    let raw = try Self.raw(
      file, (0..<3).map { "eval.one2one.head\($0)" }, .distanceClassGrid, bins: 16)
    for isDynamic in [false, true] {
      var graph = raw.graph(isDynamic: isDynamic) {
        $0.classNames = ["a", "b", "c"]
        $0.suppression = .topK
      }
      try InGraphDecode.append(to: &graph)
      expect(
        try raw.run(graph).floats, equal: try file.floats("eval.one2one.decoded"), within: .upstream
      )
      try InGraphSuppression.append(to: &graph)
      let rows = try raw.run(graph).floats
      let boxes = try file.floats("eval.post.boxes_xyxy")
      let scores = try file.floats("eval.post.scores")
      let labels = try file.integers("eval.post.labels")
      var expected: [Float] = []
      for (place, label) in labels.enumerated() {
        expected += boxes[(place * 4)..<(place * 4 + 4)]
        expected += [scores[place], Float(label)]
      }
      expect(rows, equal: expected, within: .upstream)
    }
  }

  @Test(arguments: [("nd_m05", [8, 16, 32], Float(0.5)), ("nd_plus", [8, 16, 32, 64], 0)])
  func nanodetEqualsUpstream(name: String, strides: [Int], offset: Float) throws {
    let file = try Self.vectors("nanodet/\(name)")
    let input = try file("input").shape
    let cells = try file.floats("eval.head")
    var tensors: [Tensor] = []
    var start = 0
    for stride in strides {
      let (rows, columns) = (
        (input[2] + stride - 1) / stride, (input[3] + stride - 1) / stride
      )
      let count = rows * columns
      let first = start
      tensors.append(
        Tensor(
          (0..<35).flatMap { channel in (0..<count).map { cells[(first + $0) * 35 + channel] } },
          shape: [1, 35, rows, columns]))
      start += count
    }
    let raw = RawHeads(
      strides.map { ModelCard.Head.level(.classDistanceGrid, $0, bins: 8, offset: offset) },
      tensors,
      inputSize: (input[2], input[3]))
    for isDynamic in [false, true] {
      var graph = raw.graph(isDynamic: isDynamic) {
        $0.classNames = ["a", "b", "c"]
        $0.suppression = .nanodet
      }
      try InGraphDecode.append(to: &graph)
      let decoded = try raw.run(graph).floats
      var corners: [Float] = []
      for box in 0..<start {
        for edge in 0..<4 {
          let centre = decoded[(edge % 2) * start + box]
          let side = decoded[(2 + edge % 2) * start + box]
          corners.append(edge < 2 ? centre - side / 2 : centre + side / 2)
        }
      }
      expect(corners, equal: try file.floats("eval.decoded_xyxy"), within: .upstream)
      let scores = (0..<start).flatMap { box in (4..<7).map { decoded[$0 * start + box] } }
      expect(scores, equal: try file.floats("eval.scores"))

      try InGraphSuppression.append(to: &graph, options: .init(confidence: 0.05, iou: 0.6))
      let detections = try file.floats("eval.nms.dets")
      var expected: [Float] = []
      for (place, label) in try file.integers("eval.nms.labels").enumerated() {
        expected.append(0)
        expected += detections[(place * 5)..<(place * 5 + 4)]
        expected += [Float(label), detections[place * 5 + 4]]
      }
      expect(try raw.run(graph).floats, equal: expected, within: .upstream)
    }
  }
}

extension Tolerance {
  /// What upstream's own binary32 runs differ by from double precision, in pixels.
  static let upstream = close(relative: 1e-5, absolute: 5e-4)
}
