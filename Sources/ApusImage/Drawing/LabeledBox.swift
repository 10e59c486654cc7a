/// A box to draw, in pixels of the picture, with the text beside it.
public struct LabeledBox: Sendable, Hashable {
  /// The left edge.
  public var x1: Float
  /// The top edge.
  public var y1: Float
  /// The right edge.
  public var x2: Float
  /// The bottom edge.
  public var y2: Float
  /// One line of text in any script; empty for none.
  public var label: String
  /// Which colour: the class, so that a class has the same colour in every picture.
  public var colorIndex: Int
  /// Whether the lines are broken, with black or white in the gaps, to set the box apart from others.
  public var isDashed: Bool

  /// Makes a box to draw.
  public init(
    x1: Float, y1: Float, x2: Float, y2: Float, label: String, colorIndex: Int,
    isDashed: Bool = false
  ) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
    self.label = label
    self.colorIndex = colorIndex
    self.isDashed = isDashed
  }
}

/// How boxes and labels look.
public struct AnnotationStyle: Sendable, Hashable {
  /// The width of lines in pixels; nil to follow the size of the picture.
  public var lineWidth: Int?
  /// The height of the text's em in pixels; nil to follow the size of the picture.
  public var fontSize: Int?
  /// A font family; characters it lacks come from others, as fontconfig finds them.
  public var fontFamily: String
  /// Whether labels are drawn.
  public var showsLabels: Bool

  /// Makes a style.
  public init(
    lineWidth: Int? = nil, fontSize: Int? = nil, fontFamily: String = "sans-serif",
    showsLabels: Bool = true
  ) {
    self.lineWidth = lineWidth
    self.fontSize = fontSize
    self.fontFamily = fontFamily
    self.showsLabels = showsLabels
  }

  /// Checks that labels can be drawn here, before anything is written.
  ///
  /// - Throws: `ImageError` that says what to install.
  public func checkLabels() throws(ImageError) {
    if showsLabels { _ = try TextRenderer(family: fontFamily, size: 16) }
  }

  /// The line width for a picture: 1 at 400 pixels of mean side, growing with it.
  func lineWidth(width: Int, height: Int) -> Int {
    max(lineWidth ?? (width + height + 400) / 800, 1)
  }

  /// The font size for a picture: a fiftieth of the mean side, and readable at least.
  func fontSize(width: Int, height: Int) -> Int {
    min(max(fontSize ?? max((width + height) / 100, 11), 4), 400)
  }
}
