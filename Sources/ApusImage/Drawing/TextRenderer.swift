import CPangoCairo

/// A picture of one line of text: premultiplied colours over nothing.
struct RenderedText {
  var width: Int
  var height: Int
  /// `[height, width, 4]`: blue, green, red, alpha, each colour already multiplied by alpha.
  var pixels: [UInt8]
}

/// Sets lines of text in any script, by Pango and Cairo.
///
/// Fonts come from fontconfig. On a system without any font nothing can be set, and the initialiser
/// answers nil.
struct TextRenderer: ~Copyable {
  private let context: OpaquePointer
  private let layout: OpaquePointer

  init?(family: String, size: Int) {
    guard let map = pango_cairo_font_map_get_default(),
      let context = pango_font_map_create_context(map)
    else { return nil }
    guard let layout = pango_layout_new(context) else {
      g_object_unref(UnsafeMutableRawPointer(context))
      return nil
    }
    let font = pango_font_description_from_string(family)
    pango_font_description_set_weight(font, PANGO_WEIGHT_SEMIBOLD)
    pango_font_description_set_absolute_size(font, Double(size) * Double(PANGO_SCALE))
    pango_layout_set_font_description(layout, font)
    pango_font_description_free(font)
    pango_layout_set_single_paragraph_mode(layout, 1)
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
    // Pango lists its generic families even where fontconfig knows no font at all.
    _ = Self.measure(layout, "Aa0")
    guard pango_layout_get_unknown_glyphs_count(layout) == 0 else {
      g_object_unref(UnsafeMutableRawPointer(layout))
      g_object_unref(UnsafeMutableRawPointer(context))
      return nil
    }
    self.context = context
    self.layout = layout
  }

  /// Whether some font has every character of a text.
  func supports(_ text: String) -> Bool {
    _ = Self.measure(layout, text)
    return pango_layout_get_unknown_glyphs_count(layout) == 0
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(layout))
    g_object_unref(UnsafeMutableRawPointer(context))
  }

  /// Sets a line, shortened with an ellipsis to a width; nil if Cairo fails.
  func render(_ text: String, color: Color, maximumWidth: Int) -> RenderedText? {
    pango_layout_set_width(layout, -1)
    let natural = Self.measure(layout, text)
    let (width, height) = (max(min(natural.width, maximumWidth), 1), max(natural.height, 1))
    if natural.width > maximumWidth {
      pango_layout_set_width(layout, Int32(clamping: maximumWidth * Int(PANGO_SCALE)))
    } else {
      // Right-to-left lines align to the layout's width, so it is set even where it is no limit.
      pango_layout_set_width(layout, Int32(clamping: width * Int(PANGO_SCALE)))
    }
    guard
      let surface = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, Int32(clamping: width), Int32(clamping: height))
    else { return nil }
    defer { cairo_surface_destroy(surface) }
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let cairo = cairo_create(surface)
    else { return nil }
    cairo_set_source_rgb(
      cairo, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
    pango_cairo_show_layout(cairo, layout)
    cairo_destroy(cairo)
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else { return nil }
    return RenderedText(
      width: width, height: height,
      pixels: Self.copy(
        data, stride: Int(cairo_image_surface_get_stride(surface)), width: width, height: height))
  }

  private static func measure(
    _ layout: OpaquePointer, _ text: String
  ) -> (width: Int, height: Int) {
    let printable = String(text.unicodeScalars.map { $0.value < 32 ? " " : Character($0) })
    pango_layout_set_text(layout, printable, Int32(clamping: printable.utf8.count))
    var (width, height) = (Int32(0), Int32(0))
    pango_layout_get_pixel_size(layout, &width, &height)
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
