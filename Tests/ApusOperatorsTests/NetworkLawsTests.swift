import ApusGraph
import ApusOperators
import ApusTensor
import Testing

/// A tensor of small numbers that differ from one another.
func ramp(_ shape: Shape, _ dtype: DType = .float32, from start: Int = -3) -> Tensor {
  Tensor(
    integers: (0..<shape.count).map { Int64(start + $0 * 7 % 23) }, dtype: dtype, shape: shape)
}

/// One node for the laws.
struct LawCase: CustomTestStringConvertible, Sendable {
  let op: any Operator
  let inputs: [Tensor?]
  let outputCount: Int

  init(_ op: any Operator, _ inputs: [Tensor?], _ outputCount: Int = 1) {
    self.op = op
    self.inputs = inputs
    self.outputCount = outputCount
  }

  var testDescription: String { "\(op)" }
}

/// Evaluation, inference and every operator-set version agree on the operators of networks.
@Suite struct NetworkLawsTests {
  static let image = ramp([2, 4, 7, 6])

  static let convolutions: [LawCase] = [
    LawCase(Conv(), [image, ramp([3, 4, 3, 2]), ramp([3])]),
    LawCase(
      Conv(Convolution(window: Window(strides: [2, 3], pads: [1, 0, 2, 1]), groups: 2)),
      [image, ramp([6, 2, 3, 3])]),
    LawCase(
      Conv(Convolution(window: Window(strides: [2, 2], padding: .sameLower))),
      [image, ramp([5, 4, 3, 3])]),
    LawCase(Conv(), [ramp([1, 2, 9]), ramp([3, 2, 4])]),
    LawCase(Conv(), [ramp([1, 2, 4, 5, 3]), ramp([3, 2, 2, 2, 2])]),
    LawCase(
      ConvTranspose(window: Window(strides: [2, 2], pads: [1, 1, 0, 1]), outputPadding: [1, 0]),
      [image, ramp([4, 3, 3, 2]), ramp([3])]),
    LawCase(
      ConvTranspose(window: Window(strides: [2, 2], padding: .sameUpper), groups: 2),
      [image, ramp([4, 3, 3, 2])]),
    LawCase(MatMul(), [ramp([2, 1, 4, 5]), ramp([3, 5, 6])]),
    LawCase(MatMul(), [ramp([5], .int32), ramp([5], .int32)]),
    LawCase(
      Gemm(alpha: 0.5, beta: 2, transposesA: true, transposesB: true),
      [ramp([4, 3]), ramp([5, 4]), ramp([3, 1])]),
  ]

  static let pools: [LawCase] = [
    LawCase(
      MaxPool(
        Pooling(
          kernel: [3, 3], window: Window(strides: [2, 2], pads: [1, 1, 1, 1], roundsUp: true))
      ), [image], 2),
    LawCase(MaxPool(Pooling(kernel: [2, 3]), countsColumnsFirst: true), [image], 2),
    LawCase(
      AveragePool(
        Pooling(kernel: [3, 3], window: Window(pads: [1, 1, 1, 1])), countsPadding: true),
      [image]),
    LawCase(LpPool(Pooling(kernel: [2, 2]), p: 3), [image]),
    LawCase(GlobalAveragePool(), [image]), LawCase(GlobalMaxPool(), [image]),
  ]

  static let others: [LawCase] = [
    LawCase(Softmax(), [image]), LawCase(Softmax(axis: 1), [image]),
    LawCase(LogSoftmax(axis: 1), [image]), LawCase(Hardmax(axis: 1), [image]),
    LawCase(
      BatchNormalization(epsilon: 0.001),
      [image, ramp([4]), ramp([4]), ramp([4]), ramp([4], from: 1)]),
    LawCase(InstanceNormalization(), [image, ramp([4]), ramp([4])]),
    LawCase(GroupNormalization(groups: 2), [image, ramp([4]), ramp([4])]),
    LawCase(LayerNormalization(axis: -2), [image, ramp([7, 6]), ramp([6])], 3),
    LawCase(LRN(size: 3), [image]),
    LawCase(Resize(), [image, nil, Tensor([Float](arrayLiteral: 1, 1, 2, 0.5))]),
    LawCase(
      Resize(mode: .cubic, coordinates: .alignCorners),
      [image, nil, nil, Tensor([Int64](arrayLiteral: 2, 4, 5, 11))]),
    LawCase(
      Resize(mode: .linear, axes: [3, 2], antialias: true),
      [image, nil, nil, Tensor([Int64](arrayLiteral: 3, 4))]),
    LawCase(TopK(axis: 1), [image, Tensor([Int64(2)])], 2),
    LawCase(TopK(axis: -1, largest: false), [ramp([3, 6], .int64), Tensor([Int64(6)])], 2),
    LawCase(ArgMax(axis: -1, keepsAxis: false), [image]),
    LawCase(ArgMin(axis: 1, takesLast: true), [image]),
  ]

  static let reductions: [LawCase] = {
    let types: [any Reduction.Type] = [
      ReduceL1.self, ReduceL2.self, ReduceLogSum.self, ReduceLogSumExp.self, ReduceMax.self,
      ReduceMean.self, ReduceMin.self, ReduceProd.self, ReduceSum.self, ReduceSumSquare.self,
    ]
    let positive = ramp([2, 4, 3], from: 1)
    return types.flatMap { type in
      [
        LawCase(
          type.init(keepsAxes: true, keepsWithoutAxes: false), [positive, Tensor([Int64(-1), 0])]),
        LawCase(type.init(keepsAxes: false, keepsWithoutAxes: false), [positive]),
        LawCase(type.init(keepsAxes: false, keepsWithoutAxes: true), [positive]),
      ]
    }
  }()

  private static let scale = Tensor(scalar: Float(0.5))
  private static let zero = Tensor(scalar: UInt8(3))

  static let integers: [LawCase] = [
    LawCase(
      ConvInteger(), [ramp([1, 2, 5, 4], .uint8, from: 0), ramp([3, 2, 2, 2], .uint8, from: 1)]),
    LawCase(MatMulInteger(), [ramp([3, 4], .uint8, from: 0), ramp([4, 2], .int8)]),
    LawCase(
      QLinearConv(),
      [
        ramp([1, 2, 5, 4], .uint8, from: 0), scale, zero, ramp([3, 2, 2, 2], .uint8, from: 1),
        scale, zero, Tensor(scalar: Float(8)), zero,
      ]),
    LawCase(
      QLinearMatMul(),
      [
        ramp([3, 4], .uint8, from: 0), scale, zero, ramp([4, 2], .uint8, from: 1), scale, zero,
        Tensor(scalar: Float(8)), zero,
      ]),
  ]

  static let sampling: [LawCase] = [
    LawCase(
      GridSample(),
      [image, floats([-1, -0.5, 0, 0.25, 0.5, 1, 0.75, -0.75], [2, 1, 2, 2])]),
    LawCase(
      NonMaxSuppression(),
      [
        floats([0, 0, 2, 2, 0, 0, 2, 1.9, 5, 5, 6, 6], [1, 3, 4]),
        floats([0.9, 0.8, 0.7], [1, 1, 3]), Tensor(scalar: Int64(2)), Tensor(scalar: Float(0.5)),
        Tensor(scalar: Float(0.1)),
      ]),
    LawCase(EfficientNMS(maxOutputBoxes: 3), suppressed, 4),
    LawCase(
      EfficientNMS(backgroundClass: 0, activatesScores: true, boxesAreCentred: true), suppressed, 4),
  ]

  /// Boxes and scores of two classes.
  static let suppressed = [
    floats([0, 0, 2, 2, 0, 0, 2, 1.9, 5, 5, 6, 6], [1, 3, 4]),
    floats([0.9, 0.1, 0.8, 0.6, 0.1, 0.7], [1, 3, 2]),
  ]

  static let all = convolutions + pools + others + reductions + integers + sampling

  @Test(arguments: all)
  func holds(_ law: LawCase) {
    #expect(OperatorLaws(law.op, law.inputs, outputCount: law.outputCount).violations() == [])
  }

  @Test func countsMultiplyAccumulates() throws {
    let inputs = [Fact(.float32, [1, 8, 20, 20]), Fact(.float32, [16, 4, 3, 3])]
    let conv = Conv(Convolution(window: Window(pads: [1, 1, 1, 1]), groups: 2))
    let context = InferenceContext(inputs: inputs, outputCount: 1, scope: "conv")
    let outputs = try conv.infer(context)
    let count = conv.multiplyAccumulates(inputs: inputs, outputs: outputs)
    #expect(count == 16 * 20 * 20 * 4 * 3 * 3)
  }

  @Test func symbolicSizesGoThrough() throws {
    let height = Dimension.symbol("height")
    let x = Fact(.float32, [.symbol("batch"), 3, height * 32, 640])
    let stem = Conv(Convolution(window: Window(strides: [2, 2], pads: [1, 1, 1, 1])))
    let w = Fact(.float32, [16, 3, 3, 3])
    let facts = try stem.infer(
      InferenceContext(inputs: [x, w], outputCount: 1, scope: "stem"))
    #expect(facts[0].shape == [.symbol("batch"), 16, height * 16, 320])
    let scales = Fact(constant: Tensor([Float](arrayLiteral: 1, 1, 2, 2)))
    let up = try Resize().infer(
      InferenceContext(inputs: [facts[0], nil, scales], outputCount: 1, scope: "up"))
    #expect(up[0].shape == [.symbol("batch"), 16, height * 32, 640])
  }

  /// The compiler counts on it: weights and biases are what the input is.
  @Test(arguments: [
    LawCase(Conv(), [image, ramp([3, 4, 3, 2]), ramp([3], .float64)]),
    LawCase(Conv(), [image, ramp([3, 4, 3, 2], .float16)]),
    LawCase(ConvTranspose(), [image, ramp([4, 3, 3, 2]), ramp([3], .float64)]),
    LawCase(Gemm(), [ramp([4, 3]), ramp([3, 5]), ramp([5], .float64)]),
    LawCase(PRelu(), [image, ramp([4, 1, 1], .float64)]),
  ])
  func refusesInputsOfSeveralTypes(_ sample: LawCase) {
    let facts = sample.inputs.map { $0.map { Fact($0.dtype, $0.shape) } }
    let context = InferenceContext(inputs: facts, outputCount: 1, scope: "node")
    let error = #expect(throws: OperatorError.self) { try sample.op.infer(context) }
    #expect(error?.message.contains("one type") == true)
  }
}
