public import ApusGraph
public import ApusTensor

/// Reproducible random inputs for a graph, as a network meets them.
public struct RandomInputs: Sendable {
  /// What makes the numbers the same every time.
  public let seed: UInt64

  /// Inputs made from a seed.
  public init(seed: UInt64) { self.seed = seed }

  /// One tensor for every input of the graph.
  ///
  /// Floating-point numbers lie in 0 ..< 1, integers in 0 ... 255 or the smaller range of their type. A symbolic
  /// first axis becomes 1, the other symbolic sizes multiples of 32 from 64 to 160, equal names equal sizes.
  public func tensors(for graph: Graph) throws(GraphError) -> [String: Tensor] {
    var generator = SeededGenerator(seed: seed)
    var sizes: [String: Int] = [:]
    for id in graph.inputs {
      if let first = graph[id].fact.shape?.first { for name in first.symbols { sizes[name] = 1 } }
    }
    let symbols = graph.inputs.flatMap { graph[$0].fact.shape ?? [] }.flatMap {
      $0.symbols.sorted()
    }
    for name in symbols where sizes[name] == nil {
      sizes[name] = 64 + 32 * Int(generator.next() % 4)
    }
    var tensors: [String: Tensor] = [:]
    for id in graph.inputs {
      let value = graph[id]
      guard let dtype = value.fact.dtype, let facts = value.fact.shape else {
        throw GraphError(.usage, value: value.name, "has no known type and shape")
      }
      var shape: [Int] = []
      for size in facts {
        guard let number = size.substituting(sizes).fixed, number >= 0 else {
          throw GraphError(.usage, value: value.name, "has a size that cannot be chosen: \(size)")
        }
        shape.append(number)
      }
      tensors[value.name] = generator.tensor(dtype, Shape(shape))
    }
    return tensors
  }
}

/// A small generator of reproducible numbers (SplitMix64: Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A tensor of random numbers.
  mutating func tensor(_ dtype: DType, _ shape: Shape) -> Tensor {
    if dtype.isFloatingPoint {
      let numbers = (0..<shape.count).map { _ in Double(next() >> 40) * 0x1p-24 }
      return Tensor(doubles: numbers, dtype: dtype, shape: shape)
    }
    let limit: UInt64 = dtype == .bool ? 2 : dtype == .int8 ? 128 : 256
    return Tensor(
      integers: (0..<shape.count).map { _ in Int64(next() % limit) }, dtype: dtype, shape: shape)
  }
}
