import ApusTensor
import Testing

/// The obvious twin of the conversions: the nearest of all numbers of the format, found by looking at each.
struct NearestTable {
  private let magnitudes: [(value: Double, bits: UInt16)]
  private let infinity: UInt16
  private let overflow: Double

  init(exponentBits: Int, fractionBits: Int) {
    let bias = (1 << (exponentBits - 1)) - 1
    var table: [(Double, UInt16)] = []
    let last = ((1 << exponentBits) - 1) << fractionBits
    for bits in 0..<last {
      let exponent = bits >> fractionBits
      let fraction = Double(bits & ((1 << fractionBits) - 1)) / Double(1 << fractionBits)
      let value =
        exponent == 0
        ? fraction * Double(sign: .plus, exponent: 1 - bias, significand: 1)
        : (1 + fraction) * Double(sign: .plus, exponent: exponent - bias, significand: 1)
      table.append((value, UInt16(bits)))
    }
    magnitudes = table
    infinity = UInt16(last)
    // Halfway between the largest number and the one that would follow it.
    let largest = table[last - 1].0
    overflow = largest + (largest - table[last - 2].0) / 2
  }

  func bits(of value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = value.magnitude
    if magnitude >= overflow { return sign | infinity }
    var low = 0
    var high = magnitudes.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if magnitudes[middle].value <= magnitude { low = middle } else { high = middle }
    }
    let below = magnitude - magnitudes[low].value
    let above = magnitudes[high].value - magnitude
    if below == above { return sign | (low.isMultiple(of: 2) ? UInt16(low) : UInt16(high)) }
    return sign | (below < above ? UInt16(low) : UInt16(high))
  }
}

@Suite struct SmallFloatTests {
  static let half = NearestTable(exponentBits: 5, fractionBits: 10)
  static let brain = NearestTable(exponentBits: 8, fractionBits: 7)

  @Test func everyHalfComesBack() {
    for bits in UInt16.min...UInt16.max {
      let float = Half(bits: bits).float
      if float.isNaN {
        #expect(Half(float).bits & 0x7e00 == 0x7e00)
      } else {
        #expect(Half(float).bits == bits)
        #expect(Half(Double(float)).bits == bits)
      }
    }
  }

  @Test func everyBFloat16ComesBack() {
    for bits in UInt16.min...UInt16.max {
      let float = BFloat16(bits: bits).float
      if float.isNaN {
        #expect(BFloat16(float).float.isNaN)
      } else {
        #expect(BFloat16(float).bits == bits)
      }
    }
  }

  @Test(arguments: [1, 2, 3]) func randomNumbersRoundToTheNearest(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    for _ in 0..<20_000 {
      let single = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      let spread = Double(sign: .plus, exponent: Int(generator.next() % 60) - 40, significand: 1)
      let double = spread * (1 + Double(generator.next() >> 11) * 0x1p-53)
      for value in [Double(single), double, -double] where !value.isNaN {
        #expect(Half(value).bits == Self.half.bits(of: value), "half of \(value)")
        #expect(BFloat16(value).bits == Self.brain.bits(of: value), "bfloat16 of \(value)")
      }
    }
  }

  @Test func tiesGoToEven() {
    #expect(Half(1 + 0x1p-11).bits == 0x3c00)
    #expect(Half(1 + 3 * 0x1p-11).bits == 0x3c02)
    #expect(BFloat16(1 + 0x1p-8).bits == 0x3f80)
    #expect(BFloat16(1 + 3 * 0x1p-8).bits == 0x3f82)
    // A tie that is one only after a first rounding to single precision is none.
    #expect(Half(1 + 0x1p-11 + 0x1p-40).bits == 0x3c01)
  }

  @Test func edgesOfTheRange() {
    #expect(Half(65504.0).bits == 0x7bff)
    #expect(Half(65519.999).bits == 0x7bff)
    #expect(Half(65520.0).bits == 0x7c00)
    #expect(Half(-1e300).bits == 0xfc00)
    #expect(Half(0x1p-24).bits == 1)
    #expect(Half(0x1p-25).bits == 0)
    #expect(Half(0x1.8p-25).bits == 1)
    #expect(Half(1023.5 * 0x1p-24).bits == 0x0400)
    #expect(Half(-0.0).bits == 0x8000)
    #expect(Half(Double.infinity).bits == 0x7c00)
    #expect(Half(Double.nan).float.isNaN)
    #expect(BFloat16(Double.greatestFiniteMagnitude).bits == 0x7f80)
    #expect(BFloat16(0x1p-133).bits == 1)
    #expect(BFloat16(Float.leastNonzeroMagnitude).bits == 0)
  }
}

/// A small generator of reproducible numbers (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
