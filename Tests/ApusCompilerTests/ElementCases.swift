import ApusGraph
import ApusOperators
import ApusTensor

extension [Float] {
  /// The numbers as a tensor of one axis.
  var tensor: Tensor { Tensor(self) }
}

/// One case per function of one element.
private let functions: [(String, any Operator & Sendable)] = [
  ("relu", Relu()), ("leaky relu", LeakyRelu(alpha: 0.1)), ("sigmoid", Sigmoid()),
  ("silu", Silu()), ("hard sigmoid", HardSigmoid(alpha: 0.3, beta: 0.4)),
  ("hard swish", HardSwish()), ("tanh", Tanh()), ("mish", Mish()), ("exp", Exp()),
  ("abs", Abs()), ("neg", Neg()),
]

let elementCases: [Case] =
  functions.map { name, op in
    Case(name, [[2, 3, 37]]) { g, x, n in [try g.append(op, [x[0]], name: "f")] }
  } + pairCases

private let pairCases: [Case] = [
  Case("clip", [[50]]) { g, x, n in
    let low = g.addConstant(Tensor(scalar: Float(-0.5)))
    let high = g.addConstant(Tensor(scalar: Float(0.75)))
    return [
      try g.append(Clip(), [x[0], low, high], name: "a"),
      try g.append(Clip(), [x[0], nil, high], name: "b"),
    ]
  },
  Case("sqrt of squares", [[40]]) { g, x, n in
    let two = g.addConstant(Tensor(scalar: Float(2)))
    let square = try g.append(Pow(), [x[0], two], name: "square")
    return [try g.append(Sqrt(), [square], name: "root")]
  },
  Case("same shape", [[2, 3, 5], [2, 3, 5]]) { g, x, n in
    [
      try g.append(Add(), [x[0], x[1]], name: "a"), try g.append(Sub(), [x[0], x[1]], name: "b"),
      try g.append(Mul(), [x[0], x[1]], name: "c"), try g.append(Div(), [x[0], x[1]], name: "d"),
    ]
  },
  Case("scalar", [[2, 3, 5]]) { g, x, n in
    let scalar = g.addConstant(Tensor(scalar: Float(2)))
    return [
      try g.append(Mul(), [x[0], scalar], name: "a"), try g.append(Sub(), [scalar, x[0]], name: "b"),
    ]
  },
  Case("per channel", [[2, 3, 4, 5], [3, 1, 1], [1, 3, 1, 5]]) { g, x, n in
    [
      try g.append(Mul(), [x[0], x[1]], name: "a"), try g.append(Add(), [x[1], x[0]], name: "b"),
      try g.append(Sub(), [x[0], x[2]], name: "c"),
    ]
  },
  Case("both sides broadcast", [[4, 1, 5], [3, 1]]) { g, x, n in
    [try g.append(Add(), [x[0], x[1]], name: "a"), try g.append(Div(), [x[1], x[0]], name: "b")]
  },
  Case("grid and anchors", [[1, 3, 4, 5, 2]]) { g, x, n in
    let grid = g.weights([1, 1, 4, 5, 2], &n)
    let anchors = g.weights([1, 3, 1, 1, 2], &n)
    let moved = try g.append(Add(), [x[0], grid], name: "moved")
    return [try g.append(Mul(), [moved, anchors], name: "scaled")]
  },
  Case("max, min and sum of three", [[3, 4], [4], [3, 1]]) { g, x, n in
    [
      try g.append(Max(), x, name: "a"), try g.append(Min(), x, name: "b"),
      try g.append(Sum(), x, name: "c"),
    ]
  },
  Case("softmax", [[2, 5, 3, 4]]) { g, x, n in
    [
      try g.append(Softmax(axis: 1), [x[0]], name: "a"),
      try g.append(Softmax(axis: -1), [x[0]], name: "b"),
      try g.append(Softmax(axis: 2, flattens: true), [x[0]], name: "c"),
    ]
  },
]
