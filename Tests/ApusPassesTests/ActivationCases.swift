import ApusGraph
import ApusOperators
import ApusTensor

enum ActivationCases {
  static let all = silu + hardSwish + others

  private static let silu = [
    PassCase("recognize-silu", "gate second", remains: ["Silu"]) { net in
      let x = net.input([3])
      return net.finish(try net.add(Mul(), x, try net.add(Sigmoid(), x)))
    },
    PassCase("recognize-silu", "gate first", remains: ["Silu", "Silu"]) { net in
      let x = net.input([3])
      let y = try net.add(Mul(), try net.add(Sigmoid(), x), x)
      return net.finish(try net.add(Mul(), try net.add(Sigmoid(), y), y))
    },
    PassCase("recognize-silu", "another argument", remains: nil) { net in
      let x = net.input([3])
      return net.finish(try net.add(Mul(), x, try net.add(Sigmoid(), try net.add(Relu(), x))))
    },
    PassCase("recognize-silu", "the gate is read elsewhere", remains: nil) { net in
      let x = net.input([3])
      let gate = try net.add(Sigmoid(), x)
      return net.finish(try net.add(Mul(), x, gate), gate)
    },
  ]

  private static func clipped(_ net: inout Net, _ x: ValueID, to top: Double) throws -> ValueID {
    try net.add(
      Clip(), try net.add(Add(), x, net.scalar(3)), net.scalar(0), net.scalar(top))
  }

  private static let hardSwish = [
    PassCase("recognize-hard-swish", "HardSigmoid", remains: ["HardSwish"]) { net in
      let x = net.input([3])
      let gate = try net.add(HardSigmoid(alpha: 1 / 6, beta: 0.5), x)
      return net.finish(try net.add(Mul(), x, gate))
    },
    PassCase("recognize-hard-swish", "divided at the end", remains: ["HardSwish"]) { net in
      let x = net.input([3])
      let y = try net.add(Mul(), x, try clipped(&net, x, to: 6))
      return net.finish(try net.add(Div(), y, net.scalar(6)))
    },
    PassCase("recognize-hard-swish", "divided first", remains: ["HardSwish"]) { net in
      let x = net.input([3])
      let gate = try net.add(Div(), try clipped(&net, x, to: 6), net.scalar(6))
      return net.finish(try net.add(Mul(), gate, x))
    },
    PassCase("recognize-hard-swish", "multiplied", remains: ["HardSwish"]) { net in
      let x = net.input([3])
      let gate = try net.add(Mul(), try clipped(&net, x, to: 6), net.scalar(1.0 / 6))
      return net.finish(try net.add(Mul(), x, gate))
    },
    PassCase("recognize-hard-swish", "another slope", remains: nil) { net in
      let x = net.input([3])
      return net.finish(try net.add(Mul(), x, try net.add(HardSigmoid(alpha: 0.2, beta: 0.5), x)))
    },
    PassCase("recognize-hard-swish", "another bound", remains: nil) { net in
      let x = net.input([3])
      let y = try net.add(Mul(), x, try clipped(&net, x, to: 3.5))
      return net.finish(try net.add(Div(), y, net.scalar(6)))
    },
  ]

  private static let others = [
    PassCase("recognize-mish", "with Softplus", remains: ["Mish"]) { net in
      let x = net.input([3])
      return net.finish(try net.add(Mul(), x, try net.add(Tanh(), try net.add(Softplus(), x))))
    },
    PassCase("recognize-mish", "written out", remains: ["Mish"]) { net in
      let x = net.input([3])
      let sum = try net.add(Add(), net.scalar(1), try net.add(Exp(), x))
      return net.finish(try net.add(Mul(), try net.add(Tanh(), try net.add(Log(), sum)), x))
    },
    PassCase("recognize-mish", "log(2 + e^x)", remains: nil) { net in
      let x = net.input([3])
      let sum = try net.add(Add(), net.scalar(2), try net.add(Exp(), x))
      return net.finish(try net.add(Mul(), try net.add(Tanh(), try net.add(Log(), sum)), x))
    },
    PassCase("recognize-gelu", "half at the end", remains: ["Gelu"]) { net in
      let x = net.input([3])
      let inner = try net.add(Erf(), try net.add(Div(), x, net.scalar(2.0.squareRoot())))
      let y = try net.add(Mul(), x, try net.add(Add(), inner, net.scalar(1)))
      return net.finish(try net.add(Mul(), y, net.scalar(0.5)))
    },
    PassCase("recognize-gelu", "half first, multiplied", remains: ["Gelu"]) { net in
      let x = net.input([3])
      let inner = try net.add(Erf(), try net.add(Mul(), x, net.scalar(0.5.squareRoot())))
      let half = try net.add(Mul(), x, net.scalar(0.5))
      return net.finish(try net.add(Mul(), half, try net.add(Add(), inner, net.scalar(1))))
    },
    PassCase("recognize-gelu", "another root", remains: nil) { net in
      let x = net.input([3])
      let inner = try net.add(Erf(), try net.add(Div(), x, net.scalar(1.5)))
      let y = try net.add(Mul(), x, try net.add(Add(), inner, net.scalar(1)))
      return net.finish(try net.add(Mul(), y, net.scalar(0.5)))
    },
  ]
}
