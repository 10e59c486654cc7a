import ApusMetrics

extension Comparison {
  /// A row of the table: a number of every entry.
  public struct Measure: Sendable {
    /// What stands in front of the row.
    public let name: String
    /// What the row belongs to; rows of a group stand together.
    public let group: Group
    /// How many digits stand behind the point.
    public let digits: Int
    /// Whether a lower number is better; nil where neither is.
    public let isLowerBetter: Bool?
    /// The number of every entry; nil where it has none.
    public let values: [Double?]

    /// By how much an entry's number is above the first's.
    public func change(of entry: Int) -> Double? {
      guard let value = values[entry], let base = values[0] else { return nil }
      return value - base
    }
  }

  /// What rows of the table belong to.
  public enum Group: String, Sendable, Hashable, CaseIterable {
    /// COCO's numbers.
    case coco = "COCO"
    /// YOLOv5's numbers.
    case yolo = "YOLO"
    /// What kinds of mistakes cost.
    case errors = "AP50 lost to"
    /// Detections and time.
    case run = "run"
  }

  /// The table: COCO's numbers, YOLO's, what each kind of mistake costs, and time where it was taken.
  public var measures: [Measure] {
    func row(
      _ name: String, _ group: Group, digits: Int = 4, lower: Bool? = false,
      _ value: (Entry) -> Double?
    ) -> Measure {
      Measure(
        name: name, group: group, digits: digits, isLowerBetter: lower,
        values: entries.map(value))
    }
    func coco(_ name: String, _ value: (COCOSummary) -> Double) -> Measure {
      row(name, .coco) { entry in
        let number = value(entry.evaluation.coco.summary)
        return number < 0 ? nil : number
      }
    }
    let accuracy = [
      coco("AP", \.ap), coco("AP50", \.ap50), coco("AP75", \.ap75), coco("AP small", \.apSmall),
      coco("AP medium", \.apMedium), coco("AP large", \.apLarge), coco("AR100", \.ar100),
      row("mAP50", .yolo) { $0.evaluation.yolo.mAP50 },
      row("mAP50-95", .yolo) { $0.evaluation.yolo.mAP },
      row("precision", .yolo) { $0.evaluation.yolo.precision },
      row("recall", .yolo) { $0.evaluation.yolo.recall },
    ]
    let errors = DetectionErrors.Kind.allCases.map { kind in
      row(kind.words, .errors, lower: true) { $0.evaluation.errors[kind].apGain }
    }
    let run = [
      row("detections", .run, digits: 0, lower: nil) {
        Double($0.evaluation.results.detections.count)
      },
      row("i_time ms", .run, digits: 2, lower: true) { $0.report.times?.meanTime },
      row("score", .run, digits: 2) { $0.report.score },
    ]
    return (accuracy + errors + run).filter { $0.values.contains { $0 != nil } }
  }

  /// What a reader must know of each entry, each note once.
  public var notes: [String] {
    entries.flatMap { entry in entry.report.notes.map { "\(entry.label): \($0)" } }
  }
}

extension DetectionErrors.Kind {
  /// The kind as a table names it.
  var words: String {
    switch self {
    case .classification: "wrong class"
    case .localisation: "wrong place"
    case .both: "class and place"
    case .duplicate: "duplicates"
    case .background: "background"
    case .missed: "missed objects"
    }
  }
}
