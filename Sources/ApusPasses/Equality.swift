public import ApusGraph
public import ApusTensor

/// Compares what two graphs give for equal random inputs.
public struct Equality: Sendable {
  /// How many random inputs are tried.
  public var runs = 3
  /// The first seed.
  public var seed: UInt64 = 1
  /// The largest accepted |a - b| / max(|b|), over each output.
  public var tolerance = 1e-4

  /// A comparison on three inputs.
  public init() {}

  /// How far two outputs are apart.
  public struct Difference: Sendable {
    /// The output's name.
    public let output: String
    /// The seed of the inputs.
    public let seed: UInt64
    /// The largest |a - b| over the largest |b|; 0 where all are equal.
    public let relative: Double
    /// Why they cannot be compared at all.
    public let mismatch: String?
  }

  /// Runs both graphs and compares every output.
  ///
  /// - Parameter evaluate: runs a graph on inputs by name, and returns its outputs by name.
  /// - Returns: the largest difference of each output.
  public func differences(
    _ found: Graph, _ expected: Graph,
    evaluate: (Graph, [String: Tensor]) throws -> [String: Tensor]
  ) throws -> [Difference] {
    var worst: [String: Difference] = [:]
    for seed in seed..<seed + UInt64(max(0, runs)) {
      let inputs = try RandomInputs(seed: seed).tensors(for: expected)
      let a = try evaluate(found, inputs)
      let b = try evaluate(expected, inputs)
      for name in Set(a.keys).union(b.keys) {
        let difference = compare(a[name], b[name], output: name, seed: seed)
        if let old = worst[name], isWorse(old, difference) { continue }
        worst[name] = difference
      }
    }
    return worst.values.sorted { $0.output < $1.output }
  }

  /// Whether the outputs are equal within the tolerance.
  public func accepts(_ differences: [Difference]) -> Bool {
    differences.allSatisfy { $0.mismatch == nil && $0.relative <= tolerance }
  }

  private func isWorse(_ a: Difference, _ b: Difference) -> Bool {
    a.mismatch != nil || (b.mismatch == nil && a.relative >= b.relative)
  }

  private func compare(
    _ a: Tensor?, _ b: Tensor?, output: String, seed: UInt64
  ) -> Difference {
    func mismatch(_ text: String) -> Difference {
      Difference(output: output, seed: seed, relative: .infinity, mismatch: text)
    }
    guard let a, let b else { return mismatch("only one of the graphs has it") }
    guard a.dtype == b.dtype, a.shape == b.shape else {
      return mismatch("\(a.dtype) \(a.shape) against \(b.dtype) \(b.shape)")
    }
    var largest = 0.0
    var gap = 0.0
    for (x, y) in zip(a.doubles, b.doubles) {
      if x == y || (x.isNaN && y.isNaN) { continue }
      let distance = abs(x - y)
      if !distance.isFinite { return mismatch("\(x) against \(y)") }
      gap = max(gap, distance)
    }
    for y in b.doubles where y.isFinite { largest = max(largest, abs(y)) }
    let relative = gap == 0 ? 0 : gap / max(largest, Double.leastNormalMagnitude)
    return Difference(output: output, seed: seed, relative: relative, mismatch: nil)
  }
}
