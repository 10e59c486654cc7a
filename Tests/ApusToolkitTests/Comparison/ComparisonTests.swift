import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Testing

/// Reports on the small data set, compared.
struct ComparisonTests {
  /// A report on the small data set: all objects found, but for those in `lost`.
  static func report(_ name: String, lost: Set<Int> = [], on data: EvaluationData? = nil) throws
    -> ValidationReport
  {
    let data = try data ?? EvaluationFixture.data()
    let found = data.truths.enumerated().filter { !lost.contains($0.offset) }.map { index, truth in
      COCODetection(
        imageID: truth.imageID, categoryID: truth.categoryID, x: truth.x, y: truth.y,
        width: truth.width, height: truth.height, score: 1 - Double(index) / 10)
    }
    return ValidationReport(
      evaluation: try Evaluation(ResultSet(name: name, detections: found), on: data), times: nil,
      peakMemory: nil,
      manifest: RunManifest(
        command: [], version: "", started: "", parts: [], options: [:], machine: [:]))
  }

  @Test func theFirstIsTheBase() throws {
    let comparison = try Comparison(
      [Self.report("x/a.json"), Self.report("y/a.json", lost: [1]), Self.report("b.json")],
      resamples: 200)
    #expect(comparison.entries.map(\.label) == ["A", "B", "C"])
    #expect(comparison.entries.map(\.name) == ["x/a.json", "y/a.json", "b.json"])
    let worse = try #require(comparison.difference(of: 1, .ap))
    // The dogs, half of the two classes, are gone.
    #expect(Tolerance.reorderedDoubles.accepts(worse.estimate, -0.5) && worse.high <= 0)
    let same = try #require(comparison.difference(of: 2, .ap))
    #expect(same.low == 0 && same.high == 0 && same.verdict == .undecided)
    let classes = comparison.classDifferences(of: 1)
    #expect(classes.map(\.name) == ["person", "dog"])
    #expect(classes.map(\.objects) == [2, 1])
    // COCO adds an epsilon to the count of detections: one found object has not quite precision 1.
    for (found, expected) in zip(classes, [0.0, -1]) {
      #expect(Tolerance.reorderedDoubles.accepts(found.difference.estimate, expected))
    }
    // One picture drawn again has no spread: its narrow interval decides nothing.
    #expect(classes[1].difference.pictures == 1 && classes[1].difference.high < 0)
    #expect(classes[1].difference.verdict == .undecided)
    let rows = comparison.measures
    let missed = try #require(rows.first { $0.group == .errors && $0.name == "missed objects" })
    #expect(missed.values[0] == 0 && missed.change(of: 1) ?? 0 > 0 && missed.isLowerBetter == true)
    #expect(!rows.contains { $0.name == "i_time ms" })
    #expect(rows.first?.values == [1, 0.5, 1])
  }

  @Test func progressReachesTheEnd() throws {
    var counts: [Int] = []
    _ = try Comparison([Self.report("a"), Self.report("b")], resamples: 100) { counts.append($0) }
    #expect(counts.last == 100 && counts == counts.sorted())
  }

  @Test func otherDataAndTooFewAreRefused() throws {
    #expect(throws: ApusError.self) { try Comparison([Self.report("a")]) }
    let other = try Self.report("b", on: EvaluationFixture.data(ids: [1, 2, 3]))
    let error = #expect(throws: ApusError.self) { try Comparison([Self.report("a"), other]) }
    #expect(error?.kind == .usage && error?.message.contains("'b'") == true)
  }

  @Test func thePageIsWellFormedAndEscaped() throws {
    let name = "<script>alert(1)&\".json"
    let comparison = try Comparison(
      [Self.report("a.json"), Self.report(name, lost: [0]), Self.report("c.json", lost: [1])],
      resamples: 100)
    let page = ComparisonPage(comparison).html
    let reader = try PageReader(page)
    #expect(!reader.elements.contains { $0.name == "script" })
    #expect(reader.text.contains("alert(1)"))
    for text in ["Side by side", "B − A", "C − A", "missed objects", "Largest losses", "undecided"]
    {
      #expect(reader.text.contains(text), "\(text)")
    }
    let links = reader.elements.compactMap { $0.attributes["src"] ?? $0.attributes["href"] }
    #expect(links.isEmpty)
    #expect(reader.elements.contains { $0.name == "circle" })
    #expect(!page.contains("nan") && !page.contains("inf%"))
  }

  @Test func bothDefinitionsAreExplained() throws {
    let report = try Self.report("a.json", lost: [2])
    let difference = try #require(report.evaluation.difference)
    #expect(difference.coco.ap == report.evaluation.coco.summary.ap)
    #expect(difference.yolo.ap50 == report.evaluation.yolo.mAP50)
    let sum = difference.steps.reduce(0) { $0 + $1.change.ap }
    #expect(Tolerance.reorderedDoubles.accepts(sum, difference.total.ap))
    #expect(report.evaluation.errors.missed.count == 1)
  }
}
