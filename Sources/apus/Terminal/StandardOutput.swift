import ApusToolkit
import Foundation

/// What a command prints, as text or as JSON.
enum StandardOutput {
  /// Writes a value for a person, or for a machine.
  static func print(_ value: some Encodable & CustomStringConvertible, json: Bool) throws {
    if json { try print(json: value) } else { try print(value.description) }
  }

  /// Writes one value as JSON, keys in order, indented.
  static func print(json value: some Encodable) throws {
    try write(encoded(value))
  }

  /// Writes one value as JSON on a line of its own.
  static func print(jsonLine value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(encoder.encode(value))
  }

  /// Writes one value as JSON into a file, whole or not at all.
  static func write(json value: some Encodable, to path: String) throws {
    try AtomicFile.write(encoded(value) + [0x0A], to: path)
  }

  private static func encoded(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  /// Writes lines of text.
  static func print(_ text: String) throws {
    try write(Data(text.withoutTerminalControls.utf8))
  }

  /// Writes everything and a line end.
  ///
  /// A reader that closed its end, as `head` does, has seen enough.
  private static func write(_ data: Data) throws {
    let bytes = [UInt8](data) + [0x0A]
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        sent += count
      } else if errno == EPIPE {
        return
      } else if errno != EINTR {
        let reason = String(cString: strerror(errno)).lowercased()
        throw ApusError.failure("standard output cannot be written: \(reason)")
      }
    }
  }
}
