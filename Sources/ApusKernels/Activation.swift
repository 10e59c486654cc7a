internal import CApusKernels

/// An elementwise function of one argument that the kernels compute.
public enum Activation: Hashable, Sendable {
  /// The argument itself.
  case identity
  /// `max(0, x)`.
  case relu
  /// `x < 0 ? slope x : x`.
  case leakyRelu(slope: Float)
  /// `min(high, max(low, x))`.
  case clip(low: Float, high: Float)
  /// `1 / (1 + e^-x)`.
  case sigmoid
  /// `x / (1 + e^-x)`.
  case silu
  /// `min(1, max(0, slope x + offset))`.
  case hardSigmoid(slope: Float, offset: Float)
  /// `x min(1, max(0, x / 6 + 1/2))`.
  case hardSwish
  /// The hyperbolic tangent.
  case tanh
  /// `x tanh(ln(1 + e^x))`.
  case mish
  /// `e^x`.
  case exp
  /// The square root.
  case sqrt
  /// The magnitude.
  case abs
  /// `-x`.
  case negate

  /// Every function, those with parameters at the values ONNX gives them by default.
  public static let samples: [Activation] = [
    .identity, .relu, .leakyRelu(slope: 0.01), .leakyRelu(slope: 0.1), .clip(low: 0, high: 6),
    .sigmoid, .silu, .hardSigmoid(slope: 0.2, offset: 0.5), .hardSwish, .tanh, .mish, .exp, .sqrt,
    .abs, .negate,
  ]

  var cValue: apus_activation {
    switch self {
    case .identity: apus_activation(function: APUS_UNARY_IDENTITY, a: 0, b: 0)
    case .relu: apus_activation(function: APUS_UNARY_RELU, a: 0, b: 0)
    case .leakyRelu(let slope): apus_activation(function: APUS_UNARY_LEAKY_RELU, a: slope, b: 0)
    case .clip(let low, let high): apus_activation(function: APUS_UNARY_CLIP, a: low, b: high)
    case .sigmoid: apus_activation(function: APUS_UNARY_SIGMOID, a: 0, b: 0)
    case .silu: apus_activation(function: APUS_UNARY_SILU, a: 0, b: 0)
    case .hardSigmoid(let slope, let offset):
      apus_activation(function: APUS_UNARY_HARD_SIGMOID, a: slope, b: offset)
    case .hardSwish: apus_activation(function: APUS_UNARY_HARD_SWISH, a: 0, b: 0)
    case .tanh: apus_activation(function: APUS_UNARY_TANH, a: 0, b: 0)
    case .mish: apus_activation(function: APUS_UNARY_MISH, a: 0, b: 0)
    case .exp: apus_activation(function: APUS_UNARY_EXP, a: 0, b: 0)
    case .sqrt: apus_activation(function: APUS_UNARY_SQRT, a: 0, b: 0)
    case .abs: apus_activation(function: APUS_UNARY_ABS, a: 0, b: 0)
    case .negate: apus_activation(function: APUS_UNARY_NEGATE, a: 0, b: 0)
    }
  }
}
