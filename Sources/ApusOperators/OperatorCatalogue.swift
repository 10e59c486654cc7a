public import ApusGraph

/// Every operator Apus knows: the one place where an operator is made known to readers and writers.
public enum OperatorCatalogue {
  /// All operators.
  public static let all: [any Operator.Type] = elementwise + structure + networks

  /// The operator of a kind.
  public static func type(of kind: OperatorKind) -> (any Operator.Type)? { byKind[kind] }

  /// Functions of single elements, one or more inputs broadcast together; conversions between types.
  static let elementwise: [any Operator.Type] = [
    Abs.self,
    Add.self,
    And.self,
    Atan.self,
    Cast.self,
    CastLike.self,
    Ceil.self,
    Celu.self,
    Clip.self,
    Cos.self,
    DequantizeLinear.self,
    Div.self,
    Dropout.self,
    DynamicQuantizeLinear.self,
    Elu.self,
    Equal.self,
    Erf.self,
    Exp.self,
    Floor.self,
    Gelu.self,
    Greater.self,
    GreaterOrEqual.self,
    HardSigmoid.self,
    HardSwish.self,
    Identity.self,
    IsInf.self,
    IsNaN.self,
    LeakyRelu.self,
    Less.self,
    LessOrEqual.self,
    Log.self,
    Max.self,
    Mean.self,
    Min.self,
    Mish.self,
    Mod.self,
    Mul.self,
    Neg.self,
    Not.self,
    Or.self,
    PRelu.self,
    Pow.self,
    QuantizeLinear.self,
    Reciprocal.self,
    Relu.self,
    Round.self,
    Selu.self,
    Sigmoid.self,
    Sign.self,
    Silu.self,
    Sin.self,
    Softplus.self,
    Softsign.self,
    Sqrt.self,
    Sub.self,
    Sum.self,
    Swish.self,
    Tan.self,
    Tanh.self,
    ThresholdedRelu.self,
    Where.self,
    Xor.self,
  ]

  /// Operators that move, repeat, select or make elements.
  static let structure: [any Operator.Type] = [
    Concat.self,
    Constant.self,
    ConstantOfShape.self,
    Expand.self,
    Flatten.self,
    Gather.self,
    GatherElements.self,
    Reshape.self,
    ShapeOf.self,
    Size.self,
    Slice.self,
    Split.self,
    Squeeze.self,
    Tile.self,
    Transpose.self,
    Unsqueeze.self,
  ]

  /// Convolutions, products, pools, normalisation, reductions, resizing, selection of boxes.
  static let networks: [any Operator.Type] = [
    AveragePool.self,
    BatchNormalization.self,
    Conv.self,
    Gemm.self,
    Hardmax.self,
    LogSoftmax.self,
    LpPool.self,
    MatMul.self,
    MaxPool.self,
    ReduceL1.self,
    ReduceL2.self,
    ReduceLogSum.self,
    ReduceLogSumExp.self,
    ReduceMax.self,
    ReduceMean.self,
    ReduceMin.self,
    ReduceProd.self,
    ReduceSum.self,
    ReduceSumSquare.self,
    Resize.self,
    Softmax.self,
    TopK.self,
    Upsample.self,
  ]

  private static let byKind: [OperatorKind: any Operator.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.kind, $0) })
}
