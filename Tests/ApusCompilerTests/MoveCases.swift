import ApusGraph
import ApusOperators
import ApusTensor

let moveCases: [Case] = [
  Case("transpose", [[2, 3, 4, 5]]) { g, x, n in
    [
      try g.append(Transpose([0, 2, 3, 1]), [x[0]], name: "a"),
      try g.append(Transpose(nil), [x[0]], name: "b"),
      try g.append(Transpose([1, 0, 2, 3]), [x[0]], name: "c"),
    ]
  },
  Case("concat", [[2, 3, 4], [2, 1, 4], [2, 2, 4]]) { g, x, n in
    let constant = g.weights([2, 2, 4], &n)
    return [
      try g.append(Concat(axis: 1), [x[0], x[1], constant, x[2], x[0]], name: "a"),
      try g.append(Concat(axis: -1), [x[2], x[2]], name: "b"),
    ]
  },
  Case("split", [[2, 7, 3]]) { g, x, n in
    let sizes = g.list([2, 4, 1])
    return try g.append(
      Split(axis: 1, pieces: nil), [x[0], sizes], name: "split", outputNames: ["a", "b", "c"])
  },
  Case("slice", [[3, 8, 9]]) { g, x, n in
    let a = [[1, 0], [100, -1], [1, 2], [2, 3]].map { g.list($0) }
    let b = [[-1], [-100], [2], [-2]].map { g.list($0) }
    return [
      try g.append(Slice(), [x[0]] + a, name: "a"), try g.append(Slice(), [x[0]] + b, name: "b"),
      try g.append(Slice(), [x[0], g.list([1]), g.list([2])], name: "c"),
    ]
  },
  Case("focus", [[1, 3, 8, 6]]) { g, x, n in
    var parts: [ValueID] = []
    for (row, column) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let lists = [[row, column], [1000, 1000], [2, 3], [2, 2]].map { g.list($0) }
      parts.append(try g.append(Slice(), [x[0]] + lists, name: "part"))
    }
    return [try g.append(Concat(axis: 1), parts, name: "focus")]
  },
  Case("shapes", [[2, 3, 4]]) { g, x, n in
    let flat = try g.append(Flatten(axis: 1), [x[0]], name: "flat")
    let shape = g.list([4, -1])
    let reshaped = try g.append(Reshape(), [flat, shape], name: "reshaped")
    let wide = try g.append(Unsqueeze(), [reshaped, g.list([0, 3])], name: "wide")
    let narrow = try g.append(Squeeze(), [wide, g.list([0])], name: "narrow")
    return [narrow, try g.append(Identity(), [x[0]], name: "same"), flat]
  },
  Case("expand", [[3, 1, 2]]) { g, x, n in
    [try g.append(Expand(), [x[0], g.list([2, 1, 4, 1])], name: "expand")]
  },
  Case("nearest neighbour", [[2, 3, 5, 4]]) { g, x, n in
    let scales = g.addConstant([1, 1, 2, 2].tensor)
    let odd = g.addConstant([1, 1, 0.6, 1.7].tensor)
    let sizes = g.list([2, 3, 9, 3])
    return [
      try g.append(
        Resize(coordinates: .asymmetric, rounding: .floor), [x[0], nil, scales], name: "a"),
      try g.append(Resize(), [x[0], nil, odd], name: "b"),
      try g.append(Resize(coordinates: .alignCorners), [x[0], nil, nil, sizes], name: "c"),
      try g.append(Upsample(), [x[0], scales], name: "d"),
    ]
  },
  Case("linear resizing goes to the host", [[1, 1, 3, 3]], hostSteps: 1) { g, x, n in
    let scales = g.addConstant([1, 1, 2, 2].tensor)
    return [try g.append(Resize(mode: .linear), [x[0], nil, scales], name: "resize")]
  },
  Case("outputs that are inputs and constants", [[3]]) { g, x, n in
    [x[0], g.weights([4], &n), try g.append(Relu(), [x[0]], name: "relu")]
  },
  Case("nothing to compute", [[0, 3]]) { g, x, n in
    [try g.append(Relu(), [x[0]], name: "a"), try g.append(Add(), [x[0], x[0]], name: "b")]
  },
]

let productCases: [Case] = [
  Case("matrix times constant", [[5, 7]]) { g, x, n in
    [try g.append(MatMul(), [x[0], g.weights([7, 9], &n)], name: "product")]
  },
  Case("constant times matrix", [[7, 40]]) { g, x, n in
    [try g.append(MatMul(), [g.weights([6, 7], &n), x[0]], name: "product")]
  },
  Case("stacks", [[2, 3, 4, 5], [2, 3, 5, 6]]) { g, x, n in
    [try g.append(MatMul(), [x[0], x[1]], name: "product")]
  },
  Case("one on the left", [[4, 5], [3, 5, 6]]) { g, x, n in
    [try g.append(MatMul(), [x[0], x[1]], name: "product")]
  },
  Case("one on the right", [[3, 4, 5], [1, 5, 6]]) { g, x, n in
    [try g.append(MatMul(), [x[0], x[1]], name: "product")]
  },
  Case("vectors", [[5], [5, 6], [5]]) { g, x, n in
    [
      try g.append(MatMul(), [x[0], x[1]], name: "a"),
      try g.append(MatMul(), [x[0], x[2]], name: "b"),
    ]
  },
  Case("broadcast stacks go to the host", [[2, 1, 3, 4], [5, 4, 2]], hostSteps: 1) { g, x, n in
    [try g.append(MatMul(), [x[0], x[1]], name: "product")]
  },
  Case("gemm", [[5, 7], [5]]) { g, x, n in
    [
      try g.append(
        Gemm(transposesB: true), [x[0], g.weights([9, 7], &n), g.weights([9], &n)], name: "a"),
      try g.append(
        Gemm(alpha: 0.5, transposesA: true), [x[0], g.weights([5, 3], &n), nil], name: "b"),
      try g.append(
        Gemm(transposesA: true, transposesB: true), [g.weights([7, 6], &n), x[0], x[1]], name: "c"),
    ]
  },
]
