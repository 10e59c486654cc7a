/// A picture of one line of text: premultiplied colours over nothing.
struct RenderedText {
  var width: Int
  var height: Int
  /// `[height, width, 4]`: blue, green, red, alpha, each colour already multiplied by alpha.
  var pixels: [UInt8]
}

/// Sets lines of text in any script, by Pango and Cairo.
///
/// Both are loaded when they are first needed; fonts come from fontconfig.
struct TextRenderer: ~Copyable {
  private let pango: PangoCairo
  private let context: OpaquePointer
  private let layout: OpaquePointer

  /// - Throws: `ImageError` that says what to install where Pango, Cairo or any font is missing.
  init(family: String, size: Int) throws(ImageError) {
    let pango = try PangoCairo.loaded.get()
    guard let map = pango.defaultFontMap(), let context = pango.makeContext(map) else {
      throw Self.failure("a font map of Pango")
    }
    guard let layout = pango.makeLayout(context) else {
      pango.release(context)
      throw Self.failure("a layout of Pango")
    }
    let font = pango.font(family)
    pango.setWeight(font, PangoCairo.semibold)
    pango.setAbsoluteSize(font, Double(size) * Double(PangoCairo.scale))
    pango.setFont(layout, font)
    pango.freeFont(font)
    pango.setSingleParagraph(layout, 1)
    pango.setEllipsis(layout, PangoCairo.ellipsisAtEnd)
    // Pango lists its generic families even where fontconfig knows no font at all.
    _ = Self.measure(pango, layout, "Aa0")
    guard pango.unknownGlyphs(layout) == 0 else {
      pango.release(layout)
      pango.release(context)
      throw ImageError(
        .notInstalled, source: "labels", expected: "a font for '\(family)'",
        found: "none with Latin letters that fontconfig knows",
        remedy: "Install one: apt-get install fontconfig fonts-dejavu-core.")
    }
    self.pango = pango
    self.context = context
    self.layout = layout
  }

  deinit {
    pango.release(layout)
    pango.release(context)
  }

  private static func failure(_ expected: String) -> ImageError {
    ImageError(
      .codec, source: "labels", expected: expected, found: "none",
      remedy: "End other programs, should memory be short.")
  }

  /// Sets a line, shortened with an ellipsis to a width.
  ///
  /// - Throws: `ImageError` if Cairo fails.
  func render(
    _ text: String, color: Color, maximumWidth: Int
  ) throws(ImageError) -> RenderedText {
    pango.setWidth(layout, -1)
    let natural = Self.measure(pango, layout, text)
    let (width, height) = (max(min(natural.width, maximumWidth), 1), max(natural.height, 1))
    if natural.width > maximumWidth {
      pango.setWidth(layout, Int32(clamping: maximumWidth * PangoCairo.scale))
    } else {
      // Right-to-left lines align to the layout's width, so it is set even where it is no limit.
      pango.setWidth(layout, Int32(clamping: width * PangoCairo.scale))
    }
    guard
      let surface = pango.makeSurface(
        PangoCairo.argb32, Int32(clamping: width), Int32(clamping: height))
    else { throw Self.failure("a surface of Cairo") }
    defer { pango.destroySurface(surface) }
    guard pango.surfaceStatus(surface) == PangoCairo.success, let cairo = pango.makeCairo(surface)
    else { throw Self.failure("a surface of Cairo of \(width) x \(height) pixels") }
    pango.setColor(
      cairo, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
    pango.show(cairo, layout)
    pango.destroyCairo(cairo)
    pango.flushSurface(surface)
    guard let data = pango.surfaceData(surface) else { throw Self.failure("pixels of Cairo") }
    return RenderedText(
      width: width, height: height,
      pixels: Self.copy(
        data, stride: Int(pango.surfaceStride(surface)), width: width, height: height))
  }

  private static func measure(
    _ pango: PangoCairo, _ layout: OpaquePointer, _ text: String
  ) -> (width: Int, height: Int) {
    let printable = String(text.unicodeScalars.map { $0.value < 32 ? " " : Character($0) })
    pango.setText(layout, printable, Int32(clamping: printable.utf8.count))
    var (width, height) = (Int32(0), Int32(0))
    pango.getPixelSize(layout, &width, &height)
    return (Int(width), Int(height))
  }

  /// The pixels as bytes in the order blue, green, red, alpha, whatever the byte order here.
  private static func copy(
    _ data: UnsafeMutablePointer<UInt8>, stride: Int, width: Int, height: Int
  ) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 4)
    for row in 0..<height {
      for column in 0..<width {
        let value = UnsafeRawPointer(data + row * stride + 4 * column)
          .loadUnaligned(as: UInt32.self)
        for shift in [0, 8, 16, 24] { pixels.append(UInt8(truncatingIfNeeded: value >> shift)) }
      }
    }
    return pixels
  }
}
