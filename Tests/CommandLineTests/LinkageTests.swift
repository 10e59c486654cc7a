import Foundation
import Testing

/// What every command loads at its start, whether it needs it or not.
@Suite struct LinkageTests {
  private static let lister = "/usr/bin/ldd"

  /// Labels load Pango when they are drawn; XML is read by expat, which is small.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: lister), "needs ldd"))
  func heavyLibrariesAreNotLinked() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.lister)
    process.arguments = [Apus.executable.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(
      decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0 && output.contains("libc"), "\(output)")
    for library in ["pango", "cairo", "glib-2", "FoundationXML", "xml2", "libicu"] {
      #expect(!output.contains(library), "\(library) is loaded by every command: \(output)")
    }
  }
}
