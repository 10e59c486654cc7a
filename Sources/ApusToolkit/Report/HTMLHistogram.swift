import Foundation

/// Counts by bins, as upright bars side by side.
struct HTMLHistogram {
  /// A place on the axis that a dashed line marks.
  struct Mark {
    let value: Double
    let label: String
  }

  /// What is counted by what.
  let caption: String
  /// What a reader must know to read it.
  var note = ""
  /// One count more than edges: below the first, between each two, from the last on.
  let counts: [Int]
  /// The edges of the bins, ascending.
  let edges: [Double]
  /// The edges that are labelled, with their labels.
  var ticks: [(value: Double, label: String)] = []
  /// Lines to compare with.
  var marks: [Mark] = []
  /// What the axis counts, such as `px`.
  var unit = ""
  /// Values from which on bars have the next colour, ascending.
  var bounds: [Double] = []

  private static let (left, right, top, bottom) = (38.0, 354.0, 16.0, 168.0)

  /// The bins that are drawn: without the empty ones at both ends.
  private var shown: Range<Int> {
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return 0..<counts.count }
    // A single bar needs neighbours to be seen as one.
    return max(0, first - 1)..<min(counts.count, last + 2)
  }

  /// The chart.
  var html: HTML {
    let shown = shown
    let step = (Self.right - Self.left) / Double(shown.count)
    let greatest = HTMLFigure.axisTop(counts.max() ?? 0)
    var drawing = HTML()
    for part in [0, greatest / 2, greatest] where part == 0 || greatest > 1 {
      let y = HTMLFigure.point(height(part, of: greatest))
      drawing += """
        <line class="axis" x1="\(HTMLFigure.point(Self.left))" x2="\(HTMLFigure.point(Self.right))" y1="\(y)" y2="\(y)"/>\
        <text class="dim" x="33" y="\(y)" text-anchor="end" dominant-baseline="central">\
        \(HTMLFigure.count(part))</text>

        """
    }
    for bin in shown where counts[bin] > 0 {
      let x = Self.left + step * Double(bin - shown.lowerBound)
      let y = height(counts[bin], of: greatest)
      drawing += """
        <rect class="part\(colour(of: bin))" x="\(HTMLFigure.point(x + 0.5))" y="\(HTMLFigure.point(y))" \
        width="\(HTMLFigure.point(max(1, step - 1)))" height="\(HTMLFigure.point(max(0.5, Self.bottom - y)))">\
        <title>\(range(of: bin)): \(Number.grouped(counts[bin]))</title></rect>

        """
    }
    drawing += axis(shown, step)
    for (place, mark) in marks.enumerated() {
      guard let x = position(of: mark.value, in: shown, step) else { continue }
      // Labels of neighbouring marks stand at two heights.
      drawing += """
        <line class="bound" x1="\(HTMLFigure.point(x))" x2="\(HTMLFigure.point(x))" \
        y1="\(place.isMultiple(of: 2) ? 14 : 26)" y2="168"/>\
        <text class="dim" x="\(HTMLFigure.point(x + 3))" y="\(place.isMultiple(of: 2) ? 10 : 23)">\
        \(mark.label)</text>

        """
    }
    return HTMLFigure(caption: caption, note: note, height: 200, drawing: drawing).html
  }

  private func axis(_ shown: Range<Int>, _ step: Double) -> HTML {
    var drawing = HTML()
    var free = 0.0
    for (value, label) in ticks {
      guard let x = position(of: value, in: shown, step) else { continue }
      let half = Double(label.count) * 3.6 + 4
      guard x - half >= free, x + half <= Double(HTMLFigure.width) + 4 else { continue }
      free = x + half
      drawing += """
        <line class="axis" x1="\(HTMLFigure.point(x))" x2="\(HTMLFigure.point(x))" y1="168" y2="172"/>\
        <text class="dim" x="\(HTMLFigure.point(x))" y="184" text-anchor="middle">\(label)</text>

        """
    }
    if !unit.isEmpty {
      drawing += "<text class=\"dim\" x=\"354\" y=\"197\" text-anchor=\"end\">\(unit)</text>\n"
    }
    return drawing
  }

  private func height(_ count: Int, of greatest: Int) -> Double {
    guard greatest > 0 else { return Self.bottom }
    return Self.bottom - (Self.bottom - Self.top) * Double(count) / Double(greatest)
  }

  /// Where a value stands: linear between the edges of its bin, as a ratio where these are positive.
  private func position(of value: Double, in shown: Range<Int>, _ step: Double) -> Double? {
    guard let first = edges.first, let last = edges.last, value >= first, value <= last else {
      return nil
    }
    let above = edges.firstIndex { $0 > value } ?? edges.count
    var place = Double(above)
    if above < edges.count {
      let (low, high) = (edges[above - 1], edges[above])
      place +=
        low > 0 && value > 0 ? log(value / low) / log(high / low) : (value - low) / (high - low)
    }
    let x = Self.left + step * (place - Double(shown.lowerBound))
    return x >= Self.left - 0.1 && x <= Self.right + 0.1 ? x : nil
  }

  private func colour(of bin: Int) -> Int {
    let low = bin == 0 ? -Double.infinity : edges[bin - 1]
    return bounds.isEmpty ? 2 : bounds.count { $0 <= low * (1 + 1e-9) }
  }

  private func range(of bin: Int) -> String {
    func text(_ value: Double) -> String {
      value == value.rounded()
        ? Number.decimal(value, digits: 0) : Number.decimal(value, digits: value < 10 ? 2 : 1)
    }
    if edges.isEmpty { return "all" }
    if bin == 0 { return "under \(text(edges[0]))" }
    if bin == edges.count { return "\(text(edges[bin - 1])) and more" }
    let (low, high) = (edges[bin - 1], edges[bin])
    // Whole numbers that are counted one by one.
    return high - low == 1 && low == low.rounded() ? text(low) : "\(text(low)) to \(text(high))"
  }
}
