import ApusImage
import Testing

/// The libraries that labels load where some are missing.
@Suite struct LabelLibraryTests {
  @Test func namesEveryFileThatWasTriedAndWhatToInstall() {
    let error = #expect(throws: ImageError.self) {
      try PangoCairo(["libno-such-pango.so.0", "libnor-this-one.so.0"])
    }
    #expect(error?.code == .notInstalled)
    for words in [
      "labels: ", "libno-such-pango.so.0 or libnor-this-one.so.0",
      "apt-get install libpangocairo-1.0-0", "brew install pango",
    ] {
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test func namesTheFunctionThatALibraryLacks() {
    #if canImport(Darwin)
      let library = "/usr/lib/libSystem.B.dylib"
    #else
      let library = "libc.so.6"
    #endif
    let error = #expect(throws: ImageError.self) { try PangoCairo([library]) }
    #expect(error?.code == .notInstalled && error?.found == "one without g_object_unref")
    #expect(error?.expected.contains(library) == true)
  }

  /// Here they are installed, as for every test of labels.
  @Test func loadsWhatIsThere() throws { try AnnotationStyle().checkLabels() }
}
