import ApusBoxes
import ApusDatasets
import ApusMetrics

/// A page that shows models or results side by side: the table, differences with their intervals, the classes
/// that gained and lost, and what kinds of mistakes cost.
public struct ComparisonPage: Sendable {
  let comparison: Comparison

  /// How many classes are shown at either end before the rest is folded away.
  private static let classLimit = 6

  /// The page of a comparison.
  public init(_ comparison: Comparison) { self.comparison = comparison }

  /// The whole document.
  public var html: String {
    let names = comparison.entries.map(\.name).joined(separator: ", ")
    return HTMLPage(title: "\(HTML.clipped(names)) – Apus", body: body, style: Self.style).text
  }

  /// Writes the page.
  ///
  /// - Throws: `ApusError` where the file cannot be written.
  public func write(to path: String) throws(ApusError) {
    try AtomicFile.write(html.utf8, to: FilePath.canonical(path))
  }

  private var body: HTML {
    let data = comparison.entries[0].evaluation.data
    let objects = data.truths.count { !$0.isCrowd }
    let split = data.split.map { ", split \($0)" } ?? ""
    return """
      <header><h1>Comparison</h1>
      <p class="dim">\(HTML.clipped(data.path))\(split) · \(Number.grouped(data.pictureCount)) pictures · \
      \(Number.grouped(objects)) objects · \(data.classNames.count) classes</p>
      \(legend)</header>
      <main>
      <div class="columns"><section><h2>Side by side</h2>
      \(table)</section>
      <div><section><h2>Difference to A</h2>
      <p class="dim">COCO's AP and AP50 less those of A, with intervals of 95 % from \
      \(Number.grouped(comparison.resamples)) draws of the \(Number.grouped(data.pictureCount)) pictures. \
      Where an interval has 0 in it, these pictures do not decide, nor do fewer than \
      \(BootstrapSamples.Interval.leastPictures) that have the class.</p>
      \(differences)</section>
      <section><h2>What mistakes cost</h2>
      <p class="dim">The AP50 that comes back if one kind of mistake alone is repaired (TIDE).</p>
      \(mistakes)</section></div></div>
      \(classes)
      \(notes)
      </main>
      """
  }

  private var legend: HTML {
    var list = HTMLList()
    for entry in comparison.entries {
      let count = entry.evaluation.results.detections.count
      list.add(
        entry.label,
        "<b>\(HTML.clipped(entry.name))</b> <span class=\"dim\">\(Number.grouped(count)) detections</span>"
      )
    }
    return list.html
  }

  private var table: HTML {
    let entries = comparison.entries
    var columns = [HTMLTable.Column(heading: "")]
    for (index, entry) in entries.enumerated() {
      columns.append(.init(heading: entry.label, isNumber: true))
      if index > 0 { columns.append(.init(heading: "\(entry.label) − A", isNumber: true)) }
    }
    let measures = comparison.measures
    return .joined(
      Comparison.Group.allCases.map { group in
        var table = HTMLTable(columns)
        for measure in measures where measure.group == group {
          table.add(cells(measure))
        }
        return "<h3>\(group.rawValue)</h3>\(table.html)"
      })
  }

  private func cells(_ measure: Comparison.Measure) -> [HTML] {
    var cells: [HTML] = ["\(measure.name)"]
    for (index, value) in measure.values.enumerated() {
      let number = value.map { Number.decimal($0, digits: measure.digits) } ?? "–"
      cells.append("\(number)")
      guard index > 0 else { continue }
      guard let change = measure.change(of: index) else {
        cells.append("–")
        continue
      }
      let sign = change > 0 ? "+" : ""
      let text = sign + Number.decimal(change, digits: measure.digits)
      let isBetter = measure.isLowerBetter.map { $0 ? change < 0 : change > 0 }
      let style: HTML =
        change == 0 || isBetter == nil ? "dim" : isBetter == true ? "up" : "down"
      cells.append("<span class=\"\(style)\">\(text)</span>")
    }
    return cells
  }

  private var differences: HTML {
    var rows: [IntervalPlot.Row] = []
    for (index, entry) in comparison.entries.enumerated().dropFirst() {
      for (measure, name) in [(BootstrapSamples.Measure.ap, "AP"), (.ap50, "AP50")] {
        guard let interval = comparison.difference(of: index, measure) else { continue }
        rows.append(
          .init(name: "\(entry.label) − A", note: "\(name) \(interval.verdict)", interval: interval)
        )
      }
    }
    return IntervalPlot(title: "Differences of AP and AP50 to A", rows: rows).html
  }

  private var mistakes: HTML {
    let entries = comparison.entries
    let shares = DetectionErrors.Kind.allCases.map { kind in
      (kind, entries.map { $0.evaluation.errors[kind] })
    }
    let greatest = shares.flatMap { $0.1.compactMap(\.apGain) }.max() ?? 0
    var body = HTML()
    var top = 0
    for (kind, row) in shares {
      body += "<text x=\"0\" y=\"\(top + 14)\">\(kind.words)</text>\n"
      top += 20
      for (entry, share) in zip(entries, row) {
        let gain = share.apGain ?? 0
        let width = Number.decimal(greatest > 0 ? gain / greatest * 55 : 0, digits: 2)
        let text = share.apGain.map { Number.decimal($0, digits: 4) } ?? "–"
        let style: HTML = entry.label == "A" ? "bar" : "bar2"
        body += """
          <text class="dim" x="0" y="\(top + 10)">\(entry.label)</text>\
          <rect class="\(style)" x="6%" y="\(top)" width="\(width)%" height="12"><title>\
          \(entry.label), \(kind.words): \(Number.grouped(share.count)), AP50 \(text)</title></rect>\
          <text class="dim" x="100%" y="\(top + 10)" text-anchor="end">\(text) · \
          \(Number.grouped(share.count))</text>

          """
        top += 16
      }
      top += 6
    }
    return """
      <svg width="100%" height="\(top)" role="img" aria-label="AP50 lost to each kind of mistake">
      \(body)</svg>
      <p class="dim">Behind each bar: AP50 · how many detections, or missed objects, are of the kind.</p>

      """
  }

  private var classes: HTML {
    .joined(
      comparison.entries.enumerated().dropFirst().map { index, entry -> HTML in
        let all = comparison.classDifferences(of: index)
        let gains = all.filter { $0.difference.estimate > 0 }.prefix(Self.classLimit)
        let losses = all.filter { $0.difference.estimate < 0 }.suffix(Self.classLimit).reversed()
        func plot(_ title: String, _ classes: some Sequence<Comparison.ClassDifference>) -> HTML {
          let rows = classes.map {
            IntervalPlot.Row(
              name: $0.name, note: "\($0.objects) obj.", interval: $0.difference)
          }
          return rows.isEmpty
            ? "<p class=\"dim\">None.</p>\n" : IntervalPlot(title: title, rows: rows).html
        }
        return """
          <section><h2>Classes, \(entry.label) − A</h2>
          <p class="dim">Differences of AP by class. Of \(all.count) intervals of 95 % about \
          \(Number.decimal(Double(all.count) * 0.05, digits: 0)) would lie beside 0 by chance alone.</p>
          <div class="columns"><div><h3>Largest gains</h3>
          \(plot("Classes with the largest gains", gains))</div>
          <div><h3>Largest losses</h3>
          \(plot("Classes with the largest losses", losses))</div></div>
          <details><summary>All \(all.count) classes</summary>
          \(classTable(all, entry))</details></section>

          """
      })
  }

  private func classTable(_ classes: [Comparison.ClassDifference], _ entry: Comparison.Entry)
    -> HTML
  {
    var table = HTMLTable([
      .init(heading: "class"), .init(heading: "objects", isNumber: true),
      .init(heading: "A", isNumber: true), .init(heading: entry.label, isNumber: true),
      .init(heading: "difference of AP", isNumber: true), .init(heading: ""),
    ])
    for row in classes {
      table.add([
        "\(HTML.clipped(row.name, to: 40))", "\(Number.grouped(row.objects))",
        "\(Number.decimal(row.base, digits: 4))", "\(Number.decimal(row.ap, digits: 4))",
        "\(IntervalPlot.text(row.difference))", "\(row.difference.verdict.rawValue)",
      ])
    }
    return table.html
  }

  private var notes: HTML {
    let notes = comparison.notes
    guard !notes.isEmpty else { return "" }
    let items = HTML.joined(notes.map { "<li>\(HTML.clipped($0, to: 400))</li>\n" })
    return "<section><h2>Notes</h2>\n<ul>\n\(items)</ul></section>"
  }
}

extension ComparisonPage {
  /// Green and red beside the colours of every page.
  static let style: StaticString = """
    :root{--up:#17803d;--down:#c02638}
    @media (prefers-color-scheme:dark){:root{--up:#5cc98a;--down:#ff7a85}}
    .up{color:var(--up)}
    .down{color:var(--down)}
    .intervals .grid{stroke:var(--line)}
    .intervals .zero{stroke:var(--dim);stroke-dasharray:4 3}
    .interval text{paint-order:stroke;stroke:var(--card);stroke-width:4px}
    .interval .span{stroke-width:3}
    .interval .end{stroke-width:2}
    .interval line{stroke:var(--dim)}
    .interval circle{fill:var(--dim)}
    .interval.better line{stroke:var(--up)}
    .interval.better circle{fill:var(--up)}
    .interval.worse line{stroke:var(--down)}
    .interval.worse circle{fill:var(--down)}
    header dl{margin:.6rem 0}

    """
}
