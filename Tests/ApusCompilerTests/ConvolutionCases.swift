import ApusGraph
import ApusOperators
import ApusTensor

let convolutionCases: [Case] = [
  Case("1x1", [[1, 5, 7, 9]]) { g, x, n in [try g.conv(x[0], [11, 5, 1, 1], &n)] },
  Case("3x3 padded", [[2, 3, 8, 19]]) { g, x, n in
    [try g.conv(x[0], [9, 3, 3, 3], &n, pads: [1, 1, 1, 1])]
  },
  Case("6x6 stride 2", [[1, 3, 20, 24]]) { g, x, n in
    [try g.conv(x[0], [8, 3, 6, 6], &n, strides: [2, 2], pads: [2, 2, 2, 2])]
  },
  Case("dilated, uneven padding, no bias", [[1, 4, 13, 17]]) { g, x, n in
    [
      try g.conv(
        x[0], [5, 4, 3, 2], &n, strides: [1, 3], dilations: [2, 3], pads: [0, 1, 2, 3], bias: false)
    ]
  },
  Case("same upper", [[1, 2, 7, 8]]) { g, x, n in
    [try g.conv(x[0], [3, 2, 4, 4], &n, strides: [2, 2], padding: .sameUpper)]
  },
  Case("groups", [[2, 6, 5, 5]]) { g, x, n in
    [try g.conv(x[0], [10, 3, 3, 3], &n, groups: 2, pads: [1, 1, 1, 1])]
  },
  Case("depthwise", [[2, 6, 9, 33]]) { g, x, n in
    [try g.conv(x[0], [6, 1, 5, 5], &n, groups: 6, pads: [2, 2, 2, 2])]
  },
  Case("depthwise with multiplier, stride 2", [[1, 3, 9, 33]]) { g, x, n in
    [try g.conv(x[0], [6, 1, 3, 3], &n, groups: 3, strides: [2, 2], pads: [1, 1, 1, 1])]
  },
  Case("one axis", [[2, 3, 21]]) { g, x, n in
    [try g.conv(x[0], [4, 3, 5], &n, strides: [2], pads: [2, 1])]
  },
  Case("three axes go to the host", [[1, 2, 4, 5, 6]], hostSteps: 1) { g, x, n in
    [try g.conv(x[0], [3, 2, 2, 2, 2], &n)]
  },
  Case("deep sums", [[1, 90, 6, 6]]) { g, x, n in
    [try g.conv(x[0], [7, 90, 3, 3], &n, pads: [1, 1, 1, 1])]
  },
  Case("blocks of 4x4 pixels, batch", [[2, 24, 17, 22]]) { g, x, n in
    let first = try g.conv(x[0], [33, 24, 3, 3], &n, pads: [1, 1, 1, 1])
    return [try g.append(Relu(), [first], name: "relu")]
  },
  Case("blocks of 4x4 pixels, uneven padding, groups", [[1, 64, 15, 13]]) { g, x, n in
    [try g.conv(x[0], [64, 32, 3, 3], &n, groups: 2, pads: [0, 1, 2, 0])]
  },
  Case("blocks of 4x4 pixels, joint and sum", [[1, 16, 20, 16]]) { g, x, n in
    let left = try g.conv(x[0], [16, 16, 3, 3], &n, pads: [1, 1, 1, 1], scale: 0.1)
    let right = try g.conv(x[0], [20, 16, 3, 3], &n, pads: [1, 1, 1, 1], scale: 0.1)
    let sum = try g.append(
      Add(), [try g.append(Silu(), [left], name: "silu"), x[0]], name: "sum")
    let joint = try g.append(Concat(axis: 1), [sum, right], name: "joint")
    return [try g.conv(joint, [32, 36, 3, 3], &n, pads: [1, 1, 1, 1], scale: 0.1)]
  },
  Case("weights and bias that are inputs", [[1, 4, 9, 9], [6, 2, 3, 3], [6]]) { g, x, n in
    [try g.append(Conv(Convolution(groups: 2)), [x[0], x[1], x[2]], name: "conv")]
  },
  Case("batch normalisation", [[2, 5, 3, 7]]) { g, x, n in
    let lists = (0..<3).map { _ in g.weights([5], &n) }
    let variance = g.addConstant([0.5, 1, 2, 0.1, 4].tensor)
    return [
      try g.append(
        BatchNormalization(), [x[0], lists[0], lists[1], lists[2], variance], name: "norm")
    ]
  },
]

let poolCases: [Case] = [
  Case("max 5x5", [[1, 3, 20, 20]]) { g, x, n in
    let window = Window(pads: [2, 2, 2, 2])
    return [try g.append(MaxPool(Pooling(kernel: [5, 5], window: window)), [x[0]], name: "pool")]
  },
  Case("max, rounded up", [[2, 2, 9, 14]]) { g, x, n in
    let window = Window(strides: [2, 3], pads: [0, 1, 1, 1], roundsUp: true)
    return [try g.append(MaxPool(Pooling(kernel: [3, 3], window: window)), [x[0]], name: "pool")]
  },
  Case("max with places goes to the host", [[1, 1, 6, 6]], hostSteps: 1) { g, x, n in
    try g.append(
      MaxPool(Pooling(kernel: [2, 2])), [x[0]], name: "pool", outputNames: ["values", "places"])
  },
  Case("average", [[1, 3, 10, 21]]) { g, x, n in
    let window = Window(strides: [2, 2], pads: [1, 1, 1, 1])
    return [
      try g.append(AveragePool(Pooling(kernel: [3, 3], window: window)), [x[0]], name: "a"),
      try g.append(
        AveragePool(Pooling(kernel: [3, 3], window: window), countsPadding: true), [x[0]],
        name: "b"),
    ]
  },
  Case("average, rounded up", [[1, 1, 8, 9]]) { g, x, n in
    let window = Window(strides: [3, 3], pads: [1, 0, 1, 1], roundsUp: true)
    return [
      try g.append(
        AveragePool(Pooling(kernel: [3, 3], window: window), countsPadding: true), [x[0]],
        name: "pool")
    ]
  },
  Case("global average", [[2, 3, 7, 5]]) { g, x, n in
    [try g.append(GlobalAveragePool(), [x[0]], name: "pool")]
  },
]
