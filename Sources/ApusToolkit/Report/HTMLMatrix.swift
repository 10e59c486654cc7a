/// A table of counts, each shaded by its share of its row.
struct HTMLMatrix {
  /// What the rows are, and what the columns.
  let axes: (rows: String, columns: String)
  let rows: [String]
  let columns: [String]
  /// `[rows][columns]`: the counts.
  let counts: [[Int]]
  /// The sums that shares are taken of; a row may have more than is shown.
  let totals: [Int]
  /// Whether a place holds what is wanted, for its colour.
  let isGood: (_ row: Int, _ column: Int) -> Bool
  /// What a count means, in words.
  let words: (_ row: Int, _ column: Int) -> String

  /// The table, which scrolls by itself where the page is narrow.
  var html: HTML {
    let heads = columns.map { name -> HTML in
      "<th scope=\"col\"><span title=\"\(HTML.clipped(name))\">\(HTML.clipped(name, to: 22))</span></th>"
    }
    let body = rows.indices.map { row -> HTML in
      let cells = columns.indices.map { cell(row, $0) }
      return """
        <tr><th scope="row" title="\(HTML.clipped(rows[row]))">\(HTML.clipped(rows[row], to: 22))</th>\
        \(HTML.joined(cells))</tr>

        """
    }
    return """
      <p class="dim">Rows: \(axes.rows). Columns: \(axes.columns).</p>
      <div class="scroll"><table class="matrix"><thead><tr><td></td>\(HTML.joined(heads))</tr></thead>
      <tbody>\(HTML.joined(body))</tbody></table></div>

      """
  }

  private func cell(_ row: Int, _ column: Int) -> HTML {
    let count = counts[row][column]
    let kind: HTML = isGood(row, column) ? "good" : "bad"
    guard count > 0 else { return "<td class=\"\(kind) none\">·</td>" }
    let share = totals[row] > 0 ? Double(count) / Double(totals[row]) : 0
    // A count of a large row is to be seen too.
    let shade = Int((8 + 82 * min(share, 1)).rounded())
    return """
      <td class="\(kind)" style="--shade:\(shade)%" title="\(words(row, column))">\
      \(Number.grouped(count))</td>
      """
  }
}
