import ApusDatasets

/// A report of a check as it is printed.
struct CheckOutput: Encodable, CustomStringConvertible {
  private let report: CheckReport
  private let repair: RepairReport?
  private let examples: Int

  init(_ report: CheckReport, repair: RepairReport?, examples: Int) {
    self.report = report
    self.repair = repair
    self.examples = examples
  }

  private enum Key: String, CodingKey { case errors, warnings, repair }

  /// The members of the report, the numbers of errors and warnings, and the repair.
  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var more = encoder.container(keyedBy: Key.self)
    try more.encode(report.count(.error), forKey: .errors)
    try more.encode(report.count(.warning), forKey: .warnings)
    try more.encodeIfPresent(repair, forKey: .repair)
  }

  var description: String {
    var lines = [summary, ""]
    for count in report.counts {
      lines.append("\(count.severity.rawValue)  \(count.kind.rawValue)  \(count.count)")
      let listed = report.findings.lazy
        .filter { $0.kind == count.kind && $0.severity == count.severity }.prefix(examples)
      for finding in listed {
        let place = finding.place.isEmpty ? "" : ", \(finding.place)"
        lines.append("    \(finding.file)\(place): \(finding.found)".onOneLine)
      }
      if count.count > examples, examples > 0 {
        lines.append("    and \(count.count - examples) more")
      }
      lines.append("    \(count.kind.remedy)")
    }
    if report.unlisted > 0 { lines.append("\(report.unlisted) further faults are not listed") }
    if !report.counts.isEmpty { lines.append("") }
    lines.append(verdict)
    lines += report.notes.map { "note: \($0)" }
    if let repair { lines += ["", repaired(repair)] }
    return lines.joined(separator: "\n")
  }

  private func repaired(_ repair: RepairReport) -> String {
    var lines = [
      "\(repair.path): \(repair.format), \(repair.pictures) pictures, \(repair.labels) labels"
    ]
    for kind in RepairReport.Action.Kind.allCases {
      let actions = repair.actions.filter { $0.kind == kind }
      guard !actions.isEmpty else { continue }
      lines.append("\(kind.rawValue)  \(actions.count)")
      for action in actions.prefix(examples) {
        let place = action.place.isEmpty ? "" : ", \(action.place)"
        lines.append("    \(action.file)\(place): \(action.what)".onOneLine)
      }
      if actions.count > examples, examples > 0 {
        lines.append("    and \(actions.count - examples) more")
      }
    }
    if repair.unlisted > 0 { lines.append("\(repair.unlisted) further faulty parts left out") }
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    let splits = report.splits.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return "\(report.path): \(report.format), \(report.pictures) pictures"
      + (splits.isEmpty ? "" : " (\(splits.joined(separator: ", ")))")
      + ", \(report.labels) labels, \(report.classes) classes, \(report.backgrounds) backgrounds"
  }

  private var verdict: String {
    func number(_ severity: Finding.Severity) -> String {
      let count = report.count(severity)
      return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    return "\(number(.error)), \(number(.warning)), \(number(.note)); pictures decoded: "
      + "\(report.decoded), unchanged: \(report.reused), read again and equal: \(report.verified)"
  }
}
