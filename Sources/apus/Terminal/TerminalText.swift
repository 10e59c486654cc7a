extension String {
  /// The text as a terminal may get it: what would steer it, or turn the direction of reading, is replaced.
  ///
  /// Names of files and classes come from others. Line ends and tabs stay.
  var withoutTerminalControls: String {
    guard unicodeScalars.contains(where: Self.steersTerminal) else { return self }
    let scalars = unicodeScalars.map { Self.steersTerminal($0) ? "\u{FFFD}" : $0 }
    return String(String.UnicodeScalarView(scalars))
  }

  /// The text on one line.
  var onOneLine: String { String(map { $0.isNewline ? " " : $0 }) }

  private static func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
