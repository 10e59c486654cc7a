import Foundation

/// What a command says beside its result.
enum StandardError {
  /// Tells a person what they should know, in one line.
  static func note(_ message: String) { write("note", message.onOneLine) }

  /// Says what went wrong.
  static func fail(_ message: String) { write("error", message) }

  /// Says what of the result is not as it was asked for.
  static func warn(_ message: String) { write("warning", message) }

  private static func write(_ kind: String, _ message: String) {
    let line = "apus: \(kind): \(message)\n".withoutTerminalControls
    try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
  }
}
