import ApusImage
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// From a model file and a photograph to upstream's boxes.
@Suite(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
struct DetectorTests {
  static let photos = ["bus.jpg", "zidane.jpg", "dog.jpg"]

  static func check(_ model: String, _ expected: String, _ options: DetectionOptions) throws {
    let detector = try Detector(Model(path: Shared.file(model).path), options: options)
    let pictures = try ExpectedDetections.load(expected)
    for photo in photos {
      let image = try ImageDecoder().decode(contentsOf: Shared.file("data/photos/\(photo)").path)
      let found = try detector.detect(image)
      let expected = try #require(pictures[photo])
      ExpectedDetections.expect(found, toEqual: expected, "\(model) \(photo)")
    }
  }

  @Test func checkpointOnASquareInput() throws {
    try Self.check(
      "models/yolov5/yolov5n.pt", "yolov5n_pt/detections.json", DetectionOptions())
  }

  @Test func checkpointOnTheSmallestRectangle() throws {
    var options = DetectionOptions()
    options.isRectangular = true
    try Self.check("models/yolov5/yolov5n.pt", "yolov5n_pt/detections_rect.json", options)
  }

  @Test func halfPrecisionExport() throws {
    try Self.check(
      "models/yolov5/yolov5n.onnx", "yolov5n_onnx/detections.json", DetectionOptions())
  }

  @Test func endToEndExport() throws {
    try Self.check(
      "models/yolov10/yolov10n.onnx", "yolov10n_onnx/detections.json", DetectionOptions())
  }

  @Test func threadsDoNotChangeTheResult() throws {
    let path = Shared.file("models/yolov5/yolov5n.pt").path
    let image = try ImageDecoder().decode(contentsOf: Shared.file("data/photos/bus.jpg").path)
    var two = DetectionOptions()
    two.threads = 2
    let one = try Detector(Model(path: path)).detect(image)
    let shared = try Detector(Model(path: path), options: two).detect(image)
    #expect(shared == one)
  }
}
