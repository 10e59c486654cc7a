import ApusBoxes
import ApusDatasets
import ApusMetrics
import Foundation

/// A page that shows how good a model is: its numbers, where they come from, and the pictures it fails on.
public struct ValidationPage: Sendable {
  let report: ValidationReport
  /// The pictures with the most errors.
  package let worst: WorstPictures
  /// How far scores can be read as probabilities.
  package let reliability: ScoreReliability
  /// Each of the worst pictures drawn, or why it is not.
  let pairs: [Result<PicturePair, PictureProblem>]

  /// The page of a validation.
  ///
  /// Pictures are read one at a time; each takes about 100 kB of the page.
  ///
  /// - Parameter pictures: how many of the worst pictures are shown; 0 for none.
  public init(_ report: ValidationReport, pictures: Int = 12) {
    let evaluation = report.evaluation
    let judgements = evaluation.pictures.map {
      PictureJudgement($0.detections, against: $0.truths)
    }
    let worst = WorstPictures(
      evaluation.pictures, judgements: judgements, confidence: evaluation.yolo.confidence ?? 0,
      count: pictures)
    self.report = report
    self.worst = worst
    reliability = ScoreReliability(evaluation.pictures, judgements: judgements)
    pairs = worst.entries.map { entry in
      Result { () throws(PictureProblem) in
        try PicturePair(
          evaluation.data.dataset.pictures[entry.index], judged: evaluation.pictures[entry.index],
          entry: entry, names: evaluation.data.classNames)
      }
    }
  }

  /// Why pictures that are there are not shown, for a person; nil where all are.
  public var warning: String? {
    let problems = pairs.compactMap { pair -> PictureProblem? in
      guard case .failure(let problem) = pair, !problem.isAbsent else { return nil }
      return problem
    }
    return problems.first.map {
      "\(problems.count) of the \(pairs.count) worst pictures cannot be shown: \($0.reason)"
    }
  }

  /// Writes the page.
  ///
  /// - Throws: `ApusError` where the file is what was read or cannot be written.
  public func write(to path: String) throws(ApusError) {
    try FilePath.checkTarget(path, source: evaluation.data.path)
    let target = FilePath.canonical(path)
    for part in report.manifest.parts where FilePath.canonical(part.path) == target {
      throw .usage("'\(path)' is read by this run and would be overwritten; name another file")
    }
    try AtomicFile.write(html.utf8, to: target)
  }

  /// The whole document.
  public var html: String {
    HTMLPage(
      title: "\(evaluation.results.name) – validation – Apus", body: body, style: Self.style,
      script: HTMLTable.sorting, hasPictures: true
    ).text
  }

  var evaluation: Evaluation { report.evaluation }
  var names: ClassNames { evaluation.data.classNames }

  /// The objects that are to be found; crowds are none.
  var objectCount: Int { evaluation.data.truths.count { !$0.isCrowd } }

  private var body: HTML {
    """
    <header><h1>\(HTML.clipped((evaluation.results.name as NSString).lastPathComponent))</h1>
    <p class="dim">\(summary)</p>
    <div class="tiles">\(tiles)</div>
    \(notes)</header>
    <main>
    <div class="columns"><section><h2>Precision over recall</h2>
    \(precisionRecall)</section>
    <section><h2>Which confidence to choose</h2>
    \(confidenceChart)</section></div>
    <div class="columns"><section><h2>COCO’s twelve numbers</h2>
    \(cocoTable)\(definitions)</section>
    <section><h2>Small, medium and large objects</h2>
    \(sizes)<h2 class="next">Can scores be read as probabilities?</h2>
    \(reliabilityChart)</section></div>
    <section id="classes"><h2>Classes</h2>
    \(classTable)</section>
    <section id="confusion"><h2>What was taken for what</h2>
    \(confusion)</section>
    <section id="errors"><h2>What kind of mistakes it makes</h2>
    \(errors)</section>
    <section id="worst"><h2>Worst pictures</h2>
    \(mosaic)</section>
    <div class="columns"><section><h2>Time and memory</h2>
    \(timing)</section>
    <section><h2>How to repeat this</h2>
    \(manifest)</section></div>
    </main>
    """
  }

  private var summary: HTML {
    let data = evaluation.data
    let split = data.split.map { " · split \(HTML.clipped($0))" } ?? ""
    return """
      judged by \(HTML.clipped(data.path, to: 300))\(split) · \
      \(Number.grouped(evaluation.results.detections.count)) detections
      """
  }

  private var tiles: HTML {
    let yolo = evaluation.yolo
    let coco = evaluation.coco.summary
    var tiles: [(String, String)] = [
      (Self.measure(coco.ap), "AP, COCO, IoU 0.5 to 0.95"),
      (Self.measure(coco.ap50), "AP50, COCO"),
      (yolo.mAP50.map(Self.number) ?? "–", "mAP50, YOLO"),
      (yolo.mAP.map(Self.number) ?? "–", "mAP50-95, YOLO"),
    ]
    if let f1 = bestF1 {
      tiles.append((Self.number(f1.f1), "best F1, at confidence \(Self.number(f1.confidence))"))
    } else {
      tiles.append(("–", "best F1: nothing was found"))
    }
    if let times = report.times, let mean = times.meanTime {
      tiles.append((Self.milliseconds(mean), "ms per picture (i_time)"))
      if let rate = times.framesPerSecond {
        tiles.append((Number.decimal(rate, digits: 1), "pictures per second"))
      }
      if let score = report.score { tiles.append((Number.decimal(score, digits: 1), "score")) }
    }
    tiles += [
      (Number.grouped(evaluation.pictures.count), "pictures"),
      (Number.grouped(objectCount), "objects"),
    ]
    return .joined(tiles.map { "<div><b>\($0.0)</b>\($0.1)</div>" })
  }

  /// What a reader must know before the numbers.
  private var notes: HTML {
    var notes = report.notes.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    if bestF1 == nil, !evaluation.results.detections.isEmpty {
      notes.append("No detection found an object: every AP is 0.")
    }
    if report.times == nil {
      notes.append("The detections were made elsewhere: there are no times, and no score of them.")
    }
    guard !notes.isEmpty else { return "" }
    let items = notes.map { "<li>\(HTML.clipped($0, to: 2000))</li>" as HTML }
    return "<ul class=\"notes\">\(HTML.joined(items))</ul>"
  }

  /// The best mean F1 over the classes, and where it is; nil where nothing is found at all.
  var bestF1: (confidence: Double, f1: Double)? {
    guard let confidence = evaluation.yolo.confidence else { return nil }
    let values = evaluation.yolo.classes.map(\.f1)
    let f1 = values.reduce(0, +) / Double(values.count)
    return f1 > 0 ? (confidence, f1) : nil
  }

  /// A number from 0 to 1; "no object" for COCO's -1.
  static func measure(_ value: Double) -> String { value < 0 ? "no object" : number(value) }

  /// `0.457`.
  static func number(_ value: Double) -> String { Number.decimal(value, digits: 3) }

  /// Milliseconds with three digits that count.
  static func milliseconds(_ value: Double) -> String {
    Number.decimal(value, digits: value < 10 ? 2 : value < 100 ? 1 : 0)
  }
}
