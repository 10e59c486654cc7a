import Foundation

/// What a command says beside its result.
enum StandardError {
  /// Tells a person what they should know, in one line.
  static func note(_ message: String) { print("note: \(message.onOneLine)") }

  /// Writes lines of text under the name of the program; where nobody can read them, they are lost.
  static func print(_ text: String) {
    let line = "apus: \(text)\n".withoutTerminalControls
    try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
  }
}
