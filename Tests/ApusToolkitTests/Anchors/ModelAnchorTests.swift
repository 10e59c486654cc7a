import ApusDatasets
import ApusGraph
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

@Suite("Anchors of models")
struct ModelAnchorTests {
  @Test func theReportOfTheRK3588PrintsAsThere() throws {
    let report = try AnchorReport(AnchorFixtures.model(AnchorFixtures.reportText))
    #expect(report.grid == AnchorFixtures.reportGrid)
    #expect(report.pixels == AnchorFixtures.reportPixels)
    #expect(
      report.levels.map(\.initialiser) == [
        "{4,5,7,7,11,11}", "{17,17,28,27,38,39}", "{56,54,83,79,125,120}",
      ])
    #expect(report.isHalfPrecision && report.isOrdered && report.defaults == nil)
    #expect(report.description.contains("not the COCO defaults, by value"))
    let rknn = AnchorListing.rknn.text(report).split(separator: "\n").joined(separator: ",")
    #expect(rknn == AnchorFixtures.reportPixels)
    let c = AnchorListing.c.text(report)
    #expect(c.contains("const int anchor[3][6] = {\n  {4,5,7,7,11,11},\n"))
    #expect(AnchorListing.yaml.text(report).contains("- [17.375,16.609375, 28.0625,27.28125, "))
    #expect(AnchorListing.text.text(report).contains("/17.375,16.609375,"))
  }

  @Test func defaultsAreToldByTheirValues() throws {
    for (name, words) in [
      ("yolov5n", "YOLOv5 and YOLOv7-tiny (three levels)"), ("yolov7", "YOLOv7 (three levels)"),
      ("yolov5n6", "YOLOv5 and YOLOv7 (four levels)"),
    ] {
      var model = try Model(
        new: name, classNames: ["a"], input: .fixed(height: 64, width: 64, batch: 1))
      #expect(try AnchorReport(model).defaults == words)
      model.graph.card.anchors[0][0][0] += 0.125
      #expect(try AnchorReport(model).defaults == nil)
    }
  }

  /// Reversed levels, digits beyond half precision, and whole numbers.
  @Test func orderAndPrecisionAreReported() throws {
    let reversed = try AnchorReport(
      AnchorFixtures.model("90,90,80,80,70.1,70/50,50,40,40,30,30/10,10,8,8,6,6"))
    #expect(!reversed.isOrdered && !reversed.isHalfPrecision)
    #expect(reversed.pixels.hasPrefix("90.0,90.0,80.0,80.0,70.1,70.0,"))
    #expect(reversed.description.contains("reversed"))
  }

  @Test func decodedBoxesTellTheAnchorsWhateverTheCardSays() throws {
    let model = try AnchorFixtures.model(AnchorFixtures.reportText)
    let raw = try ModelAnchors(model)
    #expect(raw.source == .checkpoint)
    try AnchorFixtures.withFile("onnx") { path in
      var options = ExportOptions()
      options.heads = .decoded
      _ = try ModelExport.onnx(model, to: path, options: options)
      var decoded = try Model(path: path)
      let found = try ModelAnchors(decoded)
      #expect(found.source == .decoding && found.levels == raw.levels && found.notes.isEmpty)
      decoded.graph.card.anchors[1][1][0] = 77
      let other = try ModelAnchors(decoded)
      #expect(other.levels == raw.levels && other.notes.count == 1)
      decoded.graph.card = ModelCard()
      #expect(try ModelAnchors(decoded).levels == raw.levels)

      // Other anchors need other boxes: what is written has raw heads and the anchors alone.
      let given = try ModelAnchors(
        text: "5,5,6,6,7,7/15,15,16,16,17,17/45,45,46,46,47,47", strides: [8, 16, 32])
      let replaced = try Model(path: path).replacingAnchors(by: given)
      let stated = try ModelAnchors(replaced)
      #expect(stated.levels == given.levels && stated.source == .card)
      #expect(replaced.graph.card.heads.map(\.content) == Array(repeating: .anchorGrid, count: 3))
    }
  }

  @Test func whatHasNoAnchorsIsRefused() throws {
    for name in ["yolov10n", "nanodet-m"] {
      let model = try Model(new: name, classNames: ["a"])
      let error = #expect(throws: ApusError.self) { try ModelAnchors(model) }
      #expect(error?.kind == .failure && error?.message.contains("has no anchors") == true)
      let asked = #expect(throws: ApusError.self) {
        try Model(new: name, classNames: ["a"], anchors: AnchorFixtures.reportText)
      }
      #expect(asked?.kind == .usage && asked?.message.contains("has no anchors") == true)
    }
  }

  @Test(
    arguments: [
      ([], "do not tell which anchors"),
      ([[[1, 2]], [[3, 4]]], "2 levels"),
      ([[[1, 2]], [[3, 4]], [[5, 6], [7, 8]]], "as many on every level"),
      ([[[]], [[]], [[]]], "anchor 0 of level 0"),
      ([[[1, 2]], [[3, .nan]], [[5, 6]]], "anchor 0 of level 1 is 3.0 x nan"),
      ([[[1, 2]], [[3, 4]], [[5, -6]]], "anchor 0 of level 2 is 5.0 x -6.0"),
      ([[[1, 2]], [[3, 4]], [[5, .infinity]]], "at most 1000000"),
      ([[], [], []], "[0, 0, 0] anchors"),
    ] as [([[[Float]]], String)])
  func badCardsAreRefused(_ anchors: [[[Float]]], _ words: String) throws {
    var model = try AnchorFixtures.model()
    model.graph.card.anchors = anchors
    let error = #expect(throws: ApusError.self) { try AnchorReport(model) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ("1,2", "1 levels"), ("1,2/3,4/5,6", "3 anchors on each of 3 levels"),
    ("1,2/3,nan/5,6", "'nan'"), ("1,2/3/5,6", "pairs"), ("", "no width"),
    ("0,2,1,1,1,1/1,1,1,1,1,1/1,1,1,1,1,1", "'0'"),
    ("2000000,2,1,1,1,1/1,1,1,1,1,1/1,1,1,1,1,1", "1000000"),
  ])
  func badTextsAreRefused(_ text: String, _ words: String) {
    let error = #expect(throws: ApusError.self) { try AnchorFixtures.model(text) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
