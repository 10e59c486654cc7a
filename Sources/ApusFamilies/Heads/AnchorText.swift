/// Anchors as people write them.
package enum AnchorText {
  /// Reads widths and heights in input pixels, `10,13,16,30,33,23/30,61,62,45,59,119/…`: finest level first,
  /// levels parted by `/`.
  ///
  /// - Throws: `FamilyError` that quotes what is wrong.
  package static func parse(_ text: String) throws(FamilyError) -> [[[Float]]] {
    var levels: [[[Float]]] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      var numbers: [Float] = []
      for entry in part.split(separator: ",", omittingEmptySubsequences: false) {
        let trimmed = entry.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }
        guard let number = Float(String(trimmed.reversed())), number.isFinite, number > 0 else {
          throw wrong(text, "'\(entry)' is no width or height in pixels")
        }
        numbers.append(number)
      }
      guard numbers.count % 2 == 0 else {
        throw wrong(text, "'\(part)' has \(numbers.count) numbers, but anchors come in pairs")
      }
      levels.append(stride(from: 0, to: numbers.count, by: 2).map { Array(numbers[$0..<($0 + 2)]) })
    }
    guard let count = levels.first?.count, levels.allSatisfy({ $0.count == count }) else {
      throw wrong(text, "the levels have \(levels.map(\.count)) anchors, but all have as many")
    }
    return levels
  }

  private static func wrong(_ text: String, _ fault: String) -> FamilyError {
    FamilyError(
      .heads,
      "anchors \"\(text)\": \(fault); write widths and heights, finest level first, as"
        + " 10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326")
  }
}
