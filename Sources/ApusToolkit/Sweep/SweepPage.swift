/// A sweep as a page: the table, speed against accuracy, what failed and what was left out.
public struct SweepPage: Sendable {
  private let table: SweepTable
  private let data: String
  private let facts: [(String, String)]

  /// The page of a sweep.
  ///
  /// - Parameters:
  ///   - data: the path of the data set.
  ///   - facts: names and values of what holds for every row, such as the command line and the machine.
  public init(_ table: SweepTable, data: String, facts: [(String, String)]) {
    self.table = table
    self.data = data
    self.facts = facts
  }

  /// The whole document.
  public var text: String {
    HTMLPage(title: "Sweep on \(data)", body: body, style: SweepPlot.style).text
  }

  private var body: HTML {
    let names = table.modelNames
    var body: HTML = """
      <h1>Sweep on <code>\(data)</code></h1>
      <p class="dim">\(summary)</p>

      """
    body += tiles
    if !table.rows.isEmpty {
      body += """
        <section><h2>Speed and accuracy</h2>
        \(SweepPlot(table).html)</section>
        <section><h2>All rows</h2>
        \(rows)<p class="dim">mAP50 and mAP50-95 are YOLO's. i_time is the mean of pre-process, inference and \
        post-process for a picture; score = mAP50 · 100 + (1000 − i_time) · 0.1. Pareto: no other row is as fast and \
        as accurate and better in one of the two.</p></section>

        """
    }
    body += refused(
      "Failed", "configuration",
      table.failures.map { failure in
        var named = failure.configuration
        named.model = names[named.model] ?? named.model
        return [named.description, failure.message]
      })
    body += refused(
      "Left out", "model",
      SweepPlan.Exclusion.groups(table.exclusions).map { group in
        [names[group.model] ?? group.model, group.reason, "\(group.count)"]
      })
    var list = HTMLList()
    for (name, value) in facts { list.add(name, "<code>\(value)</code>") }
    body += "<section><h2>How it was measured</h2>\n\(list.html)</section>\n"
    return body
  }

  private var summary: String {
    var parts = ["\(table.rows.count) configurations"]
    if let pictures = table.rows.first?.measures.pictures { parts.append("\(pictures) pictures") }
    if !table.failures.isEmpty { parts.append("\(table.failures.count) failed") }
    if !table.exclusions.isEmpty { parts.append("\(table.exclusions.count) left out") }
    return parts.joined(separator: ", ")
  }

  private var tiles: HTML {
    let rows = table.rows
    guard let best = table.best,
      let fast = rows.indices.min(by: { rows[$0].measures.meanTime < rows[$1].measures.meanTime }),
      let sharp = rows.indices.max(by: { rows[$0].measures.mAP < rows[$1].measures.mAP })
    else { return HTML() }
    let tiles: [(String, String, Int)] = [
      ("best score", Number.decimal(rows[best].measures.score, digits: 2), best),
      ("least i_time", Number.decimal(rows[fast].measures.meanTime, digits: 1) + " ms", fast),
      ("greatest mAP50-95", Number.decimal(rows[sharp].measures.mAP, digits: 4), sharp),
    ]
    let cells = tiles.map { title, value, row -> HTML in
      "<div><b>\(value)</b>\(title): row \(row + 1), \(label(row))</div>\n"
    }
    return "<div class=\"tiles\">\n\(HTML.joined(cells))</div>\n"
  }

  /// A row by what tells it from others.
  private func label(_ row: Int) -> String { table.label(row) }

  private var rows: HTML {
    let columns = table.shownColumns
    var html = HTMLTable(
      [.init(heading: "row", isNumber: true)]
        + columns.map { .init(heading: $0.title, isNumber: $0.isNumber) })
    for row in table.rows.indices {
      let isBest = row == table.best
      html.add(
        ["\(row + 1)"]
          + columns.map { column -> HTML in
            isBest ? "<b>\(column.texts[row])</b>" : "\(column.texts[row])"
          })
    }
    let constant = table.constantAxes.map { "\($0.title) \($0.texts.first ?? "")" }
    let same: HTML =
      constant.isEmpty ? "" : "<p>The same in every row: \(constant.joined(separator: ", ")).</p>\n"
    return "\(same)<div class=\"rows\">\(html.html)</div>"
  }

  /// Lines of what, why, and how many combinations that concerns.
  private func refused(_ title: String, _ what: String, _ lines: [[String]]) -> HTML {
    guard let first = lines.first else { return HTML() }
    let columns: [HTMLTable.Column] = [
      .init(heading: what), .init(heading: "why"),
      .init(heading: "combinations", isNumber: true),
    ]
    var list = HTMLTable(Array(columns.prefix(first.count)))
    for line in lines { list.add(line.map { "\(HTML.clipped($0, to: 600))" }) }
    return "<section><h2>\(title)</h2>\n\(list.html)</section>\n"
  }
}

extension SweepTable {
  /// Axes that have the same value in every row, where there are several.
  public var constantAxes: [Column] {
    rows.count > 1 ? columns.filter { $0.isAxis && Self.isConstant($0) } : []
  }

  /// What a person is shown, marks first: no axis that is the same in every row, no column that says nothing.
  public var shownColumns: [Column] {
    let shown = columns.filter { column in
      if column.texts.allSatisfy(\.isEmpty) || column.key == "inference_ms" { return false }
      return !column.isAxis || rows.count < 2 || !Self.isConstant(column)
    }
    return shown.filter { $0.key == "is_best" } + shown.filter { $0.key != "is_best" }
  }

  /// A row by the values of the axes that vary.
  func label(_ row: Int) -> String {
    let axes = shownColumns.filter(\.isAxis)
    return axes.map { axis in
      axis.key == "batch" ? "batch \(axis.texts[row])" : axis.texts[row]
    }.joined(separator: " ")
  }
}
