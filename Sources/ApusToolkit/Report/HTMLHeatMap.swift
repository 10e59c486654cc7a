/// Counts in a grid, as cells of more or less strength.
struct HTMLHeatMap {
  /// A place on an axis, in cells from its start.
  struct Tick {
    let place: Double
    let label: String
  }

  /// What is counted where.
  let caption: String
  /// What a reader must know to read it.
  var note = ""
  /// The counts by row.
  let rows: [[Int]]
  /// Whether the first row is the lowest, as on an axis, instead of the highest, as in a picture.
  var startsBelow = false
  /// Marks of the columns, and of the rows.
  var columnTicks: [Tick] = []
  var rowTicks: [Tick] = []
  /// What the columns and the rows are; empty for none.
  var columnName = ""
  var rowName = ""
  /// Squares from the start of both axes to a place in cells, each with its label.
  var squares: [Tick] = []
  /// What a cell is, for its tooltip.
  var cellName: (_ row: Int, _ column: Int) -> String = { _, _ in "" }

  /// The chart.
  var html: HTML {
    let columns = rows.first?.count ?? 0
    let hasAxes = !columnTicks.isEmpty || !rowTicks.isEmpty
    let (left, top, bottom) = hasAxes ? (38.0, 16.0, 34.0) : (1.0, 1.0, 1.0)
    let side = (354.0 - left) / Double(max(1, columns))
    let height = side * Double(rows.count)
    let base = top + height
    let width = side * Double(columns)
    func y(_ place: Double) -> Double { startsBelow ? base - place * side : top + place * side }
    func x(_ place: Double) -> Double { left + place * side }
    let greatest = rows.joined().max() ?? 0
    var drawing: HTML = """
      <rect class="frame" x="\(HTMLFigure.point(left))" y="\(HTMLFigure.point(top))" \
      width="\(HTMLFigure.point(width))" height="\(HTMLFigure.point(height))"/>

      """
    for (row, counts) in rows.enumerated() {
      for (column, count) in counts.enumerated() where count > 0 {
        // The root shows rare cells beside frequent ones.
        let strength = (Double(count) / Double(greatest)).squareRoot()
        let corner = y(Double(startsBelow ? row + 1 : row))
        let name = cellName(row, column)
        drawing += """
          <rect class="heat" fill-opacity="\(Number.decimal(0.08 + 0.92 * strength, digits: 2))" \
          x="\(HTMLFigure.point(x(Double(column))))" y="\(HTMLFigure.point(corner))" \
          width="\(HTMLFigure.point(side))" height="\(HTMLFigure.point(side))">\
          <title>\(name.isEmpty ? "" : name + ": ")\(Number.grouped(count))</title></rect>

          """
      }
    }
    for square in squares where square.place > 0 {
      let (right, high) = (HTMLFigure.point(x(square.place)), HTMLFigure.point(y(square.place)))
      let (start, low) = (HTMLFigure.point(x(0)), HTMLFigure.point(y(0)))
      drawing += """
        <path class="bound" d="M\(start) \(high)H\(right)V\(low)"/>\
        <text class="onheat" x="\(HTMLFigure.point(x(square.place) - 3))" \
        y="\(HTMLFigure.point(y(square.place) + 11))" text-anchor="end">\(square.label)</text>

        """
    }
    for tick in columnTicks {
      drawing += """
        <text class="dim" x="\(HTMLFigure.point(x(tick.place)))" y="\(HTMLFigure.point(base + 15))" \
        text-anchor="middle">\(tick.label)</text>

        """
    }
    for tick in rowTicks {
      drawing += """
        <text class="dim" x="\(HTMLFigure.point(left - 5))" y="\(HTMLFigure.point(y(tick.place)))" \
        text-anchor="end" dominant-baseline="central">\(tick.label)</text>

        """
    }
    if !columnName.isEmpty {
      drawing += """
        <text class="dim" x="354" y="\(HTMLFigure.point(base + 30))" text-anchor="end">\
        \(columnName)</text>

        """
    }
    if !rowName.isEmpty { drawing += "<text class=\"dim\" x=\"0\" y=\"11\">\(rowName)</text>\n" }
    return HTMLFigure(
      caption: caption, note: note, height: Int((base + bottom).rounded(.up)), drawing: drawing
    ).html
  }
}
