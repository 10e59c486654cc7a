import ApusBoxes
import ApusGraph
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

  @Test func nanoDetOnASquareInput() throws {
    try Self.check(
      "models/nanodet/nanodet-m_320.ckpt", "nanodet_m_320_ckpt/detections.json",
      DetectionOptions())
  }

  @Test func nanoDetOnTheSmallestRectangle() throws {
    var options = DetectionOptions()
    options.isRectangular = true
    try Self.check(
      "models/nanodet/nanodet-m_320.ckpt", "nanodet_m_320_ckpt/detections_head.json", options)
  }

  @Test func halfPrecisionExport() throws {
    try Self.check(
      "models/yolov5/yolov5n.onnx", "yolov5n_onnx/detections.json", DetectionOptions())
  }

  @Test func endToEndExport() throws {
    try Self.check(
      "models/yolov10/yolov10n.onnx", "yolov10n_onnx/detections.json", DetectionOptions())
  }

  /// What the cut drops is made good by decoding: the same boxes, without a card in the file.
  @Test(arguments: [
    ("models/yolov5/yolov5n.onnx", "yolov5n_onnx/detections.json", Float(0.3)),
    ("models/yolov10/yolov10n.onnx", "yolov10n_onnx/detections.json", 0.002),
  ])
  func cutModels(_ path: String, _ expected: String, _ pixels: Float) throws {
    let model = try Model(path: Shared.file(path).path)
    #expect(try Detector.recognition(of: model) != nil)
    let cut = try ModelCut.cut(model).model
    #expect(try Detector.recognition(of: cut) == nil)
    let whole = try Detector(model)
    let parted = try Detector(cut)
    let pictures = try ExpectedDetections.load(expected)
    for photo in Self.photos {
      let image = try ImageDecoder().decode(contentsOf: Shared.file("data/photos/\(photo)").path)
      let (before, after) = (try whole.detect(image), try parted.detect(image))
      #expect(before.map(\.classID) == after.map(\.classID))
      for (a, b) in zip(before, after) {
        // The whole YOLOv5 decodes in half precision, the cut one in single.
        let gaps = [
          a.box.x1 - b.box.x1, a.box.y1 - b.box.y1, a.box.x2 - b.box.x2, a.box.y2 - b.box.y2,
        ].map(abs)
        #expect((gaps.max() ?? 0) <= pixels && abs(a.score - b.score) < 5e-4)
      }
      ExpectedDetections.expect(
        after, toEqual: try #require(pictures[photo]), "cut \(path) \(photo)")
    }
  }

  @Test func duplicatesOfEndToEndModelsAreSuppressed() throws {
    // On this picture, one box has two labels; across classes it is one.
    let image = try ImageDecoder().decode(contentsOf: Shared.file("data/photos/dog.jpg").path)
    let model = try Model(path: Shared.file("models/yolov10/yolov10n.onnx").path)
    var options = DetectionOptions()
    #expect(try Detector(model, options: options).detect(image).map(\.classID) == [16, 1, 7, 2])
    options.suppressesDuplicates = true
    options.isClassAgnostic = true
    #expect(try Detector(model, options: options).detect(image).map(\.classID) == [16, 1, 7])
  }

  @Test func anchorsAreAskedForAndTaken() throws {
    var model = try ModelCut.cut(
      Model(path: Shared.file("models/yolov5/yolov5n.onnx").path)
    ).model
    let image = try ImageDecoder().decode(contentsOf: Shared.file("data/photos/bus.jpg").path)
    let wanted = try Detector(model).detect(image)
    model.graph.card.anchors = []
    let bare = model
    let error = #expect(throws: ApusError.self) { try Detector(bare) }
    #expect(error?.message.contains("--anchors") == true)
    try Detector.setAnchors(
      of: &model, to: "10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326")
    #expect(try Detector(model).detect(image) == wanted)
    #expect(throws: ApusError.self) { try Detector.setAnchors(of: &model, to: "10,13,16") }
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
