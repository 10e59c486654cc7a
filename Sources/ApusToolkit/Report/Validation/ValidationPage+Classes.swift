import ApusBoxes
import ApusDatasets
import ApusMetrics

extension ValidationPage {
  /// COCO's twelve numbers with what they mean.
  var cocoTable: HTML {
    let words: [(String, String)] = [
      ("AP", "IoU 0.5 to 0.95, the mean of ten steps"),
      ("AP50", "IoU 0.5: about in the right place"),
      ("AP75", "IoU 0.75: in just the right place"),
      ("AP small", "objects up to 32×32 pixels"),
      ("AP medium", "objects of 32×32 to 96×96 pixels"),
      ("AP large", "objects from 96×96 pixels on"),
      ("AR 1", "recall with one detection per class and picture"),
      ("AR 10", "recall with ten"),
      ("AR 100", "recall with a hundred"),
      ("AR small", "recall of small objects"),
      ("AR medium", "recall of medium objects"),
      ("AR large", "recall of large objects"),
    ]
    var table = HTMLTable([
      .init(heading: ""), .init(heading: "meaning"), .init(heading: "value", isNumber: true),
    ])
    for ((name, meaning), value) in zip(words, evaluation.coco.summary.numbers) {
      table.add(["<b>\(name)</b>", "\(meaning)", "\(Self.measure(value))"])
    }
    return """
      \(table.html)<p class="dim">All are means over the classes that have such objects, as pycocotools counts them.</p>
      """
  }

  /// AP and recall by the size of objects.
  var sizes: HTML {
    let coco = evaluation.coco
    let areas: [(COCOArea, String, String)] = [
      (.small, "small", "up to 32×32 px"), (.medium, "medium", "32×32 to 96×96 px"),
      (.large, "large", "from 96×96 px"),
    ]
    let rows = areas.map { area, name, note in
      let count = coco.classes.reduce(0) { $0 + $1.objectCount(in: area) }
      let values = [coco.averagePrecision(area: area), coco.averageRecall(area: area)]
      return HTMLMeters.Row(
        name: name, note: "\(note), \(Number.grouped(count)) object\(count == 1 ? "" : "s")",
        values: values.map { ($0 < 0 ? nil : $0, Self.measure($0)) })
    }
    return HTMLMeters(quantities: ["AP", "recall (AR 100)"], rows: rows).html
  }

  /// Every class with its numbers.
  var classTable: HTML {
    var table = HTMLTable(
      [
        .init(heading: "class"), .init(heading: "objects", isNumber: true),
        .init(heading: "found", isNumber: true), .init(heading: "AP", isNumber: true),
        .init(heading: "AP50", isNumber: true), .init(heading: "P", isNumber: true),
        .init(heading: "R", isNumber: true), .init(heading: "F1", isNumber: true),
        .init(heading: "own best confidence", isNumber: true),
        .init(heading: "F1 there", isNumber: true),
      ], isSortable: true)
    let positions = evaluation.data.dataset.classIndices()
    let yolo = Dictionary(
      evaluation.yolo.classes.map { ($0.classID, $0) }, uniquingKeysWith: { first, _ in first })
    let best = evaluation.yolo.bestConfidences(.f1)
    let detections = Dictionary(grouping: evaluation.results.detections, by: \.categoryID)
      .mapValues(\.count)
    // In the order of the data set, which is that of the ids nowhere but in most files.
    let results = evaluation.coco.classes.compactMap { result in
      positions[result.categoryID].map { (position: $0, result: result) }
    }.sorted { $0.position < $1.position }
    for (position, result) in results {
      let count = result.objectCount(in: .all)
      let ap = result.averagePrecision()
      let found = detections[result.categoryID] ?? 0
      let name: HTML = "\(HTML.clipped(names[position], to: 60))"
      guard count > 0, let measured = yolo[position] else {
        table.add(
          [name, "0", "\(Number.grouped(found))", "<span class=\"dim\">no object</span>"]
            + Array(repeating: "<span class=\"dim\">–</span>", count: 6))
        continue
      }
      let own: [HTML] =
        best[position].map {
          ["\(Self.number(Double($0.threshold)))", "\(Self.number($0.f1))"]
        } ?? ["<span class=\"dim\">–</span>", "<span class=\"dim\">–</span>"]
      table.add(
        [
          name, "\(Number.grouped(count))", "\(Number.grouped(found))", Self.bar(ap),
          Self.bar(result.averagePrecision(threshold: 0)), "\(Self.number(measured.precision))",
          "\(Self.number(measured.recall))", "\(Self.number(measured.f1))",
        ] + own)
    }
    let confidence =
      bestF1.map { "at the common best confidence of \(Self.number($0.confidence))" }
      ?? "not reached at any confidence"
    return """
      \(table.html)<p class="dim">“found” counts all detections of the class. AP and AP50 are COCO’s. P (precision), R (recall) and \
      F1 are \(confidence), IoU 0.5. The last two columns are the confidence at which the class by itself has its best \
      F1, chosen on these very pictures. A click on a heading sorts.</p>
      """
  }

  /// A number from 0 to 1 on a bar of its length.
  private static func bar(_ value: Double) -> HTML {
    "<span class=\"share\" style=\"--share:\(Number.decimal(min(max(value, 0), 1) * 100, digits: 1))%\">\(number(value))</span>"
  }
}
