import ApusGraph
import ApusOperators
import ApusTensor
import Testing

/// Attributes and inputs from a file may be anything: they give an error or a result, never a crash.
@Suite struct UntrustedAttributesTests {
  /// Numbers that have been known to overflow, divide by zero or ask for all memory.
  static let numbers: [Int64] = [
    0, 1, 2, 3, -1, -2, 7, 1 << 20, 1 << 31, 1 << 40, .max, .min,
  ]
  static let names = [
    "Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "MaxPool", "AveragePool", "LpPool",
    "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LayerNormalization",
    "LRN",
    "MatMul", "MatMulInteger", "QLinearMatMul", "Gemm", "Softmax", "LogSoftmax", "Hardmax",
    "Resize",
    "Upsample", "ReduceMax", "ReduceMean", "ReduceLogSumExp", "ReduceSum", "ArgMax", "ArgMin",
    "TopK", "NonMaxSuppression", "GlobalAveragePool", "GlobalMaxPool", "GridSample",
  ]

  /// Operators of so many inputs that random ones hardly ever fit.
  static let rarelyAccepted: Set = [
    "QLinearConv", "QLinearMatMul", "GroupNormalization", "InstanceNormalization",
    "BatchNormalization", "Conv", "ConvTranspose", "ConvInteger", "NonMaxSuppression", "Upsample",
    "Resize", "LayerNormalization",
  ]

  @Test(arguments: names) func neverCrashes(_ name: String) throws {
    let type = try #require(OperatorCatalogue.type(of: OperatorKind(name)))
    var generator = SplitMix(state: 11)
    var accepted = 0
    for _ in 0..<1000 {
      let inputs = (0..<Int.random(in: 0...9, using: &generator)).map { _ in tensor(&generator) }
      var record = OperatorRecord(
        opset: Int.random(in: 7...22, using: &generator), attributes: attributes(&generator),
        inputs: inputs.map { $0.map { .value(constant: $0) } ?? .absent })
      guard let op = try? type.init(from: &record) else { continue }
      let given = (0..<record.inputs.count).map { record.constantInput($0) }
      for known in [true, false] {
        let facts = given.map { $0.map { known ? Fact(constant: $0) : Fact($0.dtype, $0.shape) } }
        _ = try? op.infer(InferenceContext(inputs: facts, outputCount: 1, scope: "node"))
      }
      if (try? op.evaluate(given)) != nil { accepted += 1 }
    }
    // The generator must at times hit what works, or it tests the first check alone.
    #expect(accepted > 0 || Self.rarelyAccepted.contains(name))
  }

  private func attributes(_ generator: inout SplitMix) -> [String: Attribute] {
    var attributes: [String: Attribute] = [:]
    for name in ["strides", "dilations", "pads", "kernel_shape", "axes", "output_padding"] {
      guard Int.random(in: 0...3, using: &generator) == 0 || name == "kernel_shape" else {
        continue
      }
      let isSmall = Bool.random(using: &generator)
      attributes[name] = .ints(
        (0..<(name == "pads" ? 4 : 2)).map { _ in
          isSmall
            ? Int64.random(in: 0...2, using: &generator)
            : Self.numbers.randomElement(using: &generator) ?? 0
        })
    }
    for name in ["group", "axis", "k", "size", "num_groups", "p", "ceil_mode", "keepdims"] {
      if Int.random(in: 0...2, using: &generator) > 0 { continue }
      attributes[name] = .int(Self.numbers.randomElement(using: &generator) ?? 0)
    }
    attributes["size"] = attributes["size"] ?? .int(3)
    let paddings = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "nonsense"]
    if Bool.random(using: &generator) {
      attributes["auto_pad"] = .string(paddings.randomElement(using: &generator) ?? "")
    }
    if Int.random(in: 0...3, using: &generator) == 0 {
      attributes["scales"] = .floats([1, 1, .random(in: -1...3, using: &generator), .infinity])
    }
    let modes = ["nearest", "linear", "cubic"]
    attributes["mode"] = .string(modes.randomElement(using: &generator) ?? "")
    let coordinates = ["half_pixel", "align_corners", "tf_crop_and_resize", "pytorch_half_pixel"]
    attributes["coordinate_transformation_mode"] = .string(
      coordinates.randomElement(using: &generator) ?? "")
    return attributes
  }

  private func tensor(_ generator: inout SplitMix) -> Tensor? {
    let lists: [[Int]] = [
      [], [0], [1], [2], [3], [4], [2, 3], [3, 3], [1, 4, 0], [1, 4, 4], [2, 2, 4], [2, 3, 4, 4],
      [3, 3, 2, 2], [0, 3, 4, 4], [2, 0, 4, 4], [3, 3, 0, 1], [1, 1, 1, 1], [8], [2, 2, 3, 3, 3],
    ]
    guard Int.random(in: 0...9, using: &generator) > 0 else { return nil }
    let shape = Shape(lists.randomElement(using: &generator) ?? [])
    let dtypes: [DType] = [.float32, .float32, .int64, .uint8, .int8, .float16]
    let dtype = dtypes.randomElement(using: &generator) ?? .float32
    let isWild = Int.random(in: 0...3, using: &generator) == 0
    let values = (0..<shape.count).map { _ in
      isWild
        ? Self.numbers.randomElement(using: &generator) ?? 0
        : Int64.random(in: 0...4, using: &generator)
    }
    return Tensor(integers: values, dtype: dtype, shape: shape)
  }

  @Test func errorsNameWhatIsWrong() {
    let x = ramp([1, 4, 5, 5])
    #expect(throws: OperatorError.self) { try Conv().evaluate([x, ramp([3, 3, 3, 3])]) }
    #expect(throws: OperatorError.self) { try Conv().evaluate([x, ramp([3, 4, 6, 3])]) }
    var record = OperatorRecord(
      opset: 13, attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([0, 1])])
    do {
      _ = try MaxPool(from: &record)
      Issue.record("a stride of 0 is accepted")
    } catch {
      #expect(error.message.contains("'strides'"))
      #expect(error.message.contains("[0, 1]"))
    }
    let sizes = Tensor([Int64](arrayLiteral: 1, 4, 1 << 20, 1 << 20))
    #expect(throws: OperatorError.self) { try Resize().evaluate([x, nil, nil, sizes]) }
  }
}

/// A small generator of the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
