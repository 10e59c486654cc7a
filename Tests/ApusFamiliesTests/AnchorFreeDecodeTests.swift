import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Anchor-free heads against upstream's decoding of the same numbers.
@Suite("Anchor-free decode against upstream", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct AnchorFreeDecodeTests {
  /// What sums in another order may do to coordinates of a hundred pixels, in binary32.
  static let pixels: Float = 2e-5

  /// The greatest distance of numbers from their references, relative to numbers above 1.
  static func gap(_ found: [Float], _ wanted: [Float]) -> Float {
    guard found.count == wanted.count else { return .infinity }
    return zip(found, wanted).reduce(0) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
  }

  /// YOLOv10's heads: distances before classes, a grid for each level.
  private static func decoder(classes: Int) -> AnchorFreeDecode {
    AnchorFreeDecode(
      levels: [8, 16, 32].enumerated().map { place, stride in
        .init(
          stride: stride, distances: .init(output: place),
          classes: .init(output: place, channel: 64))
      }, classCount: classes, binValues: AnchorFreeDecode.steps(16))
  }

  @Test(arguments: ["y10n", "y10b"], ["one2one", "one2many"])
  func decodesYOLOv10(_ name: String, _ branch: String) throws {
    let vectors = try SafetensorsFixture("data/vectors/arch/yolov10/\(name).safetensors")
    let heads = try (0..<3).map {
      let head = try vectors("eval.\(branch).head\($0)")
      return Tensor(head.floats, shape: Shape(head.shape))
    }
    let classes = heads[0].shape[1] - 64
    let (boxes, scores) = try Self.decoder(classes: classes).rows(heads, inputSize: (64, 96))
    let wanted = try vectors("eval.\(branch).decoded")
    let cells = wanted.shape[2]
    let centres = boxes.map(CentreBox.init)
    let columns: [[Float]] =
      [centres.map(\.x), centres.map(\.y), centres.map(\.width), centres.map(\.height)]
      + (0..<classes).map { label in (0..<cells).map { scores[$0 * classes + label] } }
    #expect(Self.gap(columns.flatMap(\.self), wanted.floats) < Self.pixels)
  }

  @Test(arguments: ["y10n", "y10b"])
  func selectsAsYOLOv10(_ name: String) throws {
    let vectors = try SafetensorsFixture("data/vectors/arch/yolov10/\(name).safetensors")
    let heads = try (0..<3).map {
      let head = try vectors("eval.one2one.head\($0)")
      return Tensor(head.floats, shape: Shape(head.shape))
    }
    let labels = try vectors.integers("eval.post.labels")
    let found = try Self.decoder(classes: heads[0].shape[1] - 64).detections(
      heads, inputSize: (64, 96),
      options: NMS.Options(confidence: ConfidenceThresholds(0), maxDetections: labels.count),
      suppression: .topK)
    #expect(found.map(\.classID) == labels)
    #expect(Self.gap(found.map(\.score), try vectors.floats("eval.post.scores")) < 1e-6)
    let corners = found.flatMap { [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2] }
    #expect(Self.gap(corners, try vectors.floats("eval.post.boxes_xyxy")) < Self.pixels)
  }

  struct NanoDetCase: CustomTestStringConvertible {
    let name: String
    let size: (height: Int, width: Int)
    let bins: Int
    let strides: [Int]
    var testDescription: String { name }
  }

  static let nanoDets = [
    NanoDetCase(name: "nd_m05", size: (64, 96), bins: 8, strides: [8, 16, 32]),
    NanoDetCase(name: "nd_efflite_small", size: (64, 96), bins: 8, strides: [8, 16, 32]),
    NanoDetCase(name: "nd_repvgg_small", size: (96, 64), bins: 11, strides: [8, 16, 32]),
    NanoDetCase(name: "nd_plus", size: (64, 128), bins: 8, strides: [8, 16, 32, 64]),
  ]

  @Test(arguments: nanoDets)
  func decodesNanoDet(_ test: NanoDetCase) throws {
    let vectors = try SafetensorsFixture("data/vectors/arch/nanodet/\(test.name).safetensors")
    let head = try vectors("eval.head")
    let output = Tensor(head.floats, shape: Shape(head.shape))
    let decoder = AnchorFreeDecode(
      levels: test.strides.map {
        .init(stride: $0, distances: .init(output: 0, channel: 3), classes: .init(output: 0))
      }, classCount: 3, binValues: AnchorFreeDecode.steps(test.bins),
      cellOffset: test.strides.count == 4 ? 0 : 0.5, clips: true)
    let (boxes, scores) = try decoder.rows([output], inputSize: test.size)
    let corners = boxes.flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] }
    #expect(Self.gap(corners, try vectors.floats("eval.decoded_xyxy")) < Self.pixels)
    #expect(Self.gap(scores, try vectors.floats("eval.scores")) < 1e-6)
    let found = try decoder.detections(
      [output], inputSize: test.size, options: .nanodet, suppression: .nanodet)
    #expect(found.map(\.classID) == (try vectors.integers("eval.nms.labels")))
    let rows = found.flatMap { [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2, $0.score] }
    #expect(Self.gap(rows, try vectors.floats("eval.nms.dets")) < Self.pixels)
  }

  @Test(arguments: ["y7", "y7_deploycfg", "y7_tiny", "y7_w6_aux", "y7_e6e_aux"])
  func decodesYOLOv7(_ name: String) throws {
    let vectors = try SafetensorsFixture("data/vectors/arch/yolov7/\(name).safetensors")
    let strides = try vectors.floats("stride").map { Int($0) }
    let pixels = try vectors.floats("anchor_grid_pixels")
    let heads = try strides.indices.map {
      let head = try vectors("eval.head\($0)")
      return Tensor(head.floats, shape: Shape(head.shape))
    }
    let decoder = AnchorDecode(
      levels: strides.enumerated().map { level, stride in
        .init(
          stride: stride,
          anchors: (0..<3).map { Array(pixels[(level * 6 + $0 * 2)..<(level * 6 + $0 * 2 + 2)]) })
      }, classCount: heads[0].shape[4] - 5)
    let rows = try decoder.rows(heads: heads)
    #expect(Self.gap(rows, try vectors.floats("eval.decoded")) < Self.pixels)
    let found = try decoder.detections(heads: heads, options: NMS.Options())
    let columns = found.flatMap {
      [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2, $0.score, Float($0.classID)]
    }
    #expect(Self.gap(columns, vectors.entries["eval.nms0"]?.floats ?? []) < Self.pixels)
  }
}

/// The heads of real models for a photograph, to upstream's detections on it.
@Suite("Heads of a photograph", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct PhotographHeadTests {
  struct Expected: Decodable {
    struct Entry: Decodable {
      let xyxy: [Float]
      let score: Float
      let classID: Int

      enum CodingKeys: String, CodingKey {
        case xyxy, score
        case classID = "class_id"
      }
    }
    let detections: [Entry]
  }

  /// Compares detections, moved and scaled back to the picture of 810x1080 pixels.
  private func expect(
    _ found: [Detection], toEqual model: String, left: Float, scale: (x: Float, y: Float)
  ) throws {
    let json = try Shared.bytes("data/expected/\(model)/detections.json")
    let all = try JSONDecoder().decode([String: Expected].self, from: Data(json))
    let wanted = try #require(all["bus.jpg"]?.detections)
    #expect(found.map(\.classID) == wanted.map(\.classID))
    for (detection, entry) in zip(found, wanted) {
      let box = Box(
        x1: (detection.box.x1 - left) * scale.x, y1: detection.box.y1 * scale.y,
        x2: (detection.box.x2 - left) * scale.x, y2: detection.box.y2 * scale.y
      ).clipped(width: 810, height: 1080)
      #expect(Tolerance.score.accepts(Double(detection.score), Double(entry.score)))
      for (a, b) in zip([box.x1, box.y1, box.x2, box.y2], entry.xyxy) {
        #expect(Tolerance.pixel.accepts(Double(a), Double(b)), "\(a) instead of \(b)")
      }
    }
  }

  @Test(arguments: ["nanodet_m_320_ckpt", "nanodet-plus-m_320_ncnn"])
  func nanoDet(_ model: String) throws {
    let isPlus = model.contains("plus")
    let vectors = try SafetensorsFixture("data/expected/\(model)/raw_heads_bus.safetensors")
    var graph = Graph()
    let outputs = try ["cls", "reg"].map { name in
      let entry = try vectors(name)
      graph.addInput(name, Fact(.float32, Shape(entry.shape)))
      return Tensor(entry.floats, shape: Shape(entry.shape))
    }
    graph.setOutputs(graph.inputs)
    graph.card.suppression = .nanodet
    graph.card.strides = isPlus ? [8, 16, 32, 64] : [8, 16, 32]
    graph.card.heads = [
      .init(output: "cls", content: .classCells, hasProbabilities: isPlus),
      .init(output: "reg", content: .distanceCells, bins: 8, cellOffset: isPlus ? 0 : 0.5),
    ]
    var options = NMS.Options.nanodet
    options.confidence = ConfidenceThresholds(0.4)
    options.iou = 0.5
    let reading = try HeadReading(graph)
    #expect(reading.classCount == 80)
    let found = try reading.detections(outputs, inputSize: (320, 320), options: options)
    try expect(
      found, toEqual: model, left: isPlus ? 0 : 40,
      scale: isPlus ? (810.0 / 320, 1080.0 / 320) : (3.375, 3.375))
  }

  @Test func yolov10() throws {
    let vectors = try SafetensorsFixture("data/expected/yolov10n_onnx/raw_heads_bus.safetensors")
    let joined = try vectors.floats("head_1x144x8400")
    var outputs: [Tensor] = []
    var first = 0
    for side in [80, 40, 20] {
      let cells = side * side
      let values = (0..<144).flatMap { channel in
        joined[(channel * 8400 + first)..<(channel * 8400 + first + cells)]
      }
      outputs.append(Tensor(values, shape: [1, 144, side, side]))
      first += cells
    }
    // The model's weights, and with them the steps of the distributions, were rounded to int8.
    let steps = (0..<16).map { (Float($0) * 127 / 15).rounded() * 15 / 127 }
    let decoder = AnchorFreeDecode(
      levels: [8, 16, 32].enumerated().map { place, stride in
        .init(
          stride: stride, distances: .init(output: place),
          classes: .init(output: place, channel: 64))
      }, classCount: 80, binValues: steps)
    let options = NMS.Options(maxDetections: 300)
    let found = try decoder.detections(
      outputs, inputSize: (640, 640), options: options, suppression: .topK)
    try expect(found, toEqual: "yolov10n_onnx", left: 80, scale: (1.6875, 1.6875))
    let rows = Tensor(try vectors.floats("output0"), shape: [1, 300, 6])
    try expect(
      try DecodedOutput.detections(finished: rows, options: options), toEqual: "yolov10n_onnx",
      left: 80, scale: (1.6875, 1.6875))
  }
}
