import ApusGraph
import ApusOperators
import ApusTensor

/// Nodes as a damaged or malicious file could hold them: made from a good one by random changes.
struct HostileNodes {
  var random: SplitMix64
  static let numbers: [Int64] = [
    0, 1, -1, 2, -2, 3, 7, 64, -64, 1 << 20, 1 << 31, -(1 << 31), 1 << 40, .max, .max - 1, .min,
    .min + 1,
  ]

  init(seed: UInt64) { random = SplitMix64(state: seed) }

  /// Reads, infers and evaluates one changed node; errors are fine, traps end the process.
  mutating func attack(
    _ type: any Operator.Type, opset: Int, attributes: [String: Attribute], inputs: [Tensor?],
    outputCount: Int
  ) {
    var attributes = attributes
    var inputs = inputs
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if Bool.random(using: &random),
        let name = attributes.keys.sorted().randomElement(using: &random)
      {
        if let old = attributes[name] { attributes[name] = changed(old) }
      } else if let index = inputs.indices.randomElement(using: &random) {
        inputs[index] =
          Int.random(in: 0..<8, using: &random) == 0 ? nil : inputs[index].map { changed($0) }
      }
    }
    let opset =
      Bool.random(using: &random) ? opset : Int.random(in: 7...OperatorLaws.newest, using: &random)
    var record = OperatorRecord(
      opset: opset, attributes: attributes,
      inputs: inputs.map { $0.map { .value(constant: $0) } ?? .absent }, outputCount: outputCount)
    guard let op = try? type.init(from: &record) else { return }
    let given = (0..<record.inputs.count).map { record.constantInput($0) }
    for constants in [true, false] {
      let facts = given.map { tensor -> Fact? in
        guard let tensor else { return nil }
        if constants || Bool.random(using: &random) { return Fact(constant: tensor) }
        let content = tensor.shape.rank <= 1 && tensor.count <= Fact.maximumContent
        var fact = Fact(
          tensor.dtype,
          tensor.shape.dimensions.map { _ in
            // The graph refuses negative sizes before any operator sees them.
            let size = symbol()
            return (size.fixed ?? 0) < 0 ? .symbol("m") : size
          })
        if content, tensor.dtype == .int64 {
          fact = Fact(
            content: (0..<tensor.count).map { _ in symbol() }, rank: tensor.shape.rank)
        }
        return fact
      }
      _ = try? op.infer(InferenceContext(inputs: facts, outputCount: outputCount, scope: "node"))
    }
    _ = try? op.evaluate(given)
    _ = try? op.encode(into: &record)
  }

  private mutating func symbol() -> Dimension {
    let number = Self.numbers.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .symbol("n")
    case 1: return .symbol("n") + Int(number)
    case 2: return .symbol("n") * Int(number)
    default: return .fixed(Int(number))
    }
  }

  private mutating func number() -> Int64 { Self.numbers.randomElement(using: &random) ?? 0 }

  private mutating func changed(_ attribute: Attribute) -> Attribute {
    switch attribute {
    case .int: return .int(number())
    case .float:
      return .float([0, .nan, .infinity, -1e30, 1e30].randomElement(using: &random) ?? 0)
    case .string: return .string("?")
    case .tensor(let tensor): return .tensor(changed(tensor))
    case .ints(var values):
      if Bool.random(using: &random) || values.isEmpty {
        values.append(number())
      } else {
        values[Int.random(in: 0..<values.count, using: &random)] = number()
      }
      return .ints(values)
    default: return .int(number())
    }
  }

  private mutating func changed(_ tensor: Tensor) -> Tensor {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return Tensor(zeros: [], dtype: tensor.dtype)
    case 1: return Tensor(zeros: [0], dtype: tensor.dtype)
    case 2: return Tensor(zeros: [0, 3], dtype: tensor.dtype)
    case 3: return tensor.converted(to: DType.allCases.randomElement(using: &random) ?? .bool)
    case 4: return tensor.reshaped(to: [tensor.count])
    case 5: return tensor.reshaped(to: Shape([1] + tensor.shape.dimensions))
    case 6:
      var sizes = tensor.shape.dimensions
      if let axis = sizes.indices.randomElement(using: &random) {
        sizes[axis] = Int.random(in: 0...4, using: &random)
      }
      return Tensor(zeros: Shape(sizes), dtype: tensor.dtype)
    default:
      var values = tensor.integers
      if let index = values.indices.randomElement(using: &random) { values[index] = number() }
      return Tensor(integers: values, dtype: tensor.dtype, shape: tensor.shape)
    }
  }
}

/// Steele, Lea and Flood's generator: equal seeds give equal numbers everywhere.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
