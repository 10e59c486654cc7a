import ApusToolkit
import Foundation

/// Printing values for machines.
enum JSONOutput {
  /// Writes one value to standard output, keys in order, indented.
  static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }
}
