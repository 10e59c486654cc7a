import ApusToolkit
import Foundation

/// What `apus bench` shows as tables.
enum BenchTables {
  /// The steps, with their share of the time and the rates they reach.
  static func text(_ profile: StepProfile) -> String {
    var table = TextTable([
      ("step", .right), ("ms", .right), ("share", .right), ("MMAC", .right), ("GMAC/s", .right),
      ("peak", .right), ("KiB", .right), ("GB/s", .right), ("operators", .left), ("node", .left),
    ])
    let total = profile.milliseconds
    for (index, step) in profile.steps.enumerated() {
      table.add([
        "\(index)", number(step.milliseconds, 3),
        number(total > 0 ? 100 * step.milliseconds / total : 0, 1) + " %",
        step.multiplyAccumulates > 0 ? number(Double(step.multiplyAccumulates) / 1e6, 2) : "",
        step.multiplyAccumulates > 0 ? number(step.gigaMACsPerSecond, 1) : "",
        step.shareOfPeak.map { number(100 * $0, 0) + " %" } ?? "",
        number(Double(step.bytes) / 1024, 0), number(step.gigabytesPerSecond, 1), step.operators,
        step.name,
      ])
    }
    let times = profile.runs == 1 ? "one run" : "means of \(profile.runs) runs"
    let peaks = profile.peaks.sorted { $0.key < $1.key }.map {
      "\($0.key) \(number($0.value, 0))"
    }
    let rates =
      peaks.isEmpty ? "" : "; peak of one core in GMAC/s: " + peaks.joined(separator: ", ")
    return table.text + "\n\(number(total, 3)) ms in \(profile.steps.count) steps, \(times)\(rates)"
  }

  /// The figures then and now.
  static func text(_ comparison: BenchmarkComparison) -> String {
    var table = TextTable([
      ("", .left), ("before", .right), ("now", .right), ("change", .right),
    ])
    for change in comparison.changes {
      let digits = change.name.hasSuffix("bytes") ? 0 : 3
      table.add([
        change.name, number(change.before, digits), number(change.now, digits),
        change.change.map { String(format: "%+.1f %%", 100 * $0) } ?? "",
      ])
    }
    let judged =
      comparison.isSlower
      ? "slower than \(comparison.baseline) by more than"
      : "not slower than \(comparison.baseline) by more than"
    let lines = [table.text] + comparison.notes.map { "note: \($0)" }
    return (lines + ["\(judged) \(number(100 * comparison.tolerance, 1)) %"])
      .joined(separator: "\n")
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
