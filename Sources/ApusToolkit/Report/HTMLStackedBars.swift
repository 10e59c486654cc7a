/// A bar for each name, made of shares that add up to the whole.
struct HTMLStackedBars {
  /// A name and its shares from 0 to 1, as many as there are parts.
  struct Row {
    let name: String
    let shares: [Double]
  }

  /// What the parts are, at most four.
  let parts: [String]
  /// What the names are, for readers that do not see.
  let subject: String
  let rows: [Row]

  /// The chart as inline SVG, as wide as there is room.
  var html: HTML {
    var bars = HTML()
    for (place, row) in rows.enumerated() {
      let top = place * 20
      bars += """
        <text class="label" x="0" y="\(top + 10)" dominant-baseline="central">\
        \(HTML.shortened(row.name, to: 17))<title>\(HTML.clipped(row.name))</title></text>

        """
      var start = 37.0
      for (part, share) in row.shares.enumerated() where share > 0 {
        let width = share * 63
        bars += """
          <rect class="part\(part)" x="\(Number.decimal(start, digits: 2))%" y="\(top + 3)" \
          width="\(Number.decimal(width, digits: 2))%" height="14">\
          <title>\(HTML.clipped(row.name)), \(parts[part]): \(Number.percent(share))</title></rect>

          """
        start += width
      }
    }
    let legend = parts.enumerated().map { place, name -> HTML in
      "<i class=\"swatch\(place)\"></i>\(name)"
    }
    return """
      <p class="legend dim">\(HTML.joined(legend, separator: " "))</p>
      <svg width="100%" height="\(rows.count * 20)" role="img" aria-label="\
      \(parts.joined(separator: ", ")) of \(subject)">
      \(bars)</svg>

      """
  }
}
