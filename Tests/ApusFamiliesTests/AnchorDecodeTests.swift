import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("Anchor decode against upstream", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct AnchorDecodeTests {
  static let decoder = AnchorDecode(
    levels: zip([8, 16, 32], AnchorSet.cocoP5).map {
      AnchorDecode.Level(stride: $0, anchors: $1)
    }, classCount: 80)

  /// The raw outputs for bus.jpg; the first level is stored in two parts.
  static func heads() throws -> [Tensor] {
    let folder = "data/expected/yolov5n_pt/raw_heads_bus_part"
    let first = try SafetensorsFixture(folder + "1.safetensors")
    let second = try SafetensorsFixture(folder + "2.safetensors")
    let p3 = try first.floats("p3_stride8_anchors0_1") + second.floats("p3_stride8_anchor2")
    return [
      Tensor(p3, shape: [1, 255, 80, 80]),
      Tensor(try second.floats("p4_stride16"), shape: [1, 255, 40, 40]),
      Tensor(try second.floats("p5_stride32"), shape: [1, 255, 20, 20]),
    ]
  }

  @Test func rowsEqualUpstream() throws {
    let rows = try Self.decoder.rows(heads: try Self.heads())
    #expect(rows.count == 25_200 * 85)
    let expected = try SafetensorsFixture("data/expected/yolov5n_pt/decoded_bus.safetensors")
    let values = try expected.floats("rows")
    for (place, row) in try expected.integers("row_index").enumerated() {
      for column in 0..<85 {
        let found = Double(rows[row * 85 + column])
        let wanted = Double(values[place * 85 + column])
        let tolerance = column < 4 ? Tolerance.roundedHeads : .roundedProbability
        #expect(
          tolerance.accepts(found, wanted),
          "row \(row) column \(column): \(found) instead of \(wanted)")
      }
    }
  }

  @Test func gatedCandidatesEqualAllRows() throws {
    let heads = try Self.heads()
    let rows = try Self.decoder.rows(heads: heads)
    for options in [NMS.Options.detect, .validate] {
      let direct = try Self.decoder.candidates(heads: heads, options: options)
      #expect(direct == NMS.candidates(rows: rows, classCount: 80, options: options))
      #expect(!direct.isEmpty)
      let decoded = Tensor(rows, shape: [1, 25_200, 85])
      #expect(
        try DecodedOutput.detections(withObjectness: decoded, options: options)
          == Self.decoder.detections(heads: heads, options: options))
    }
  }

  @Test func detectionsEqualUpstream() throws {
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
    let json = try Shared.bytes("data/expected/yolov5n_pt/detections.json")
    let wanted = try JSONDecoder().decode([String: Expected].self, from: Data(json))
    let expected = try #require(wanted["bus.jpg"]?.detections)
    let found = try Self.decoder.detections(heads: try Self.heads())
    #expect(found.count == expected.count)
    // 810x1080 is scaled by 640/1080 and padded by 80 pixels on the left.
    let gain: Float = 640.0 / 1080
    for (detection, entry) in zip(found, expected) {
      let box = Box(
        x1: (detection.box.x1 - 80) / gain, y1: detection.box.y1 / gain,
        x2: (detection.box.x2 - 80) / gain, y2: detection.box.y2 / gain
      ).clipped(width: 810, height: 1080)
      #expect(detection.classID == entry.classID)
      #expect(Tolerance.score.accepts(Double(detection.score), Double(entry.score)))
      for (a, b) in zip([box.x1, box.y1, box.x2, box.y2], entry.xyxy) {
        #expect(Tolerance.pixel.accepts(Double(a), Double(b)), "\(a) instead of \(b)")
      }
    }
  }
}

@Suite("Anchor decode")
struct AnchorDecodeLawTests {
  static let decoder = AnchorDecode(
    levels: [AnchorDecode.Level(stride: 8, anchors: [[10, 20]])], classCount: 1)

  /// Logits of 0 lie in the middle of a cell, with the size of the anchor.
  @Test func zeroLogitsGiveTheAnchor() throws {
    let head = Tensor([Float](repeating: 0, count: 6 * 2), shape: [1, 6, 1, 2])
    let rows = try Self.decoder.rows(heads: [head])
    #expect(rows == [4, 4, 10, 20, 0.5, 0.5, 12, 4, 10, 20, 0.5, 0.5])
  }

  @Test func aBatchIsReadPictureByPicture() throws {
    var random = SeededGenerator(seed: 51)
    let values = (0..<(3 * 6 * 4)).map { _ in Float.random(in: -3...3, using: &random) }
    let batch = Tensor(values, shape: [3, 6, 2, 2])
    for image in 0..<3 {
      let single = Tensor(Array(values[(image * 24)..<((image + 1) * 24)]), shape: [1, 6, 2, 2])
      #expect(
        try Self.decoder.rows(heads: [batch], image: image)
          == Self.decoder.rows(heads: [single]))
    }
  }

  @Test func numbersThatAreNoneGiveNothing() throws {
    for value in [Float.nan, .infinity, -.infinity] {
      let head = Tensor([Float](repeating: value, count: 6), shape: [1, 6, 1, 1])
      let found = try Self.decoder.detections(heads: [head])
      #expect(found.allSatisfy { $0.box.isFinite && !$0.score.isNaN })
    }
  }

  static let wrong: [[Tensor]] = [
    [], [Tensor(zeros: [1, 7, 1, 1])], [Tensor(zeros: [6, 1, 1])],
    [Tensor(zeros: [0, 6, 1, 1])], [Tensor(zeros: [1, 6, 1, 1], dtype: .int32)],
    [Tensor(zeros: [1, 6, 1, 1]), Tensor(zeros: [1, 6, 1, 1])],
  ]

  @Test(arguments: wrong.indices)
  func otherOutputsAreRefused(_ index: Int) {
    #expect(throws: FamilyError.self) { try Self.decoder.rows(heads: Self.wrong[index]) }
  }

  @Test func emptyGridsGiveNothing() throws {
    #expect(try Self.decoder.detections(heads: [Tensor(zeros: [1, 6, 0, 5])]).isEmpty)
    #expect(try DecodedOutput.detections(withObjectness: Tensor(zeros: [1, 0, 85])).isEmpty)
    #expect(try DecodedOutput.detections(finished: Tensor(zeros: [1, 0, 6])).isEmpty)
  }

  @Test func rowsOfOtherShapesAreRefused() {
    for shape: Shape in [[85], [1, 5, 5], [1, 1, 5, 85], [0, 5, 85]] {
      #expect(throws: FamilyError.self) {
        try DecodedOutput.detections(withObjectness: Tensor(zeros: shape))
      }
    }
    #expect(throws: FamilyError.self) {
      try DecodedOutput.detections(finished: Tensor(zeros: [1, 5, 7]))
    }
  }

  @Test func theCardDescribesTheDecoder() throws {
    var card = ModelCard()
    #expect(throws: FamilyError.self) { try AnchorDecode(card: card) }
    card.heads = [ModelCard.Head(output: "stride8", content: .anchorGrid, stride: 8)]
    card.anchors = [[[10, 20]]]
    card.classNames = ["thing"]
    #expect(try AnchorDecode(card: card) == Self.decoder)
    card.anchors = [[[10]]]
    #expect(throws: FamilyError.self) { try AnchorDecode(card: card) }
  }
}

extension Tolerance {
  /// Boxes decoded from raw outputs that were rounded to float16.
  static let roundedHeads = close(relative: 2e-3, absolute: 0.05)
  /// Probabilities from raw outputs that were rounded to float16.
  static let roundedProbability = close(relative: 0, absolute: 1e-3)
  /// What detections may differ from upstream's, in pixels.
  static let pixel = close(relative: 0, absolute: 0.5)
  /// What scores may differ from upstream's.
  static let score = close(relative: 0, absolute: 0.002)
}
