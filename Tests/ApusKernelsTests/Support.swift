import ApusKernels

/// How far a vector kernel may lie from its scalar twin, which computes in double.
enum KernelTolerance {
  /// Functions built on the vector exponential, in units in the last place.
  static let transcendentalUlps: Float = 4
  /// Results this small may become 0, where the exponential of the negated argument overflows.
  static let flushed: Float = 3e-37
  /// Functions of one rounding or two.
  static let arithmeticUlps: Float = 2
  /// Sums, relative to the sum of the magnitudes of their terms, per square root of a term.
  static let sumPerRootTerm: Float = 1.2e-7
}

/// Reproducible numbers: an xorshift generator with a fixed seed.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
  }

  /// `count` numbers in `-scale...scale`.
  mutating func memory(_ count: Int, scale: Float = 1) -> FloatMemory {
    FloatMemory((0..<count).map { _ in next() * scale })
  }
}

/// The distance of two floats in units in the last place of the larger; 0 for two NaN.
func ulps(_ a: Float, _ b: Float) -> Float {
  if a == b || (a.isNaN && b.isNaN) { return 0 }
  if !a.isFinite || !b.isFinite { return .infinity }
  return abs(a - b) / max(a.magnitude.ulp, b.magnitude.ulp, .leastNormalMagnitude.ulp)
}

/// The first element at which two arrays lie further apart than `limit(index)`.
func firstDifference(_ a: [Float], _ b: [Float], limit: (Int) -> Float) -> String? {
  guard a.count == b.count else { return "\(a.count) elements against \(b.count)" }
  for index in a.indices where !(abs(a[index] - b[index]) <= limit(index)) {
    if a[index] == b[index] || (a[index].isNaN && b[index].isNaN) { continue }
    return "element \(index): \(a[index]) against \(b[index])"
  }
  return nil
}

/// The largest allowed difference of a sum of `terms` products of numbers in -1...1.
func sumTolerance(terms: Int) -> Float {
  KernelTolerance.sumPerRootTerm * Float(terms).squareRoot() * max(1, Float(terms).squareRoot())
}

/// A value that vector kernels must not write over: what lies past the end of a destination.
let guardValue: Float = 12345
