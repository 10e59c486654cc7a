internal import CApusKernels

/// Multiplications of one product from registers alone: the rate that no tile can pass.
@safe public struct PeakKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_peak_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [PeakKernel] {
    unsafe entries(apus_peak_kernel_at).map { unsafe PeakKernel(entry: $0) }
  }

  /// The kernel of a product for the fastest instruction set that `isa` includes; nil for scalar code.
  public static func pick(_ product: Product, isa: ISA) -> PeakKernel? {
    pick(isa, among: all.filter { unsafe $0.entry.pointee.product == product.cValue })
  }

  /// Multiplies for some rounds, and returns how many multiply-accumulates they were.
  public func callAsFunction(rounds: Int) -> Int {
    unsafe Int(entry.pointee.run(Int64(rounds)))
  }

  /// Multiply-accumulates a second of one core: the best of some short tries.
  ///
  /// - Parameter tries: how often about 10 ms are spent.
  public func rate(tries: Int = 5) -> Double {
    var rounds = 1000
    var best = 0.0
    var left = tries
    let clock = ContinuousClock()
    while left > 0 {
      var products = 0
      let time = clock.measure { products = self(rounds: rounds) }
      let seconds = time / .seconds(1)
      if seconds < 0.01 {
        rounds *= seconds < 0.001 ? 10 : 2
      } else {
        best = max(best, Double(products) / seconds)
        left -= 1
      }
    }
    return best
  }
}
