/// A table of text in columns as wide as their widest cell.
struct TextTable {
  /// Where the text of a column stands.
  enum Alignment { case left, right }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// A table with the given columns.
  init(_ columns: [(String, Alignment)]) {
    headings = columns.map(\.0)
    alignments = columns.map(\.1)
  }

  /// Whether no row was added.
  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row, as many cells as there are columns.
  mutating func add(_ cells: [String]) { rows.append(cells.map(\.onOneLine)) }

  /// The lines, headings first, two spaces between columns.
  var text: String {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { Self.width($0[column]) }.max() ?? 0 }
    return all.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - Self.width(row[column]))
        return alignments[column] == .right ? padding + row[column] : row[column] + padding
      }.joined(separator: "  ").trimmedRight
    }.joined(separator: "\n")
  }

  /// Columns a terminal needs: East Asian wide characters take two.
  private static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { total, scalar in
      let isWide =
        (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
        || (0xAC00...0xD7A3).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
        || (0xFF00...0xFF60).contains(scalar.value) || (0x1F300...0x1FAFF).contains(scalar.value)
      return total + (scalar.properties.generalCategory == .nonspacingMark ? 0 : isWide ? 2 : 1)
    }
  }
}

extension String {
  fileprivate var trimmedRight: String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}
