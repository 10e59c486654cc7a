/// A drawing with its caption, as wide as there is room up to a limit.
struct HTMLFigure {
  /// The width of the drawing's own coordinates; at 400 pixels of page they are nearly pixels.
  static let width = 360

  /// What is drawn.
  let caption: String
  /// What a reader must know to read it.
  var note = ""
  /// The height in the drawing's own coordinates.
  let height: Int
  /// The drawing.
  let drawing: HTML

  /// The figure.
  var html: HTML {
    let note: HTML = note.isEmpty ? "" : "<p class=\"dim\">\(self.note)</p>\n"
    return """
      <figure class="panel"><figcaption>\(caption)</figcaption>
      <svg viewBox="0 0 \(Self.width) \(height)" role="img" aria-label="\(caption)">
      \(drawing)</svg>
      \(note)</figure>

      """
  }

  /// A coordinate, with as many digits as a screen can show.
  static func point(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  /// The least of 1, 2, 5, 10, 20, … that is not below a number.
  static func niceCeiling(_ value: Int) -> Int { ceiling(value, [1, 2, 5]) }

  /// The top of an axis of counts: a round number not below the greatest that can be halved.
  static func axisTop(_ greatest: Int) -> Int {
    greatest <= 1
      ? 1 : greatest <= 10 ? (greatest + 1) / 2 * 2 : ceiling(greatest, [1, 2, 3, 4, 5, 6, 8])
  }

  private static func ceiling(_ value: Int, _ digits: [Int]) -> Int {
    var power = 1
    while power <= Int.max / 100 {
      for digit in digits where digit * power >= value { return digit * power }
      power *= 10
    }
    return value
  }

  /// A round count on an axis, in at most four characters: `500`, `1.5k`, `2M`.
  static func count(_ value: Int) -> String {
    if value < 1000 { return String(value) }
    let (size, unit) = value < 1_000_000 ? (1e3, "k") : (1e6, "M")
    let short = Double(value) / size
    return Number.decimal(short, digits: short == short.rounded() || short >= 100 ? 0 : 1) + unit
  }
}
