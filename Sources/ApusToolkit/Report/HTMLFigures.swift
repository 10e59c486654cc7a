import Foundation

/// A table of text and HTML.
struct HTMLTable {
  /// A column: its heading, and whether it holds numbers.
  struct Column {
    let heading: String
    var isNumber = false
  }

  let columns: [Column]
  /// Whether a click on a heading sorts, on a page that runs `HTMLTable.sorting`.
  let isSortable: Bool
  private var rows: [[HTML]] = []

  /// A table with the given columns.
  init(_ columns: [Column], isSortable: Bool = false) {
    self.columns = columns
    self.isSortable = isSortable
  }

  /// Adds a row, as many cells as there are columns.
  mutating func add(_ cells: [HTML]) { rows.append(cells) }

  /// The table, which scrolls by itself where the page is narrow.
  var html: HTML {
    func row(_ cells: [HTML], _ open: HTML, _ close: HTML) -> HTML {
      let inner = zip(columns, cells).map { column, cell -> HTML in
        column.isNumber
          ? "<\(open) class=\"number\">\(cell)</\(close)>" : "<\(open)>\(cell)</\(close)>"
      }
      return "<tr>\(HTML.joined(inner))</tr>\n"
    }
    let heads = columns.map { column -> HTML in
      isSortable ? "<button type=\"button\">\(column.heading)</button>" : "\(column.heading)"
    }
    let head = row(heads, "th", "th")
    let style: HTML = isSortable ? " class=\"sortable\"" : ""
    let body = HTML.joined(rows.map { row($0, "td", "td") })
    return
      "<div class=\"scroll\"><table\(style)><thead>\(head)</thead><tbody>\(body)</tbody></table></div>\n"
  }
}

extension HTMLTable {
  /// The program that sorts tables: numbers falling first, text rising; what is neither stays at the end.
  static let sorting: StaticString = #"""
    'use strict';
    for (const table of document.querySelectorAll('table.sortable')) {
      const heads = [...table.tHead.rows[0].cells];
      const body = table.tBodies[0];
      heads.forEach((head, place) => head.firstElementChild.addEventListener('click', () => {
        const isNumber = head.classList.contains('number');
        const first = isNumber ? 'descending' : 'ascending';
        const other = isNumber ? 'ascending' : 'descending';
        const order = head.getAttribute('aria-sort') === first ? other : first;
        for (const cell of heads) cell.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', order);
        const sign = order === 'ascending' ? 1 : -1;
        const key = row => {
          const text = row.cells[place].textContent.trim();
          return isNumber ? parseFloat(text.replaceAll(',', '')) : text;
        };
        const rows = [...body.rows].map(row => ({row, key: key(row)}));
        const isMissing = entry => isNumber && Number.isNaN(entry.key);
        rows.sort((a, b) => {
          if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b);
          return sign * (isNumber ? a.key - b.key : a.key.localeCompare(b.key));
        });
        body.append(...rows.map(entry => entry.row));
      }));
    }
    """#
}

/// A list of names and what they stand for.
struct HTMLList {
  private var rows = HTML()

  /// Adds a pair, unless there is nothing to say.
  mutating func add(_ name: String, _ value: HTML?) {
    if let value, !value.text.isEmpty { rows += "<dt>\(name)</dt><dd>\(value)</dd>\n" }
  }

  /// The list.
  var html: HTML { "<dl>\n\(rows)</dl>\n" }
}

/// Bars beside names: one or two quantities, each as a share of its total.
struct HTMLBarChart {
  /// A row: its name, where its name leads to, and its quantities as shares from 0 to 1.
  struct Row {
    let name: String
    let target: String
    let shares: [Double]
    let texts: [String]
  }

  /// What the quantities are.
  let quantities: [String]
  let rows: [Row]
  /// Of what the quantities are, for readers that do not see.
  var subject = "every block"

  /// The chart as inline SVG, as wide as there is room.
  var html: HTML {
    let step = 14 * quantities.count + 8
    let greatest = quantities.indices.map { quantity in
      rows.map { $0.shares[quantity] }.max().flatMap { $0 > 0 ? $0 : nil } ?? 1
    }
    var bars = HTML()
    for (place, row) in rows.enumerated() {
      let top = place * step
      bars += """
        <a href="#\(row.target)"><text class="label" x="0" y="\(top + step / 2)" dominant-baseline="central">\
        \(HTML.shortened(row.name, to: 17))<title>\(HTML.clipped(row.name))</title></text></a>

        """
      for quantity in quantities.indices {
        let width = Number.decimal(row.shares[quantity] / greatest[quantity] * 40, digits: 2)
        let y = top + 3 + quantity * 14
        let style: HTML = quantity == 0 ? "bar" : "bar2"
        bars += """
          <rect class="\(style)" x="37%" y="\(y)" width="\(width)%" height="11"/>\
          <text class="dim" x="100%" y="\(y + 6)" text-anchor="end" dominant-baseline="central">\
          \(row.texts[quantity])</text>

          """
      }
    }
    let legend = quantities.enumerated().map { place, name -> HTML in
      let swatch: HTML = place == 0 ? "first" : "second"
      return "<i class=\"\(swatch)\"></i>\(name)"
    }
    return """
      <p class="legend dim">\(HTML.joined(legend, separator: " "))</p>
      <svg width="100%" height="\(rows.count * step)" role="group" aria-label="\
      \(quantities.joined(separator: " and ")) of \(subject)">
      \(bars)</svg>

      """
  }
}

extension HTML {
  /// A name with its middle left out, where there is no room for all of it.
  static func shortened(_ text: String, to count: Int) -> String {
    guard text.count > count else { return text }
    return text.prefix(count / 2 - 1) + "…" + text.suffix(count - count / 2)
  }
}

/// Numbers as a person reads them.
package enum Number {
  /// `1,872,157`.
  package static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  /// `1.87 M`: three digits and what they count.
  static func short(_ number: Int) -> String {
    for (unit, size) in [(" T", 1e12), (" G", 1e9), (" M", 1e6), (" k", 1e3)]
    where Double(number) >= size {
      let value = Double(number) / size
      return decimal(value, digits: value < 10 ? 2 : value < 100 ? 1 : 0) + unit
    }
    return String(number)
  }

  /// A number with the given digits behind the point.
  static func decimal(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// `12.3 %`.
  static func percent(_ share: Double) -> String { decimal(share * 100, digits: 1) + " %" }
}
