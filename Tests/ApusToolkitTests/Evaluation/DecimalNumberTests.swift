import ApusTestSupport
import ApusToolkit
import Testing

/// Decimal numbers in text, beside `Double(text)`, which rounds once.
struct DecimalNumberTests {
  private static func scan(_ text: String) -> (DecimalNumber.Scan, Int) {
    var position = 0
    let scan = DecimalNumber.scan(Array(text.utf8), at: &position)
    return (scan, position)
  }

  private static func value(_ text: String) -> Double? {
    switch scan(text).0 {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .none: nil
    }
  }

  @Test func randomNumbersAreTheNearest() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200_000 {
      let whole =
        UInt64.random(in: 0...UInt64.max, using: &random)
        >> UInt64.random(in: 0..<64, using: &random)
      let places = Int.random(in: 0...20, using: &random)
      var digits = String(whole)
      if places > 0 {
        if digits.count <= places {
          digits = String(repeating: "0", count: places + 1 - digits.count) + digits
        }
        digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
      }
      if Bool.random(using: &random) {
        digits += "e\(Int.random(in: -330...310, using: &random))"
      }
      if Bool.random(using: &random) { digits = "-" + digits }
      let expected = try #require(Double(digits))
      let found = try #require(Self.value(digits), "\(digits)")
      #expect(found.bitPattern == expected.bitPattern, "\(digits)")
    }
  }

  @Test func doublesComeBack() throws {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<200_000 {
      let value = Double.random(in: 0..<1, using: &random) * (Bool.random(using: &random) ? 1 : 640)
      let found = try #require(Self.value("\(value)"))
      #expect(found == value, "\(value)")
    }
  }

  /// Halfway cases, whose rest decides, and the ends of the exact ways.
  @Test(arguments: [
    "9007199254740992", "9007199254740993", "9007199254740993.0", "90071992547409930e-1",
    "0.1", "1e22", "1e23", "123456789012345678e-19", "9999999999999999999", "0.9999999999999999999",
    "1.00000000000000011102230246251565", "4503599627370496.5", "4503599627370497.5", "0.0", "-0.0",
    "2.2250738585072011e-308", "5e-324", "1e400", "-1e400", "1E5", "1e+5",
  ])
  func hardCases(_ text: String) throws {
    let expected = try #require(Double(text))
    let found = try #require(Self.value(text))
    #expect(found.bitPattern == expected.bitPattern)
  }

  @Test(arguments: ["", "-", "01", ".5", "1.", "1e", "1e+", "NaN", "Infinity", "+1", "x"])
  func whatIsNoNumber(_ text: String) {
    #expect(Self.scan(text).0 == .none)
    #expect(Self.scan(text).1 == 0)
  }

  @Test func onlyTheNumberIsTaken() {
    #expect(Self.scan("12,5").0 == .integer(12))
    #expect(Self.scan("12,5").1 == 2)
    #expect(Self.scan("-7]").0 == .integer(-7))
    #expect(Self.scan("3.0}").0 == .number(3))
    #expect(Self.scan("9223372036854775807").0 == .integer(.max))
    #expect(Self.scan("9223372036854775808").0 == .number(9_223_372_036_854_775_808))
  }
}
