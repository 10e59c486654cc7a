import ApusDatasets
import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// The page of a validation: well-formed, with the numbers of the evaluation, whatever was measured.
@Suite struct ValidationPageTests {
  typealias Fixture = ValidationFixture

  static func random(
    classes: Int = 4, names: [String]? = nil, objects: Int = 60, seed: UInt64 = 1
  ) throws -> ValidationReport {
    let (truths, found) = Fixture.random(
      classes: classes, pictures: 10, objects: objects, seed: seed)
    return try Fixture.report(
      Fixture.dataset(
        classes: names ?? (0..<classes).map { "class \($0)" },
        pictures: (0..<10).map { "\($0).jpg" }, objects: truths),
      Fixture.results(found), times: Fixture.times(10), peakMemory: 300 << 20)
  }

  static func number(_ value: Double) -> String { String(format: "%.3f", value) }

  /// Nothing leads out of the page, and every element is known.
  static func expectClosed(_ page: PageReader) {
    for element in page.elements {
      #expect(element.attributes["src"]?.hasPrefix("data:image/jpeg;base64,") ?? true)
      #expect(element.attributes["href"] == nil)
      #expect(element.attributes.keys.allSatisfy { !$0.hasPrefix("on") })
    }
    let foreign = ["link", "iframe", "object", "a", "use", "image"]
    #expect(page.elements.filter { foreign.contains($0.name) }.isEmpty)
    #expect(page.elements.count { $0.name == "script" } == 1)
    #expect(page.ids.count == Set(page.ids).count)
    let policy = page.elements.compactMap { $0.attributes["content"] }.joined()
    #expect(policy.contains("default-src 'none'; img-src data:; "))
  }

  @Test func numbersAreThoseOfTheEvaluation() throws {
    let report = try Self.random()
    let page = try PageReader(ValidationPage(report).html)
    Self.expectClosed(page)
    let evaluation = report.evaluation
    for value in evaluation.coco.summary.numbers where value >= 0 {
      #expect(page.text.contains(Self.number(value)))
    }
    let yolo = evaluation.yolo
    for value in [yolo.mAP50, yolo.mAP, yolo.confidence] {
      #expect(page.text.contains(Self.number(try #require(value))))
    }
    let f1 = yolo.classes.map(\.f1).reduce(0, +) / Double(yolo.classes.count)
    #expect(page.text.contains("F1 \(Self.number(f1)) at \(Self.number(yolo.confidence ?? -1))"))
    for (result, best) in yolo.bestConfidences(.f1) {
      #expect(page.text.contains("class \(result)"))
      #expect(page.text.contains(Self.number(Double(best.threshold))))
    }
    for share in evaluation.errors.kinds {
      #expect(page.text.contains(": \(share.count)"))
      if let gain = share.apGain, gain >= 0.0005 {
        #expect(page.text.contains("+\(Self.number(gain)) AP50"))
      }
    }
    let difference = try #require(evaluation.difference)
    for step in difference.steps { #expect(page.text.contains(step.reason.words)) }
    for value in [
      difference.coco.ap, difference.coco.ap50, difference.yolo.ap, difference.yolo.ap50,
    ] {
      #expect(page.text.contains(String(format: "%.4f", value)))
    }
    // Every count of the confusion matrix stands in the page with its sentence.
    let titles = Set(page.elements.compactMap { $0.attributes["title"] })
    let matrix = evaluation.confusion
    for truth in 0..<4 {
      let total = (0...4).map { matrix[predicted: $0, truth: truth] }.reduce(0, +)
      for predicted in 0..<4 where matrix[predicted: predicted, truth: truth] > 0 {
        let sentence = "\(matrix[predicted: predicted, truth: truth]) of \(total) class \(truth) "
        #expect(
          titles.contains {
            $0.hasPrefix(sentence) && $0.hasSuffix("were reported as class \(predicted)")
          })
      }
    }
  }

  @Test func timesScoreAndManifestAreStated() throws {
    let report = try Self.random()
    let text = try PageReader(ValidationPage(report).html).text
    let times = try #require(report.times)
    let mean =
      [times.preprocess, times.inference, times.postprocess]
      .map { $0.reduce(0, +) / Double($0.count) }.reduce(0, +)
    let score = try #require(report.evaluation.yolo.mAP50) * 100 + (1000 - mean * 1000) * 0.1
    #expect(text.contains(String(format: "%.1f", score)))
    #expect(text.contains(String(format: "%.1f ms", mean * 1000)))
    #expect(text.contains("300 MiB"))
    #expect(text.contains("apus val net.pt 'my data/data.yaml'"))
    for part in report.manifest.parts { #expect(text.contains(part.sha256)) }
    for (name, value) in report.manifest.options {
      #expect(text.contains(name) && text.contains(value))
    }
    #expect(text.contains("Test CPU"))
  }

  @Test func namesFromFilesAreEscaped() throws {
    let hostile = HTMLTests.hostile
    let (truths, found) = Fixture.random(classes: 2, pictures: 2, objects: 8, seed: 5)
    let page = try PageReader(
      ValidationPage(
        Fixture.report(
          Fixture.dataset(
            classes: [hostile, "\u{0}b"], pictures: [hostile, "b"], objects: truths),
          Fixture.results(found, name: hostile, notes: [hostile]))
      ).html)
    Self.expectClosed(page)
    #expect(page.text.contains(hostile))
    #expect(page.elements.allSatisfy { $0.name != "img" })
  }

  @Test func zeroDetectionsReadWell() throws {
    let data = Fixture.dataset(
      classes: ["cat", "dog"], pictures: ["1.jpg"], objects: [.init(picture: 0, classID: 0)])
    let text = try PageReader(
      ValidationPage(Fixture.report(data, Fixture.results([]))).html
    ).text
    #expect(text.contains("There is no detection at all"))
    #expect(text.contains("best F1: nothing was found"))
    #expect(text.contains("1 of 2 classes have no object"))
    #expect(text.contains("no object"))
    #expect(text.contains("The detections were made elsewhere"))
    #expect(text.contains("1 of 1 missed: 1 cat"))
    #expect(!text.contains("nan") && !text.contains("-1") && !text.contains("inf"))
  }

  @Test func oneClassReadsWell() throws {
    let report = try Self.random(classes: 1, names: ["cell"])
    let page = try PageReader(ValidationPage(report).html)
    Self.expectClosed(page)
    #expect(page.text.contains("There is one class"))
    #expect(!page.text.contains("mean of 1 classes"))
  }

  /// Named curves, a choice of faint ones, and twenty rows of the matrix: the table alone grows with the classes.
  @Test func manyClassesDoNotExplodeThePage() throws {
    let report = try Self.random(classes: 1000, objects: 3000)
    let html = ValidationPage(report).html
    let page = try PageReader(html)
    #expect(html.utf8.count < 2_000_000, "\(html.utf8.count)")
    let rows = page.elements.count { $0.name == "tr" }
    #expect(rows < 1100, "\(rows)")
    #expect(page.elements.count { $0.name == "path" } < 130)
    #expect(page.text.contains("The 20 of 1000 classes"))
  }

  @Test func worstPicturesAreShownAndLostOnesNamed() throws {
    let folder = try Fixture.folder(["a.png", "b.jpg"])
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("no picture".utf8).write(to: folder.appendingPathComponent("c.jpg"))
    let names = ["a.png", "b.jpg", "c.jpg", "gone.jpg", "fine.jpg"]
    let data = Fixture.dataset(
      classes: ["cat"], pictures: names,
      objects: (0..<5).map { .init(picture: $0, classID: 0) }, folder: folder)
    let found = Fixture.results([.init(picture: 4, classID: 0, score: 0.9)])
    let shown = try ValidationPage(Fixture.report(data, found))
    #expect(shown.warning?.hasPrefix("2 of the 4 worst pictures cannot be shown: ") == true)
    #expect(shown.warning?.contains("c.jpg") == true)
    let page = try PageReader(shown.html)
    Self.expectClosed(page)
    let images = page.elements.filter { $0.name == "img" }
    #expect(images.count == 4)
    #expect(
      images.allSatisfy { $0.attributes["width"] == "480" && $0.attributes["height"] == "384" })
    // Objects were drawn into one of each pair.
    #expect(Set(images.compactMap { $0.attributes["src"] }).count >= 2)
    #expect(page.text.contains("4 of 5 pictures have an error"))
    #expect(page.text.components(separatedBy: "Cannot be shown").count == 3)
    #expect(page.text.contains("gone.jpg"))
    #expect(!page.text.contains("fine.jpg"))
    let none = try PageReader(ValidationPage(Fixture.report(data, found), pictures: 0).html)
    #expect(none.elements.allSatisfy { $0.name != "img" })
  }

  @Test func thePageIsWrittenButNotOverWhatWasRead() throws {
    let folder = try Fixture.folder([])
    defer { try? FileManager.default.removeItem(at: folder) }
    let report = try Self.random()
    let page = ValidationPage(report)
    let path = folder.appendingPathComponent("page.html").path
    try page.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == page.html)
    var manifest = report.manifest
    manifest.parts[0].path = path
    let own = ValidationReport(
      evaluation: report.evaluation, times: nil, peakMemory: nil, manifest: manifest)
    #expect(throws: ApusError.self) { try ValidationPage(own).write(to: path) }
    #expect(throws: ApusError.self) { try page.write(to: folder.path) }
  }
}
