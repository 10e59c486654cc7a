package import ApusGraph

/// A function of single numbers after a convolution.
package enum Activation: RecordedBlock, Hashable {
  case silu, relu, relu6, hardSwish, mish, sigmoid, tanh, identity
  case leakyRelu(Float)

  package static let classNames = [
    "SiLU", "ReLU", "ReLU6", "Hardswish", "Mish", "MemoryEfficientMish", "Sigmoid", "Tanh",
    "LeakyReLU",
  ]

  package init(_ module: RecordedModule) throws(FamilyError) {
    switch module.className {
    case "SiLU": self = .silu
    case "ReLU": self = .relu
    case "ReLU6": self = .relu6
    case "Hardswish": self = .hardSwish
    case "Mish", "MemoryEfficientMish": self = .mish
    case "Sigmoid": self = .sigmoid
    case "Tanh": self = .tanh
    case "LeakyReLU": self = .leakyRelu(Float(try module.number("negative_slope")))
    case "Identity": self = .identity
    default: throw module.bad("is no activation that is known")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    try network.activate(inputs[0], with: self, name: path)
  }
}
