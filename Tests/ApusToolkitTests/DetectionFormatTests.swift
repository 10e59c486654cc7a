import ApusBoxes
import ApusToolkit
import Foundation
import Testing

/// The files detections are written to.
@Suite struct DetectionFormatTests {
  static let found = PictureDetections(
    source: "photos/000000000139.jpg", width: 200, height: 100,
    detections: [
      Detection(box: Box(x1: 20, y1: 10, x2: 60, y2: 50), score: 0.875, classID: 11),
      Detection(box: Box(x1: 0, y1: 0, x2: 200, y2: 100), score: 0.5, classID: 0),
    ])

  @Test func yoloTextHoldsSharesOfThePicture() {
    #expect(Self.found.yoloText == "11 0.2 0.3 0.2 0.4 0.875\n0 0.5 0.5 1 1 0.5\n")
  }

  @Test func cocoResultsHoldCornersAndSizes() throws {
    let data = try JSONEncoder().encode(Self.found.cocoResults(categoryIDs: nil))
    let rows = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(rows.count == 2)
    #expect(rows[0]["image_id"] as? Int == 139)
    #expect(rows[0]["category_id"] as? Int == 11)
    #expect(rows[0]["bbox"] as? [Double] == [20, 10, 40, 40])
    #expect(rows[0]["score"] as? Double == 0.875)
  }

  @Test func cocoCategoriesSkipTheUnusedNumbers() throws {
    #expect(CocoResult.coco80Categories.count == 80)
    #expect(CocoResult.coco80Categories[0] == 1)
    #expect(CocoResult.coco80Categories[11] == 13)
    #expect(CocoResult.coco80Categories[79] == 90)
    let data = try JSONEncoder().encode(
      Self.found.cocoResults(categoryIDs: CocoResult.coco80Categories))
    let rows = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(rows.map { $0["category_id"] as? Int } == [13, 1])
  }

  @Test func outputsOfOneNameDoNotOverwriteOneAnother() throws {
    let path = FileManager.default.temporaryDirectory.path + "/apus-out-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var folder = try OutputFolder(path)
    let paths = try ["a/1.jpg", "b/1.jpg"].map { try folder.path(for: $0, ending: "jpg") }
    #expect(paths == ["\(path)/1.jpg", "\(path)/1-2.jpg"])
    let piped = try folder.path(for: "-", ending: "txt")
    #expect(piped == "\(path)/stdin.txt")
  }
}
