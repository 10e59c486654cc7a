#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The functions of Pango, Cairo and GObject that set text, loaded when a text is first set.
///
/// With what they need the three are more than 30 shared libraries. Linked, every command would load them at its start,
/// which takes 4 MB of memory.
///
/// The types are those of `pango/pangocairo.h`: pointers to what only the libraries look into, and 32-bit numbers.
package struct PangoCairo: Sendable {
  typealias Object = OpaquePointer?

  /// The functions, or what is to be installed for them.
  static let loaded = Result { () throws(ImageError) in try PangoCairo(paths) }

  /// `PANGO_SCALE`: units of a pixel.
  static let scale = 1024
  /// `PANGO_WEIGHT_SEMIBOLD`.
  static let semibold: Int32 = 600
  /// `PANGO_ELLIPSIZE_END`.
  static let ellipsisAtEnd: Int32 = 3
  /// `CAIRO_FORMAT_ARGB32`.
  static let argb32: Int32 = 0
  /// `CAIRO_STATUS_SUCCESS`.
  static let success: Int32 = 0

  let release: @convention(c) (Object) -> Void
  let defaultFontMap: @convention(c) () -> Object
  let makeContext: @convention(c) (_ fontMap: Object) -> Object

  let font: @convention(c) (UnsafePointer<CChar>) -> Object
  let setWeight: @convention(c) (_ font: Object, Int32) -> Void
  let setAbsoluteSize: @convention(c) (_ font: Object, Double) -> Void
  let freeFont: @convention(c) (Object) -> Void

  let makeLayout: @convention(c) (_ context: Object) -> Object
  let setFont: @convention(c) (_ layout: Object, _ font: Object) -> Void
  let setSingleParagraph: @convention(c) (_ layout: Object, Int32) -> Void
  let setEllipsis: @convention(c) (_ layout: Object, Int32) -> Void
  let setWidth: @convention(c) (_ layout: Object, Int32) -> Void
  let setText: @convention(c) (_ layout: Object, UnsafePointer<CChar>, _ bytes: Int32) -> Void
  let getPixelSize:
    @convention(c) (
      _ layout: Object, _ width: UnsafeMutablePointer<Int32>,
      _ height: UnsafeMutablePointer<Int32>
    ) -> Void
  let unknownGlyphs: @convention(c) (_ layout: Object) -> Int32
  let show: @convention(c) (_ cairo: Object, _ layout: Object) -> Void

  let makeSurface: @convention(c) (_ format: Int32, _ width: Int32, _ height: Int32) -> Object
  let surfaceStatus: @convention(c) (Object) -> Int32
  let flushSurface: @convention(c) (Object) -> Void
  let surfaceData: @convention(c) (Object) -> UnsafeMutablePointer<UInt8>?
  let surfaceStride: @convention(c) (Object) -> Int32
  let destroySurface: @convention(c) (Object) -> Void
  let makeCairo: @convention(c) (_ surface: Object) -> Object
  let setColor:
    @convention(c) (_ cairo: Object, _ red: Double, _ green: Double, _ blue: Double) -> Void
  let destroyCairo: @convention(c) (Object) -> Void

  #if canImport(Darwin)
    // Homebrew's folders are not among those that are searched.
    private static let paths = ["/opt/homebrew/lib", "/usr/local/lib"].map {
      $0 + "/libpangocairo-1.0.0.dylib"
    }
  #else
    private static let paths = ["libpangocairo-1.0.so.0"]
  #endif

  /// Loads the first of some libraries that is there.
  ///
  /// - Throws: `ImageError` that names them and says what to install.
  package init(_ paths: [String]) throws(ImageError) {
    func missing(_ found: String) -> ImageError {
      ImageError(
        .notInstalled, source: "labels",
        expected: "Pango with Cairo, \(paths.joined(separator: " or "))", found: found,
        remedy: "Install it: apt-get install libpangocairo-1.0-0, or brew install pango.")
    }
    guard let library = paths.lazy.compactMap({ dlopen($0, RTLD_LAZY) }).first else {
      throw missing(dlerror().map { "\"\(String(cString: $0))\"" } ?? "none")
    }
    // A name is sought in the library and in all that it needs, Cairo and GObject among them.
    func function<Function>(_ name: String) throws(ImageError) -> Function {
      guard let address = dlsym(library, name) else { throw missing("one without \(name)") }
      return unsafeBitCast(address, to: Function.self)
    }
    release = try function("g_object_unref")
    defaultFontMap = try function("pango_cairo_font_map_get_default")
    makeContext = try function("pango_font_map_create_context")
    font = try function("pango_font_description_from_string")
    setWeight = try function("pango_font_description_set_weight")
    setAbsoluteSize = try function("pango_font_description_set_absolute_size")
    freeFont = try function("pango_font_description_free")
    makeLayout = try function("pango_layout_new")
    setFont = try function("pango_layout_set_font_description")
    setSingleParagraph = try function("pango_layout_set_single_paragraph_mode")
    setEllipsis = try function("pango_layout_set_ellipsize")
    setWidth = try function("pango_layout_set_width")
    setText = try function("pango_layout_set_text")
    getPixelSize = try function("pango_layout_get_pixel_size")
    unknownGlyphs = try function("pango_layout_get_unknown_glyphs_count")
    show = try function("pango_cairo_show_layout")
    makeSurface = try function("cairo_image_surface_create")
    surfaceStatus = try function("cairo_surface_status")
    flushSurface = try function("cairo_surface_flush")
    surfaceData = try function("cairo_image_surface_get_data")
    surfaceStride = try function("cairo_image_surface_get_stride")
    destroySurface = try function("cairo_surface_destroy")
    makeCairo = try function("cairo_create")
    setColor = try function("cairo_set_source_rgb")
    destroyCairo = try function("cairo_destroy")
  }
}
