/// A picture of one line of text: premultiplied colours over nothing.
struct RenderedText {
  var width: Int
  var height: Int
  /// `[height, width, 4]`: blue, green, red, alpha, each colour already multiplied by alpha.
  var pixels: [UInt8]
}

/// Sets lines of text in any script, by Pango and Cairo.
///
/// Both are loaded when they are first needed; fonts come from fontconfig. On a system without Pango or without
/// any font nothing can be set, and the initialiser answers nil.
struct TextRenderer: ~Copyable {
  private let pango: PangoCairo
  private let context: OpaquePointer
  private let layout: OpaquePointer

  init?(family: String, size: Int) {
    guard let pango = PangoCairo.loaded, let map = pango.defaultFontMap(),
      let context = pango.makeContext(map)
    else { return nil }
    guard let layout = pango.makeLayout(context) else {
      pango.release(context)
      return nil
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
      return nil
    }
    self.pango = pango
    self.context = context
    self.layout = layout
  }

  /// Whether some font has every character of a text.
  func supports(_ text: String) -> Bool {
    _ = Self.measure(pango, layout, text)
    return pango.unknownGlyphs(layout) == 0
  }

  deinit {
    pango.release(layout)
    pango.release(context)
  }

  /// Sets a line, shortened with an ellipsis to a width; nil if Cairo fails.
  func render(_ text: String, color: Color, maximumWidth: Int) -> RenderedText? {
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
    else { return nil }
    defer { pango.destroySurface(surface) }
    guard pango.surfaceStatus(surface) == PangoCairo.success, let cairo = pango.makeCairo(surface)
    else { return nil }
    pango.setColor(
      cairo, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
    pango.show(cairo, layout)
    pango.destroyCairo(cairo)
    pango.flushSurface(surface)
    guard let data = pango.surfaceData(surface) else { return nil }
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
