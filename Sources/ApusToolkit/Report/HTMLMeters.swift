/// Quantities as bars beside their names and in front of their numbers.
struct HTMLMeters {
  /// A row.
  struct Row {
    let name: String
    /// What stands below the name, in small type; empty for nothing.
    var note = ""
    /// Of each quantity its share from 0 to 1 of the full width, nil where it is not defined, and its text.
    let values: [(share: Double?, text: String)]
  }

  /// What the quantities are; empty for one that needs no name.
  var quantities: [String] = []
  let rows: [Row]

  /// The bars, with a legend for several quantities.
  var html: HTML {
    var body = HTML()
    for row in rows {
      let note: HTML = row.note.isEmpty ? "" : "<small class=\"dim\">\(row.note)</small>"
      let bars = row.values.enumerated().map { place, value -> HTML in
        let style: HTML = place == 0 ? "first" : "second"
        let width = Number.decimal(min(max(value.share ?? 0, 0), 1) * 100, digits: 1)
        return """
          <span class="meter"><i class="\(style)" style="width:\(width)%"></i></span>\
          <span class="number">\(value.text)</span>
          """
      }
      body += """
        <div class="row"><div>\(HTML.clipped(row.name, to: 60))\(note)</div>\
        <div class="values">\(HTML.joined(bars))</div></div>

        """
    }
    let legend = quantities.enumerated().map { place, name -> HTML in
      let swatch: HTML = place == 0 ? "first" : "second"
      return "<i class=\"\(swatch)\"></i>\(name)"
    }
    let key: HTML =
      legend.isEmpty ? "" : "<p class=\"legend dim\">\(HTML.joined(legend, separator: " "))</p>\n"
    return "\(key)<div class=\"meters\">\(body)</div>\n"
  }
}
