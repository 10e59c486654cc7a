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
/// Both are loaded when they are first needed; fonts come from fontconfig. On a system without Pango or without
/// any font nothing can be set, and the initialiser answers nil.
struct TextRenderer: ~Copyable {
  private let functions: apus_pango_cairo
  private let context: OpaquePointer
  private let layout: OpaquePointer

  init?(family: String, size: Int) {
    guard let functions = apus_pango_cairo()?.pointee,
      let map = functions.pango_cairo_font_map_get_default(),
      let context = functions.pango_font_map_create_context(map)
    else { return nil }
    guard let layout = functions.pango_layout_new(context) else {
      functions.g_object_unref(UnsafeMutableRawPointer(context))
      return nil
    }
    let font = functions.pango_font_description_from_string(family)
    functions.pango_font_description_set_weight(font, Int32(APUS_PANGO_WEIGHT_SEMIBOLD))
    functions.pango_font_description_set_absolute_size(
      font, Double(size) * Double(APUS_PANGO_SCALE))
    functions.pango_layout_set_font_description(layout, font)
    functions.pango_font_description_free(font)
    functions.pango_layout_set_single_paragraph_mode(layout, 1)
    functions.pango_layout_set_ellipsize(layout, Int32(APUS_PANGO_ELLIPSIZE_END))
    // Pango lists its generic families even where fontconfig knows no font at all.
    _ = Self.measure(functions, layout, "Aa0")
    guard functions.pango_layout_get_unknown_glyphs_count(layout) == 0 else {
      functions.g_object_unref(UnsafeMutableRawPointer(layout))
      functions.g_object_unref(UnsafeMutableRawPointer(context))
      return nil
    }
    self.functions = functions
    self.context = context
    self.layout = layout
  }

  /// Whether some font has every character of a text.
  func supports(_ text: String) -> Bool {
    _ = Self.measure(functions, layout, text)
    return functions.pango_layout_get_unknown_glyphs_count(layout) == 0
  }

  deinit {
    functions.g_object_unref(UnsafeMutableRawPointer(layout))
    functions.g_object_unref(UnsafeMutableRawPointer(context))
  }

  /// Sets a line, shortened with an ellipsis to a width; nil if Cairo fails.
  func render(_ text: String, color: Color, maximumWidth: Int) -> RenderedText? {
    functions.pango_layout_set_width(layout, -1)
    let natural = Self.measure(functions, layout, text)
    let (width, height) = (max(min(natural.width, maximumWidth), 1), max(natural.height, 1))
    if natural.width > maximumWidth {
      functions.pango_layout_set_width(
        layout, Int32(clamping: maximumWidth * Int(APUS_PANGO_SCALE)))
    } else {
      // Right-to-left lines align to the layout's width, so it is set even where it is no limit.
      functions.pango_layout_set_width(layout, Int32(clamping: width * Int(APUS_PANGO_SCALE)))
    }
    guard
      let surface = functions.cairo_image_surface_create(
        Int32(APUS_CAIRO_FORMAT_ARGB32), Int32(clamping: width), Int32(clamping: height))
    else { return nil }
    defer { functions.cairo_surface_destroy(surface) }
    guard functions.cairo_surface_status(surface) == Int32(APUS_CAIRO_STATUS_SUCCESS),
      let cairo = functions.cairo_create(surface)
    else { return nil }
    functions.cairo_set_source_rgb(
      cairo, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
    functions.pango_cairo_show_layout(cairo, layout)
    functions.cairo_destroy(cairo)
    functions.cairo_surface_flush(surface)
    guard let data = functions.cairo_image_surface_get_data(surface) else { return nil }
    return RenderedText(
      width: width, height: height,
      pixels: Self.copy(
        data, stride: Int(functions.cairo_image_surface_get_stride(surface)), width: width,
        height: height))
  }

  private static func measure(
    _ functions: apus_pango_cairo, _ layout: OpaquePointer, _ text: String
  ) -> (width: Int, height: Int) {
    let printable = String(text.unicodeScalars.map { $0.value < 32 ? " " : Character($0) })
    functions.pango_layout_set_text(layout, printable, Int32(clamping: printable.utf8.count))
    var (width, height) = (Int32(0), Int32(0))
    functions.pango_layout_get_pixel_size(layout, &width, &height)
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
