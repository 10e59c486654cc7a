import ApusBoxes
import ApusDatasets
import ApusMetrics

extension ValidationPage {
  /// Curves beyond these are not drawn: nobody tells them apart.
  private static let faintCurves = 100

  /// Precision over recall at an overlap of 0.5, as COCO samples it, and the mean at 0.75.
  var precisionRecall: HTML {
    let classes = evaluation.coco.classes.filter { $0.objectCount(in: .all) > 0 }
    let recalls = COCOProtocol.recallPoints
    func curve(_ result: COCOClassResult, _ threshold: Int) -> ArraySlice<Double> {
      // `[area, limit, threshold, recall]`; all areas and a hundred detections.
      let limit = COCOLimit.allCases.count - 1
      let start = (limit * COCOProtocol.overlapThresholds.count + threshold) * recalls.count
      return result.precisions[start..<start + recalls.count]
    }
    func mean(_ threshold: Int) -> [Double] {
      var sum = [Double](repeating: 0, count: recalls.count)
      for result in classes {
        for (place, value) in curve(result, threshold).enumerated() { sum[place] += value }
      }
      return sum.map { $0 / Double(classes.count) }
    }
    let summary = evaluation.coco.summary
    var series: [HTMLLineChart.Series] = []
    if classes.count > 1 {
      series.append(
        .init(
          name: "mean of \(classes.count) classes", value: Self.number(summary.ap50),
          weight: .bold, xs: recalls, ys: mean(0)))
      series.append(
        .init(
          name: "mean at IoU 0.75", value: Self.number(summary.ap75), xs: recalls, ys: mean(5)))
    }
    let ranked = classes.map { (result: $0, ap: $0.averagePrecision(threshold: 0)) }
      .sorted { $0.ap > $1.ap }
    let positions = evaluation.data.dataset.classIndices()
    func named(
      _ entry: (result: COCOClassResult, ap: Double), _ weight: HTMLLineChart.Series.Weight
    )
      -> HTMLLineChart.Series
    {
      .init(
        name: positions[entry.result.categoryID].map { names[$0] } ?? "",
        value: Self.number(entry.ap),
        weight: weight, xs: recalls, ys: Array(curve(entry.result, 0)))
    }
    let few = 6
    if ranked.count <= few {
      series += ranked.map { named($0, classes.count == 1 ? .bold : .thin) }
    } else {
      let middle = ranked.dropFirst(3).dropLast(3)
      let step = max(1, (middle.count + Self.faintCurves - 1) / Self.faintCurves)
      let faint = stride(from: middle.startIndex, to: middle.endIndex, by: step)
      series +=
        ranked.prefix(3).map { named($0, .thin) } + ranked.suffix(3).map { named($0, .thin) }
      series += faint.map { named(middle[$0], .faint) }
    }
    let chart = HTMLLineChart(
      x: .init(name: "recall"), y: .init(name: "precision"), series: series,
      title: "Precision over recall")
    let others: HTML =
      ranked.count > few
      ? " Named are the three best and the three worst classes; rest the pointer on a gray line for its class."
      : ""
    return """
      \(chart.html)<p class="dim">At an overlap (IoU) of 0.5: how many of the detections are right while more and \
      more objects are found. The number behind a name is the area under its curve.\(others)</p>
      """
  }

  /// F1, precision and recall over the confidence, means over the classes.
  var confidenceChart: HTML {
    let yolo = evaluation.yolo
    guard let best = bestF1, let place = bestPlace else {
      return "<p>No detection found an object: there is no confidence to choose.</p>"
    }
    // Of a thousand points every fourth is more than a screen shows.
    let places = Array(stride(from: 0, to: ConfidenceCurves.confidences.count, by: 4))
    func series(
      _ name: String, _ weight: HTMLLineChart.Series.Weight,
      _ values: (ConfidenceCurves) -> [Double]
    ) -> HTMLLineChart.Series {
      let mean = yolo.meanCurve(values)
      return .init(
        name: name, value: Self.number(mean[place]), weight: weight,
        xs: places.map { ConfidenceCurves.confidences[$0] }, ys: places.map { mean[$0] })
    }
    let chart = HTMLLineChart(
      x: .init(name: "confidence"), y: .init(name: "mean over the classes"),
      series: [
        series("F1", .bold, \.f1), series("precision", .thin, \.precision),
        series("recall", .thin, \.recall),
      ],
      marks: [
        .init(
          x: best.confidence, y: best.f1,
          text: "F1 \(Self.number(best.f1)) at \(Self.number(best.confidence))")
      ], title: "F1, precision and recall over the confidence")
    return """
      \(chart.html)<p class="dim">Above a confidence of \(Self.number(best.confidence)) F1 is best: there \
      \(Number.percent(yolo.precision ?? 0)) of the detections are right, and \(Number.percent(yolo.recall ?? 0)) of the \
      objects are found, as means over the classes. A higher confidence gives fewer false alarms, a lower one \
      fewer misses.</p>
      """
  }

  private var bestPlace: Int? {
    evaluation.yolo.confidence.flatMap(ConfidenceCurves.confidences.firstIndex)
  }

  /// Precision by score.
  var reliabilityChart: HTML {
    guard let error = reliability.expectedError else {
      return "<p>There is no detection whose score could be judged.</p>"
    }
    let bins = reliability.bins.filter { $0.count > 0 }
    let chart = HTMLLineChart(
      x: .init(name: "score"), y: .init(name: "share that is right"),
      series: [
        .init(
          name: "this detector", weight: .bold, xs: bins.compactMap(\.meanScore),
          ys: bins.compactMap(\.precision)),
        .init(name: "scores as probabilities", xs: [0, 1], ys: [0, 1]),
      ],
      marks: bins.compactMap { bin in
        guard let x = bin.meanScore, let y = bin.precision else { return nil }
        return .init(
          x: x, y: y,
          text: "\(Number.decimal(x, digits: 2)): \(bin.correct) of \(bin.count) right")
      }, title: "Share of right detections by score", labelsMarks: false)
    let sure = reliability.bins.dropFirst(5)
    let (count, right) = (
      sure.reduce(0) { $0 + $1.count }, sure.reduce(0) { $0 + $1.correct }
    )
    let words: HTML =
      count == 0
      ? "No detection scores above 0.5."
      : "Of \(Number.grouped(count)) detections that score above 0.5, \(Number.percent(Double(right) / Double(count))) are right."
    return """
      \(chart.html)<p class="dim">Detections in tenths of the score. \(words) Over all detections, score and share differ \
      by \(Self.number(error)) in the mean (expected calibration error).</p>
      """
  }
}
