/// Curves in one pair of axes, as inline SVG.
///
/// The plot is as wide as there is room; its text keeps its size at any width.
package struct HTMLLineChart: Sendable {
  /// An axis: what it measures, and from where to where.
  package struct Axis: Sendable {
    let name: String
    var range = 0.0...1.0
    var digits = 2

    /// Where lines and numbers stand, as shares of the axis, each with its number.
    var ticks: [(share: Double, text: String)] {
      let length = range.upperBound - range.lowerBound
      guard length > 0 else { return [(0, Number.decimal(range.lowerBound, digits: digits))] }
      return (0...4).map { step in
        let share = Double(step) / 4
        return (share, Number.decimal(range.lowerBound + share * length, digits: digits))
      }
    }

    /// The place of a value as a share of the axis, at its ends for what lies outside.
    func share(_ value: Double) -> Double {
      let length = range.upperBound - range.lowerBound
      guard length > 0, value.isFinite else { return 0 }
      return min(max((value - range.lowerBound) / length, 0), 1)
    }
  }

  /// A curve.
  package struct Series: Sendable {
    /// How much a curve stands out; faint ones are not in the legend.
    enum Weight: Sendable { case bold, thin, faint }

    let name: String
    /// Its value, such as an AP, for the legend; empty for none.
    var value = ""
    var weight = Weight.thin
    let xs: [Double]
    let ys: [Double]
  }

  /// A point to be seen.
  package struct Mark: Sendable {
    let x: Double
    let y: Double
    let text: String
  }

  let x: Axis
  let y: Axis
  let series: [Series]
  var marks: [Mark] = []
  /// What the plot shows, for readers who do not see it.
  let title: String
  /// Whether the marks' texts stand beside them, or come with the pointer alone.
  var labelsMarks = true

  /// The colours there are for curves that have a name.
  static let colorCount = 8

  /// The chart with its legend.
  var html: HTML {
    let places = colors
    let paths = series.indices.sorted { rank($0) < rank($1) }.map { path(series[$0], places[$0]) }
    return """
      <figure class="chart"><p class="dim">\(y.name)</p>
      <div class="plot"><svg width="100%" height="260" role="img" aria-label="\(title)">
      \(grid)\(bands)<svg width="100%" height="100%" viewBox="0 0 1000 1000" \
      preserveAspectRatio="none">\(HTML.joined(paths))</svg>
      \(HTML.joined(marks.map(point)))</svg></div>
      <p class="dim under">\(x.name)</p>
      \(legend(places))</figure>

      """
  }

  /// Faint curves lie below, bold ones on top.
  private func rank(_ place: Int) -> Int {
    switch series[place].weight {
    case .faint: 0
    case .thin: 1
    case .bold: 2
    }
  }

  /// The colour of every curve; faint ones have none.
  private var colors: [Int?] {
    var next = 0
    return series.map { curve in
      guard curve.weight != .faint else { return nil }
      defer { next += 1 }
      return next % Self.colorCount
    }
  }

  private var grid: HTML {
    var result = HTML()
    for (share, text) in x.ticks {
      let place = Self.percent(share)
      result += """
        <line class="grid" x1="\(place)" x2="\(place)" y1="0" y2="100%"/>\
        <text class="dim" x="\(place)" y="100%" dy="16" text-anchor="middle">\(text)</text>
        """
    }
    for (share, text) in y.ticks {
      let place = Self.percent(1 - share)
      result += """
        <line class="grid" x1="0" x2="100%" y1="\(place)" y2="\(place)"/>\
        <text class="dim" x="-6" y="\(place)" text-anchor="end" dominant-baseline="central">\
        \(text)</text>
        """
    }
    return result
  }

  /// Strips across the plot that tell the values of the curves with a name where the pointer rests.
  private var bands: HTML {
    let named = series.filter { $0.weight != .faint && !$0.xs.isEmpty }
    guard !named.isEmpty else { return "" }
    let count = 40
    let strips = (0..<count).map { band -> HTML in
      let share = (Double(band) + 0.5) / Double(count)
      let value = x.range.lowerBound + share * (x.range.upperBound - x.range.lowerBound)
      let lines = named.map { "\($0.name): \(Number.decimal($0.value(at: value), digits: 3))" }
      let left = Self.percent(Double(band) / Double(count))
      return """
        <rect class="band" x="\(left)" y="0" width="\(Self.percent(1 / Double(count)))" \
        height="100%"><title>\(x.name) \(Number.decimal(value, digits: 3))
        \(lines.joined(separator: "\n"))</title></rect>
        """
    }
    return .joined(strips)
  }

  private func path(_ curve: Series, _ color: Int?) -> HTML {
    let points = zip(curve.xs, curve.ys).map { x, y in
      (x: Int((self.x.share(x) * 1000).rounded()), y: Int(((1 - self.y.share(y)) * 1000).rounded()))
    }
    var steps: [String] = []
    for (place, point) in points.enumerated() {
      // Of points on one level only the ends are needed.
      if place > 0, place + 1 < points.count, points[place - 1].y == point.y,
        points[place + 1].y == point.y
      {
        continue
      }
      steps.append("\(point.x) \(point.y)")
    }
    let style: HTML =
      switch curve.weight {
      case .faint: "faint"
      case .thin: "thin k\(color ?? 0)"
      case .bold: "bold k\(color ?? 0)"
      }
    let value = curve.value.isEmpty ? "" : " \(curve.value)"
    return """
      <path class="\(style)" d="M\(steps.joined(separator: "L"))">\
      <title>\(HTML.clipped(curve.name, to: 60))\(value)</title></path>

      """
  }

  private func point(_ mark: Mark) -> HTML {
    let share = x.share(mark.x)
    let anchor: HTML = share > 0.5 ? "end" : "start"
    let shift = share > 0.5 ? -9 : 9
    let left = Self.percent(share)
    let top = Self.percent(1 - y.share(mark.y))
    let label: HTML =
      labelsMarks
      ? "<text class=\"mark\" x=\"\(left)\" y=\"\(top)\" dx=\"\(shift)\" dy=\"-9\" text-anchor=\"\(anchor)\">\(mark.text)</text>"
      : ""
    return """
      <circle class="mark" cx="\(left)" cy="\(top)" r="5"><title>\(mark.text)</title></circle>\(label)

      """
  }

  private func legend(_ places: [Int?]) -> HTML {
    let entries = zip(series, places).compactMap { curve, color -> HTML? in
      guard let color else { return nil }
      let weight: HTML = curve.weight == .bold ? "bold" : "thin"
      let value = curve.value.isEmpty ? "" : " \(curve.value)"
      return """
        <li><i class="\(weight) k\(color)"></i>\(HTML.clipped(curve.name, to: 40))\
        <span class="dim">\(value)</span></li>
        """
    }
    return entries.isEmpty ? "" : "<ul class=\"key\">\(HTML.joined(entries))</ul>"
  }

  private static func percent(_ share: Double) -> String {
    Number.decimal(share * 100, digits: 2) + "%"
  }
}

extension HTMLLineChart.Series {
  /// The value of the nearest point; of an empty curve 0.
  fileprivate func value(at x: Double) -> Double {
    let nearest = xs.indices.min { abs(xs[$0] - x) < abs(xs[$1] - x) }
    return nearest.map { ys[$0] } ?? 0
  }
}
