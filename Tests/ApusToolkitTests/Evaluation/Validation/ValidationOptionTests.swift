import ApusBoxes
import ApusGraph
import ApusToolkit
import Testing

/// What a detector takes for granted when it is measured, and when it is looked at.
@Suite struct ValidationOptionTests {
  /// A published network and the thresholds of its family's own validation.
  struct Case: CustomTestStringConvertible {
    var name: String
    var confidence: Float
    var iou: Double
    var most: Int
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "yolov5n", confidence: 0.001, iou: 0.6, most: 300),
    Case(name: "yolov7-tiny", confidence: 0.001, iou: 0.65, most: 300),
    Case(name: "yolov10n", confidence: 0.001, iou: 0.6, most: 300),
    Case(name: "nanodet-m-0.5x", confidence: 0.05, iou: 0.6, most: 100),
    Case(name: "nanodet-plus-m_320", confidence: 0.05, iou: 0.6, most: 100),
  ]

  private static func model(_ name: String) throws -> Model {
    let side = name.hasPrefix("nanodet") ? nil : 64
    return try Model(
      new: name, classNames: ["a", "b"], input: .fixed(height: side, width: side, batch: 1))
  }

  @Test(arguments: cases)
  func validationUsesTheFamilysThresholds(_ row: Case) throws {
    let model = try Self.model(row.name)
    let suppression = try Detector(model, options: .validation).suppression
    #expect(suppression.confidence == ConfidenceThresholds(row.confidence))
    #expect(suppression.iou == row.iou)
    #expect(suppression.maxDetections == row.most)
    #expect(suppression.multiLabel && suppression.classes == nil)
    #expect(try DetectionOptions.validation.baseConfidence(for: model) == row.confidence)
    #expect(DetectionOptions.validation.purpose == .validation)
    #expect(!DetectionOptions.validation.suppressesDuplicates)
  }

  /// YOLOv7 scores single-class models by objectness alone.
  @Test(arguments: cases)
  func singleClassesScoreAsUpstream(_ row: Case) throws {
    let suppression = try Detector(Self.model(row.name), options: .validation).suppression
    let isYOLOv7 = row.name.hasPrefix("yolov7")
    #expect(suppression.singleClassScore == (isYOLOv7 ? .objectness : .product))
  }

  @Test func whatIsGivenHolds() throws {
    var options = DetectionOptions.validation
    options.confidence = ConfidenceThresholds(0.2, perClass: [1: 0.4])
    options.iou = 0.3
    options.maxDetections = 7
    options.isClassAgnostic = true
    for row in Self.cases {
      let suppression = try Detector(Self.model(row.name), options: options).suppression
      #expect(suppression.confidence == ConfidenceThresholds(0.2, perClass: [1: 0.4]))
      #expect(suppression.iou == 0.3 && suppression.maxDetections == 7)
      #expect(suppression.separation == .agnostic)
    }
  }

  @Test func predictionIsAnotherThing() throws {
    let suppression = try Detector(Self.model("yolov5n")).suppression
    #expect(suppression.confidence == ConfidenceThresholds(0.25))
    #expect(suppression.iou == 0.45 && suppression.maxDetections == 1000)
    #expect(!suppression.multiLabel)
  }
}
