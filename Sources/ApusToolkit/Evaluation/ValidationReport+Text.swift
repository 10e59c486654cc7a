import ApusMetrics
import Foundation

extension ValidationReport: CustomStringConvertible {
  /// The report without the lines of the classes.
  public var description: String { text(perClass: false) }

  /// The report for a person: COCO's twelve lines as pycocotools prints them, YOLOv5's lines, what the stages
  /// took, and notes.
  public func text(perClass: Bool) -> String {
    var lines = cocoLines + [""] + yoloLines(perClass: perClass)
    lines += differenceLines + errorLines
    lines += timeLines
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines.joined(separator: "\n")
  }

  private var cocoLines: [String] {
    let summary = evaluation.coco.summary
    let rows: [(isPrecision: Bool, overlap: String, area: String, most: Int, value: Double)] = [
      (true, "0.50:0.95", "all", 100, summary.ap), (true, "0.50", "all", 100, summary.ap50),
      (true, "0.75", "all", 100, summary.ap75),
      (true, "0.50:0.95", "small", 100, summary.apSmall),
      (true, "0.50:0.95", "medium", 100, summary.apMedium),
      (true, "0.50:0.95", "large", 100, summary.apLarge),
      (false, "0.50:0.95", "all", 1, summary.ar1), (false, "0.50:0.95", "all", 10, summary.ar10),
      (false, "0.50:0.95", "all", 100, summary.ar100),
      (false, "0.50:0.95", "small", 100, summary.arSmall),
      (false, "0.50:0.95", "medium", 100, summary.arMedium),
      (false, "0.50:0.95", "large", 100, summary.arLarge),
    ]
    return rows.map { row in
      let title = row.isPrecision ? "Average Precision  (AP)" : "Average Recall     (AR)"
      let value = row.value < 0 ? "no such object" : String(format: "%.3f", row.value)
      return " \(title) @[ IoU=\(Self.left(row.overlap, 9)) | area=\(Self.right(row.area, 6)) |"
        + " maxDets=\(Self.right("\(row.most)", 3)) ] = \(value)"
    }
  }

  private func yoloLines(perClass: Bool) -> [String] {
    let all = classes
    let width = max(16, perClass ? all.map(\.name.count).max() ?? 0 : 0)
    func line(_ cells: [String]) -> String {
      Self.right(cells[0], width) + cells[1...].map { Self.right($0, 12) }.joined()
    }
    func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }
    let yolo = evaluation.yolo
    var lines = [
      line(["Class", "Images", "Labels", "P", "R", "mAP@.5", "mAP@.5:.95"]),
      line([
        "all", "\(evaluation.pictures.count)", "\(all.map(\.objects).reduce(0, +))",
        number(yolo.precision), number(yolo.recall), number(yolo.mAP50), number(yolo.mAP),
      ]),
    ]
    if perClass {
      lines += all.filter { $0.objects > 0 }.map {
        line([
          String($0.name.map { $0.isNewline ? " " : $0 }), "\($0.pictures)", "\($0.objects)",
          number($0.precision), number($0.recall),
          number($0.mAP50), number($0.mAP),
        ])
      }
    }
    if let confidence = yolo.confidence {
      lines.append(
        String(format: "P and R at the confidence %.3f, where the mean F1 is best", confidence))
    }
    return lines
  }

  /// COCO's and YOLO's values, and between them what each convention is worth.
  private var differenceLines: [String] {
    guard let difference = evaluation.difference else { return [] }
    func line(_ values: MetricDifference.Values, _ format: String, _ words: String) -> String {
      [values.ap, values.ap50].map { Self.right(String(format: format, $0), 9) }.joined()
        + "  \(words)"
    }
    return ["", Self.right("AP", 9) + Self.right("AP50", 9), line(difference.coco, "%.4f", "COCO")]
      + difference.steps.map { line($0.change, "%+.4f", $0.reason.words) }
      + [line(difference.yolo, "%.4f", "YOLO")]
  }

  /// How many mistakes there are of every kind, and what they cost.
  private var errorLines: [String] {
    let rows = evaluation.errors.kinds.map { share in
      Self.right("\(share.count)", 9)
        + Self.right(share.apGain.map { String(format: "%.4f", $0) } ?? "-", 9)
        + "  \(share.kind.rawValue)"
    }
    let heading =
      Self.right("count", 9) + Self.right("costs", 9) + "  mistakes, and the AP50 they cost"
    return ["", heading] + rows
  }

  private var timeLines: [String] {
    guard let times, let total = times.meanTime else { return [] }
    let names = [
      "decode": "decode", "preprocess": "pre-process", "inference": "inference",
      "postprocess": "post-process",
    ]
    func line(_ cells: [String]) -> String {
      Self.right(cells[0], 16) + cells[1...].map { Self.right($0, 12) }.joined()
    }
    var lines = ["", line(["ms a picture", "mean", "p50", "p90", "p99"])]
    for stage in times.stages {
      let numbers = [stage.summary.mean, stage.summary.p50, stage.summary.p90, stage.summary.p99]
      lines.append(
        line([names[stage.name] ?? stage.name] + numbers.map { String(format: "%.2f", $0) }))
    }
    lines.append(
      String(
        format: "i_time %.2f ms (pre-process + inference + post-process), %.1f pictures a second",
        total,
        times.framesPerSecond ?? 0))
    if let peakMemory {
      lines.append(String(format: "peak memory %.0f MiB", Double(peakMemory) / 1_048_576))
    }
    if let score {
      lines.append(
        String(
          format: "score %.2f = YOLO mAP50 %.4f x 100 + (1000 - i_time) x 0.1", score,
          evaluation.yolo.mAP50 ?? 0))
    }
    return lines
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
