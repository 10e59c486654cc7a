import ApusTensor
import Foundation

/// How a tensor of a new network is filled.
package struct Initialisation: Sendable, Hashable {
  /// Where the numbers are drawn from.
  package enum Distribution: Sendable, Hashable {
    /// All the same.
    case constant(Float)
    /// Evenly between `-bound` and `bound`.
    case uniform(bound: Float)
    /// A normal distribution.
    case normal(mean: Float, deviation: Float)
  }

  /// Where the numbers are drawn from.
  package var distribution: Distribution
  /// Added to the numbers, one for each index of the first axis; none where empty.
  package var offsets: [Float] = []

  /// Numbers of a distribution.
  package init(_ distribution: Distribution, offsets: [Float] = []) {
    self.distribution = distribution
    self.offsets = offsets
  }

  /// All the same.
  package static func constant(_ value: Float) -> Initialisation { .init(.constant(value)) }

  /// A normal distribution.
  package static func normal(mean: Float = 0, deviation: Float) -> Initialisation {
    .init(.normal(mean: mean, deviation: deviation))
  }

  /// Evenly between the inverse roots of the number of inputs that each output sums: the default of PyTorch's
  /// layers, `kaiming_uniform_(a=√5)` for weights and the same bound for biases.
  package static func uniform(fanIn: Int) -> Initialisation {
    .init(.uniform(bound: 1 / Float(max(fanIn, 1)).squareRoot()))
  }

  /// The numbers of a tensor.
  ///
  /// They depend on the seed and the tensor's name alone, so that a change elsewhere in a network moves nothing.
  func tensor(named name: String, shape: [Int], seed: UInt64) -> Tensor {
    var generator = SplitMix64(seed: seed, name: name)
    let count = shape.reduce(1, *)
    var values = [Float](repeating: 0, count: count)
    switch distribution {
    case .constant(let value):
      for index in values.indices { values[index] = value }
    case .uniform(let bound):
      for index in values.indices { values[index] = (2 * generator.unit() - 1) * bound }
    case .normal(let mean, let deviation):
      var index = 0
      while index < count {
        let (first, second) = generator.normalPair()
        values[index] = mean + deviation * first
        if index + 1 < count { values[index + 1] = mean + deviation * second }
        index += 2
      }
    }
    if !offsets.isEmpty, let rows = shape.first, offsets.count == rows {
      let width = count / rows
      for index in values.indices { values[index] += offsets[index / width] }
    }
    return Tensor(values, shape: Shape(shape))
  }
}

/// Sebastiano Vigna's splitmix64, started from a seed and a name.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64, name: String) {
    // FNV-1a: a stable hash, which `Hasher` is not.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    state = hash ^ (seed &* 0x9e37_79b9_7f4a_7c15)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number of 0 up to 1, without 1.
  mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Two independent numbers of a standard normal distribution, by Box and Muller.
  mutating func normalPair() -> (Float, Float) {
    let radius = (-2 * log(Double(next() >> 11) * 0x1p-53 + 0x1p-54)).squareRoot()
    let angle = 2 * Double.pi * Double(next() >> 11) * 0x1p-53
    return (Float(radius * cos(angle)), Float(radius * sin(angle)))
  }
}
