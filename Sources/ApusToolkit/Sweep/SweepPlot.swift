/// Milliseconds against mAP, a point for each row, and the line of the Pareto front, as inline SVG.
///
/// Places are shares of the width, so that text keeps its size on a narrow page.
struct SweepPlot {
  static let style: StaticString = """
    .point{fill:var(--bar2)}.front{fill:var(--accent)}.best{stroke:var(--cut);stroke-width:3}
    .rows td{white-space:nowrap}.grid{stroke:var(--line)}.line{fill:none;stroke:var(--accent);stroke-width:2}
    .legend .on{background:var(--accent)}.legend .off{background:var(--bar2);margin-left:1em}
    .legend .top{background:none;border:3px solid var(--cut);margin-left:1em}

    """

  private let table: SweepTable
  private let times: Axis
  private let accuracies: Axis
  private static let height = 340.0

  /// Of more rows only those of the front bear their numbers; the others show them when pointed at.
  private static let mostNames = 20

  /// A range of numbers with round ticks.
  struct Axis {
    let low: Double
    let high: Double
    let ticks: [Double]
    let digits: Int

    /// The smallest round range that holds the values, with about five ticks.
    init(_ values: [Double], least: Double) {
      let (small, great) = (values.min() ?? 0, values.max() ?? 1)
      let span = max(great - small, abs(great) * 0.02, 1e-6)
      let power = Power.ten(below: span / 5)
      let step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 6 } ?? power * 10
      let low = max(((small - span * 0.05) / step).rounded(.down) * step, least)
      let count = max(1, ((great + span * 0.05 - low) / step).rounded(.up))
      self.low = low
      high = low + count * step
      ticks = (0...Int(count)).map { low + Double($0) * step }
      digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : step >= 0.001 ? 3 : 4
    }

    /// From 0 at the low end to 1 at the high end.
    func share(_ value: Double) -> Double { (value - low) / (high - low) }
  }

  private enum Power {
    /// The greatest power of ten that is not above a positive number.
    static func ten(below number: Double) -> Double {
      var power = 1.0
      while power > number { power /= 10 }
      while power * 10 <= number { power *= 10 }
      return power
    }
  }

  init(_ table: SweepTable) {
    self.table = table
    times = Axis(table.rows.map(\.measures.meanTime), least: 0)
    accuracies = Axis(table.rows.map(\.measures.mAP), least: 0)
  }

  // The plot lies between these shares of the width, and rows of the height.
  private static let (left, right, top, bottom) = (12.0, 97.0, 28.0, 300.0)

  private func across(_ time: Double) -> Double {
    Self.left + times.share(time) * (Self.right - Self.left)
  }

  private func down(_ accuracy: Double) -> Double {
    Self.bottom - accuracies.share(accuracy) * (Self.bottom - Self.top)
  }

  private func digits(_ value: Double) -> String { Number.decimal(value, digits: 2) }

  var html: HTML {
    """
    <p class="legend dim"><i class="on"></i>Pareto front <i class="off"></i>other rows <i class="top"></i>best score</p>
    <svg width="100%" height="\(Number.decimal(Self.height, digits: 0))" role="img" aria-label="mAP50-95 of every row \
    against its i_time">
    \(grid)\(front)\(points)<text class="dim" x="100%" y="336" text-anchor="end">i_time, ms a picture</text>
    <text class="dim" x="0" y="10">mAP50-95</text>
    </svg>

    """
  }

  private var grid: HTML {
    var lines = HTML()
    for tick in times.ticks {
      let x = digits(across(tick))
      lines += """
        <line class="grid" x1="\(x)%" x2="\(x)%" y1="\(digits(Self.top))" y2="\(digits(Self.bottom))"/>\
        <text class="dim" x="\(x)%" y="316" text-anchor="middle">\(Number.decimal(tick, digits: times.digits))</text>

        """
    }
    for tick in accuracies.ticks {
      let y = digits(down(tick))
      lines += """
        <line class="grid" x1="\(digits(Self.left))%" x2="\(digits(Self.right))%" y1="\(y)" y2="\(y)"/>\
        <text class="dim" x="\(digits(Self.left - 1))%" y="\(y)" text-anchor="end" \
        dominant-baseline="central">\(Number.decimal(tick, digits: accuracies.digits))</text>

        """
    }
    return lines
  }

  /// Steps from each point of the front to the next slower one: what is reached within a time.
  private var front: HTML {
    let measures = table.paretoFront.map { table.rows[$0].measures }
      .sorted { ($0.meanTime, $0.mAP) < ($1.meanTime, $1.mAP) }
    guard let first = measures.first else { return HTML() }
    var lines = HTML()
    func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
      lines += """
        <line class="line" x1="\(digits(across(x1)))%" y1="\(digits(down(y1)))" x2="\(digits(across(x2)))%" \
        y2="\(digits(down(y2)))"/>

        """
    }
    line(first.meanTime, accuracies.low, first.meanTime, first.mAP)
    for (one, next) in zip(measures, measures.dropFirst()) {
      line(one.meanTime, one.mAP, next.meanTime, one.mAP)
      line(next.meanTime, one.mAP, next.meanTime, next.mAP)
    }
    if let last = measures.last { line(last.meanTime, last.mAP, times.high, last.mAP) }
    return lines
  }

  private var points: HTML {
    let names = table.modelNames
    return HTML.joined(
      table.rows.enumerated().map { index, row -> HTML in
        let measures = row.measures
        let (x, y) = (across(measures.meanTime), down(measures.mAP))
        let kind: HTML =
          index == table.best
          ? (table.paretoFront.contains(index) ? "front best" : "point best")
          : table.paretoFront.contains(index) ? "front" : "point"
        var named = row.configuration
        named.model = names[named.model] ?? named.model
        let title =
          "row \(index + 1): \(named), \(Number.decimal(measures.meanTime, digits: 1)) ms, mAP50-95"
          + " \(Number.decimal(measures.mAP, digits: 4)), score \(Number.decimal(measures.score, digits: 2))"
        let isNamed = table.rows.count <= Self.mostNames || index == table.best
        let label: HTML =
          isNamed || table.paretoFront.contains(index)
          ? """
          <text class="label" x="\(digits(x))%" y="\(digits(y - 9))" \
          text-anchor="\(x > 90 ? "end" : "middle")">\(index + 1)</text>
          """ : ""
        return """
          <g><title>\(title)</title><circle class="\(kind)" cx="\(digits(x))%" cy="\(digits(y))" r="6"/>\
          \(label)</g>

          """
      })
  }
}
