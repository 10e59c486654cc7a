import ApusKernels
import ApusPlan

extension Window {
  /// The kernels' form of a plan's window.
  init(_ parameters: WindowParameters) {
    let p = parameters
    self.init(
      input: Size(p.input[0], p.input[1]), output: Size(p.output[0], p.output[1]),
      kernel: Size(p.kernel[0], p.kernel[1]), stride: Size(p.strides[0], p.strides[1]),
      dilation: Size(p.dilations[0], p.dilations[1]),
      padding: Padding(
        top: p.padding[0], left: p.padding[1], bottom: p.padding[2], right: p.padding[3]))
  }
}

extension Activation {
  /// The kernels' form of a plan's function.
  init(_ function: ElementwiseFunction) {
    switch function {
    case .identity: self = .identity
    case .relu: self = .relu
    case .leakyRelu(let slope): self = .leakyRelu(slope: slope)
    case .clip(let low, let high): self = .clip(low: low, high: high)
    case .sigmoid: self = .sigmoid
    case .silu: self = .silu
    case .hardSigmoid(let slope, let offset): self = .hardSigmoid(slope: slope, offset: offset)
    case .hardSwish: self = .hardSwish
    case .tanh: self = .tanh
    case .mish: self = .mish
    case .exp: self = .exp
    case .sqrt: self = .sqrt
    case .abs: self = .abs
    case .negate: self = .negate
    }
  }
}

extension ApusKernels.BinaryOperation {
  /// The kernels' form of a plan's function.
  init(_ function: PairFunction) {
    switch function {
    case .add: self = .add
    case .subtract: self = .subtract
    case .multiply: self = .multiply
    case .divide: self = .divide
    case .maximum: self = .maximum
    case .minimum: self = .minimum
    }
  }
}
