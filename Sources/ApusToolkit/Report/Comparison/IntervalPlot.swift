import ApusMetrics
import Foundation

/// Differences with their intervals, one below the other over one axis: a forest plot.
///
/// Places are shares of the width, so that it reads at any.
struct IntervalPlot {
  /// A difference.
  struct Row {
    let name: String
    /// What stands behind the name, in small type.
    var note = ""
    let interval: BootstrapSamples.Interval
  }

  /// What is read to a screen reader.
  let title: String
  let rows: [Row]

  private static let step = 40

  /// The plot as inline SVG.
  var html: HTML {
    guard !rows.isEmpty else { return "" }
    let ticks = Self.ticks(
      from: min(0, rows.map(\.interval.low).min() ?? 0),
      to: max(0, rows.map(\.interval.high).max() ?? 0))
    let range = (ticks.first ?? 0)...(ticks.last ?? 1)
    func place(_ value: Double) -> String {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return Number.decimal(8 + 84 * min(max(share, 0), 1), digits: 2) + "%"
    }
    let bottom = rows.count * Self.step + 6
    var body = HTML()
    for tick in ticks {
      let style: HTML = tick == 0 ? "zero" : "grid"
      body += """
        <line class="\(style)" x1="\(place(tick))" x2="\(place(tick))" y1="0" y2="\(bottom)"/>\
        <text class="dim" x="\(place(tick))" y="\(bottom + 14)" text-anchor="middle">\(Self.tick(tick))</text>

        """
    }
    for (index, row) in rows.enumerated() {
      let (interval, top) = (row.interval, index * Self.step)
      let style = "\(interval.verdict)"
      let text = Self.text(interval)
      let note: HTML =
        row.note.isEmpty ? "" : "<tspan class=\"dim\"> \(HTML.clipped(row.note, to: 24))</tspan>"
      body += """
        <g class="interval \(style)"><title>\(HTML.clipped(row.name)): \(text), \(style)</title>\
        <text x="0" y="\(top + 15)">\(HTML.shortened(row.name, to: 22))\(note)</text>\
        <text class="dim" x="100%" y="\(top + 15)" text-anchor="end">\(text)</text>\
        <line class="span" x1="\(place(interval.low))" x2="\(place(interval.high))" y1="\(top + 28)" y2="\(top + 28)"/>\
        <line class="end" x1="\(place(interval.low))" x2="\(place(interval.low))" y1="\(top + 24)" y2="\(top + 32)"/>\
        <line class="end" x1="\(place(interval.high))" x2="\(place(interval.high))" y1="\(top + 24)" y2="\(top + 32)"/>\
        <circle cx="\(place(interval.estimate))" cy="\(top + 28)" r="4.5"/></g>

        """
    }
    return """
      <svg class="intervals" width="100%" height="\(bottom + 20)" role="img" aria-label="\(title)">
      \(body)</svg>

      """
  }

  /// `-0.0123 [-0.0200, -0.0040]`.
  static func text(_ interval: BootstrapSamples.Interval) -> String {
    String(format: "%+.4f [%+.4f, %+.4f]", interval.estimate, interval.low, interval.high)
  }

  /// Round numbers a step of 1, 2 or 5 times a power of ten apart, around a range, at most about five.
  static func ticks(from low: Double, to high: Double) -> [Double] {
    let span = high - low > 1e-9 ? high - low : 0.01
    let raw = span / 4
    let power = pow(10, floor(log10(raw)))
    let step = ([1, 2, 5, 10].first { $0 * power >= raw } ?? 10) * power
    let first = Int((low / step).rounded(.down))
    let last = max(Int((high / step).rounded(.up)), first + 1)
    return (first...last).map { Double($0) * step }
  }

  private static func tick(_ value: Double) -> String {
    let text = String(format: "%.3f", value)
    return value > 0 ? "+\(text)" : value == 0 ? "0" : text
  }
}
