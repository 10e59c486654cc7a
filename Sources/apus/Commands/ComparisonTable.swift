import ApusMetrics
import ApusToolkit
import Foundation

/// A comparison as lines for a terminal.
struct ComparisonTable {
  private let comparison: Comparison

  /// How many classes are shown at either end.
  private static let classLimit = 5

  /// The lines of a comparison.
  init(_ comparison: Comparison) { self.comparison = comparison }

  /// The names, the table, the differences with their intervals, the classes that gained and lost most, and notes.
  var text: String {
    var parts = [names, table, differences]
    parts += comparison.entries.indices.dropFirst().map(classes)
    let notes = comparison.notes.map { "note: \($0)" }.joined(separator: "\n")
    return (parts + [notes]).filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var names: String {
    comparison.entries.map { "\($0.label)  \($0.name)" }.joined(separator: "\n")
  }

  private var table: String {
    var columns: [(String, TextTable.Alignment)] = [("", .left), ("", .left)]
    for (index, entry) in comparison.entries.enumerated() {
      columns.append((entry.label, .right))
      if index > 0 { columns.append(("\(entry.label) - A", .right)) }
    }
    var table = TextTable(columns)
    var group: Comparison.Group?
    for measure in comparison.measures {
      var cells = [group == measure.group ? "" : measure.group.rawValue, measure.name]
      group = measure.group
      for (index, value) in measure.values.enumerated() {
        cells.append(value.map { Self.number($0, measure.digits) } ?? "-")
        guard index > 0 else { continue }
        cells.append(
          measure.change(of: index).map { String(format: "%+.\(measure.digits)f", $0) } ?? "-")
      }
      table.add(cells)
    }
    return table.text
  }

  private var differences: String {
    var table = TextTable([
      ("", .left), ("", .left), ("difference", .right), ("95 % interval", .right),
      ("better with", .right), ("", .left),
    ])
    for (index, entry) in comparison.entries.enumerated().dropFirst() {
      for (measure, name) in [(BootstrapSamples.Measure.ap, "AP"), (.ap50, "AP50")] {
        guard let interval = comparison.difference(of: index, measure) else { continue }
        table.add(
          ["\(entry.label) - A", name] + Self.cells(interval))
      }
    }
    let pictures = comparison.entries[0].evaluation.data.pictureCount
    return table.text
      + "\nfrom \(comparison.resamples) draws of \(pictures) pictures, seed \(comparison.seed)"
  }

  private func classes(of entry: Int) -> String {
    let all = comparison.classDifferences(of: entry)
    let label = comparison.entries[entry].label
    let gains = all.filter { $0.difference.estimate > 0 }.prefix(Self.classLimit)
    let losses = all.filter { $0.difference.estimate < 0 }.suffix(Self.classLimit)
    guard !gains.isEmpty || !losses.isEmpty else {
      return "\(label) - A: no class differs in AP"
    }
    var table = TextTable([
      ("\(label) - A by class", .left), ("objects", .right), ("A", .right), (label, .right),
      ("difference", .right), ("95 % interval", .right), ("better with", .right), ("", .left),
    ])
    for row in Array(gains) + Array(losses) {
      table.add(
        [row.name, "\(row.objects)", Self.number(row.base, 4), Self.number(row.ap, 4)]
          + Self.cells(row.difference))
    }
    return table.text
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func cells(_ interval: BootstrapSamples.Interval) -> [String] {
    [
      String(format: "%+.4f", interval.estimate),
      String(format: "[%+.4f, %+.4f]", interval.low, interval.high),
      String(format: "%.0f %%", interval.probabilityAbove * 100), interval.verdict.rawValue,
    ]
  }
}
