import ApusBoxes
import ApusTestSupport
import Testing

@Suite("Suppression against upstream", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct NMSVectorTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let options: NMS.Options
    var testDescription: String { name }

    init(_ name: String, _ confidence: Float, _ iou: Double, change: (inout NMS.Options) -> Void) {
      var options = NMS.Options(confidence: ConfidenceThresholds(confidence), iou: iou)
      change(&options)
      self.name = name
      self.options = options
    }
  }

  static let cases = [
    Case("default", 0.25, 0.45) { _ in },
    Case("val_multilabel", 0.001, 0.6) { $0.multiLabel = true },
    Case("agnostic", 0.1, 0.45) { $0.separation = .agnostic },
    Case("classes_1_3", 0.1, 0.45) { $0.classes = [1, 3] },
    Case("multilabel_agnostic", 0.05, 0.5) {
      $0.multiLabel = true
      $0.separation = .agnostic
    },
    Case("max_det_7", 0.05, 0.45) { $0.maxDetections = 7 },
    Case("iou_0", 0.25, 0) { _ in },
    Case("iou_1", 0.25, 1) { _ in },
  ]

  @Test(arguments: ["yolov5_nms", "yolov7_nms"], cases)
  func detectionsEqualUpstream(_ file: String, _ test: Case) throws {
    let vectors = try SafetensorsFixture.boxes(file)
    guard file == "yolov5_nms" || test.name != "max_det_7" else { return }
    let prediction = try vectors("prediction")
    let size = prediction.shape[1] * prediction.shape[2]
    for image in 0..<prediction.shape[0] {
      let rows = Array(prediction.floats[(image * size)..<((image + 1) * size)])
      let found = NMS.detections(
        rows: rows, classCount: prediction.shape[2] - 5, options: test.options)
      let expected = try vectors.floats("\(test.name).img\(image)")
      #expect(difference(columns(found), expected, .exact) == nil)
    }
  }

  @Test func topKSelectionEqualsUpstream() throws {
    let vectors = try SafetensorsFixture.boxes("yolov10_postprocess")
    for id in 0..<5 {
      let predictions = try vectors("\(id).preds")
      let scores = try vectors("\(id).scores")
      let limit = scores.shape[1]
      let size = predictions.shape[1] * predictions.shape[2]
      let found = (0..<predictions.shape[0]).flatMap { image in
        TopKSelection.detections(
          rows: Array(predictions.floats[(image * size)..<((image + 1) * size)]),
          classCount: predictions.shape[2] - 4, maxDetections: limit)
      }
      let boxes = found.flatMap { [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2] }
      #expect(difference(boxes, try vectors.floats("\(id).xyxy"), .exact) == nil)
      #expect(difference(found.map(\.score), scores.floats, .exact) == nil)
      #expect(found.map(\.classID) == (try vectors.integers("\(id).labels")))
    }
  }

  static let nanodet: [(id: Int, confidence: Float, iou: Double, limit: Int)] = [
    (0, 0.05, 0.6, 100), (1, 0.3, 0.5, 5), (2, 0.05, 0.6, 100), (3, 0.99, 0.6, 100),
  ]

  @Test(arguments: nanodet)
  func nanodetSuppressionEqualsUpstream(
    _ test: (id: Int, confidence: Float, iou: Double, limit: Int)
  ) throws {
    let vectors = try SafetensorsFixture.boxes("nanodet_multiclass_nms")
    let scores = try vectors("\(test.id).scores")
    let width = scores.shape[1]
    let foreground = scores.floats.enumerated().filter { $0.offset % width < width - 1 }
    var options = NMS.Options.nanodet
    options.confidence = ConfidenceThresholds(test.confidence)
    options.iou = test.iou
    options.maxDetections = test.limit
    let found = NMS.detections(
      boxes: try vectors.corners("\(test.id).boxes"), scores: foreground.map(\.element),
      classCount: width - 1, options: options)
    let values = found.flatMap { [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2, $0.score] }
    #expect(difference(values, try vectors.floats("\(test.id).dets"), .exact) == nil)
    #expect(found.map(\.classID) == (try vectors.integers("\(test.id).labels")))
  }
}
