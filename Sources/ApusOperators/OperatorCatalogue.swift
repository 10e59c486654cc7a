public import ApusGraph

/// Every operator Apus knows: the one place where an operator is made known to readers and writers.
public enum OperatorCatalogue {
  /// All operators.
  public static let all: [any Operator.Type] = elementwise + structure + networks

  /// The operator of a kind.
  public static func type(of kind: OperatorKind) -> (any Operator.Type)? { byKind[kind] }

  /// Functions of single elements, one or more inputs broadcast together; conversions between types.
  static let elementwise: [any Operator.Type] = [
    Add.self,
    Mul.self,
    Relu.self,
    Sigmoid.self,
    Silu.self,
    Sub.self,
  ]

  /// Operators that move, repeat, select or make elements.
  static let structure: [any Operator.Type] = []

  /// Convolutions, products, pools, normalisation, reductions, resizing, selection of boxes.
  static let networks: [any Operator.Type] = [
    ArgMax.self,
    ArgMin.self,
    AveragePool.self,
    BatchNormalization.self,
    Conv.self,
    ConvInteger.self,
    ConvTranspose.self,
    Gemm.self,
    GlobalAveragePool.self,
    GlobalMaxPool.self,
    GroupNormalization.self,
    Hardmax.self,
    InstanceNormalization.self,
    LRN.self,
    LayerNormalization.self,
    LogSoftmax.self,
    LpPool.self,
    MatMul.self,
    MatMulInteger.self,
    MaxPool.self,
    NonMaxSuppression.self,
    QLinearConv.self,
    QLinearMatMul.self,
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
