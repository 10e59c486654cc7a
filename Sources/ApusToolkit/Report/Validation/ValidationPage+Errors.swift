import ApusMetrics

extension ValidationPage {
  /// The kinds of mistakes and what each costs.
  var errors: HTML {
    let errors = evaluation.errors
    let gains = errors.kinds.map(\.apGain)
    let greatest = gains.compactMap(\.self).max().flatMap { $0 > 0 ? $0 : nil } ?? 1
    let rows = errors.kinds.map { share in
      HTMLMeters.Row(
        name: "\(Self.name(share.kind)): \(Number.grouped(share.count))",
        note: Self.words(share.kind),
        values: [(share.apGain.map { $0 / greatest }, Self.gain(share.apGain))])
    }
    var list = HTMLList()
    list.add(
      "without any false detection above a right one", "\(Self.gain(errors.falsePositiveGain))")
    list.add("with every object found", "\(Self.gain(errors.falseNegativeGain))")
    let base = errors.ap50.map { " The AP50 they add to is \(Self.number($0))." } ?? ""
    return """
      <p>How many there are of each, and the AP50 that would be won if this kind alone were repaired: the longest bar \
      is what to work on first.\(base)</p>
      \(HTMLMeters(rows: rows).html)<h3>Two limits</h3>
      \(list.html)<p class="dim">TIDE’s kinds (Bolya et al., ECCV 2020), of all detections, also those with low scores: the \
      many that are on nothing cost little as long as they score below the right ones. Gains do not add up; repairing one \
      kind changes what the others cost. TIDE looks at the best \(DetectionErrors.limit) detections of a picture; a \
      class without objects counts as 0 in its AP50 where it was reported, which COCO leaves out.</p>
      """
  }

  private static func gain(_ value: Double?) -> String {
    guard let value else { return "not defined" }
    return value < 0.0005 ? "+0 AP50" : "+\(number(value)) AP50"
  }

  private static func name(_ kind: DetectionErrors.Kind) -> String {
    switch kind {
    case .classification: "wrong class"
    case .localisation: "wrong place"
    case .both: "wrong class and place"
    case .duplicate: "found twice"
    case .background: "nothing there"
    case .missed: "missed"
    }
  }

  private static func words(_ kind: DetectionErrors.Kind) -> String {
    switch kind {
    case .classification: "the box lies well, but on an object of another class"
    case .localisation:
      "the class is right, but the box overlaps the object by an IoU of 0.1 to 0.5 only"
    case .both: "another class, and the box lies badly too"
    case .duplicate: "a second box on an object that a surer detection has found"
    case .background: "no object there: an overlap of at most 0.1 with any"
    case .missed: "objects that no detection found, nor would find with another class or place"
    }
  }

  /// By how much the two definitions of mAP differ, and why.
  var definitions: HTML {
    guard let difference = evaluation.difference else { return "" }
    var table = HTMLTable([
      .init(heading: ""), .init(heading: "IoU 0.5 to 0.95", isNumber: true),
      .init(heading: "IoU 0.5", isNumber: true),
    ])
    func row(_ name: HTML, _ values: MetricDifference.Values, _ text: (Double) -> String) {
      table.add([name, "\(text(values.ap))", "\(text(values.ap50))"])
    }
    row("<b>COCO</b>", difference.coco) { Number.decimal($0, digits: 4) }
    for step in difference.steps { row("\(step.reason.words)", step.change, Self.signed) }
    row("<b>YOLO</b>", difference.yolo) { Number.decimal($0, digits: 4) }
    return """
      <h3>Two definitions of mAP</h3>
      <p class="dim">From COCO’s mean to YOLO’s, one convention changed after the other.</p>
      \(table.html)
      """
  }

  /// `+0.0012`.
  private static func signed(_ value: Double) -> String {
    guard abs(value) >= 0.00005 else { return "0" }
    return (value < 0 ? "−" : "+") + Number.decimal(abs(value), digits: 4)
  }
}
