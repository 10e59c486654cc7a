import ApusBoxes
import ApusTestSupport
import Foundation
import Testing

/// Upstream's detections on the photographs, from the shared reference data.
struct ExpectedDetections: Decodable {
  struct Entry: Decodable {
    let xyxy: [Float]
    let score: Float
    let classID: Int

    enum CodingKeys: String, CodingKey {
      case xyxy, score
      case classID = "class_id"
    }
  }
  struct Picture: Decodable {
    let detections: [Entry]
  }

  /// The file `detections*.json` of a folder below `data/expected`, by picture.
  static func load(_ file: String) throws -> [String: Picture] {
    try JSONDecoder().decode(
      [String: Picture].self, from: Data(contentsOf: Shared.file("data/expected/\(file)")))
  }

  /// How far a box may lie from upstream's, in pixels of the picture.
  static let pixels: Float = 0.5
  /// How far a score may lie from upstream's.
  static let score: Float = 0.002

  /// Records an issue for each box that has no counterpart.
  static func expect(_ found: [Detection], toEqual expected: Picture, _ name: String) {
    #expect(found.count == expected.detections.count, "\(name): \(found)")
    for (detection, entry) in zip(found, expected.detections) {
      let box = detection.box
      let corners = [box.x1, box.y1, box.x2, box.y2]
      let gap = zip(corners, entry.xyxy).map { abs($0 - $1) }.max() ?? 0
      #expect(gap <= pixels, "\(name): corner \(gap) px away")
      #expect(abs(detection.score - entry.score) <= score, "\(name): score \(detection.score)")
      #expect(detection.classID == entry.classID, "\(name)")
    }
  }
}
