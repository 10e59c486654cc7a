import ApusGraph
import ApusOperators
import ApusTensor

enum SimplifyCases {
  static let all = folding + noOps + merging

  private static let folding = [
    PassCase("fold-constants", "larger than facts carry", remains: ["Add"]) { net in
      let x = net.input([5000])
      let sum = try net.add(Add(), net.weights([5000]), net.weights([5000]))
      return net.finish(try net.add(Add(), x, sum))
    },
    PassCase("fold-constants", "what only the input's sizes tell", remains: ["Add"]) { net in
      let x = net.input([2, 3])
      let sizes = try net.add(Cast(to: .float32), try net.add(ShapeOf(), x))
      return net.finish(
        try net.add(Add(), x, try net.add(Slice(), sizes, net.list([1]), net.list([2]))))
    },
    PassCase("fold-constants", "a large constant from a small one", remains: nil) { net in
      let x = net.input([1])
      let tiled = try net.add(Tile(), net.weights([1]), net.list([1 << 21]))
      return net.finish(try net.add(Add(), tiled, x))
    },
    PassCase("fold-constants", "quantised weights", remains: nil) { net in
      let x = net.input([4])
      let weights = net.graph.addConstant(Tensor([1, 2, -3, 4] as [Int8]))
      let real = try net.add(DequantizeLinear(), weights, net.scalar(0.5))
      return net.finish(try net.add(Mul(), x, try net.add(Relu(), real)))
    },
  ]

  private static let noOps = [
    PassCase("remove-no-ops", "a chain of all", remains: ["Relu", "Sigmoid"]) { net in
      var x = try net.add(Relu(), net.input([1, 2, 4, 4]))
      x = try net.add(Identity(), x)
      x = try net.add(Dropout(), x)
      x = try net.add(Cast(to: .float32), x)
      x = try net.add(Transpose([0, 1, 2, 3]), x)
      x = try net.add(Reshape(), x, net.list([1, 2, 4, -1]))
      x = try net.add(Slice(), x, net.list([0]), net.list([.max]), net.list([2]))
      x = try net.add(Concat(axis: 1), x)
      x = try net.add(Pad(), x, net.list([0, 0, 0, 0, 0, 0, 0, 0]))
      x = try net.add(Resize(), x, nil, net.constant([1, 1, 1, 1], [4]))
      x = try net.add(Mul(), net.scalar(1), x)
      x = try net.add(Add(), x, net.constant([0, 0], [2, 1, 1]))
      x = try net.add(Sub(), x, net.scalar(0))
      x = try net.add(Div(), x, net.scalar(1))
      x = try net.add(Expand(), x, net.list([1, 2, 1, 1]))
      x = try net.add(Tile(), x, net.list([1, 1, 1, 1]))
      x = try net.add(Max(), x)
      return net.finish(try net.add(Sigmoid(), x))
    },
    PassCase("remove-no-ops", "before an output, which keeps its name", remains: ["Relu"]) { net in
      let x = net.input([3])
      return net.finish(try net.add(Identity(), try net.add(Relu(), x)))
    },
    PassCase("remove-no-ops", "an input given out", remains: nil) { net in
      let x = net.input([3])
      return net.finish(try net.add(Identity(), x))
    },
    PassCase("remove-no-ops", "one value given out twice", remains: nil) { net in
      let x = try net.add(Relu(), net.input([3]))
      return net.finish(x, try net.add(Identity(), x))
    },
    PassCase("remove-no-ops", "a slice backwards", remains: nil) { net in
      let x = net.input([3])
      return net.finish(
        try net.add(
          Slice(), x, net.list([-1]), net.list([-1000]), net.list([0]), net.list([-1])))
    },
    PassCase("remove-no-ops", "a factor of 1 that broadcasts", remains: nil) { net in
      let x = net.input([3])
      return net.finish(try net.add(Mul(), x, net.constant([1, 1], [2, 1])))
    },
    PassCase("remove-no-ops", "1 - x, 1 / x", remains: nil) { net in
      let x = net.input([3])
      let y = try net.add(Sub(), net.scalar(0), x)
      return net.finish(try net.add(Div(), net.scalar(1), try net.add(Sub(), y, net.scalar(2))))
    },
    PassCase("remove-no-ops", "a scale that only rounds to the same size", remains: nil) { net in
      let x = net.input([1, 1, 4, 4])
      return net.finish(
        try net.add(
          Resize(mode: .linear), x, nil, net.constant([1, 1, 1.1, 1.1], [4])))
    },
    PassCase("remove-no-ops", "a pad that moves", remains: nil) { net in
      let x = net.input([4])
      return net.finish(try net.add(Pad(), x, net.list([1, -1])))
    },
  ]

  private static let merging = [
    PassCase("merge-equal-nodes", "equal constants too", remains: ["Relu", "Mul", "Add"]) { net in
      let x = net.input([3])
      let a = try net.add(Mul(), try net.add(Relu(), x), net.scalar(2))
      let b = try net.add(Mul(), try net.add(Relu(), x), net.scalar(2))
      return net.finish(try net.add(Add(), a, b))
    },
    PassCase("merge-equal-nodes", "other constants, attributes, outputs", remains: nil) { net in
      let x = net.input([3])
      let a = try net.add(Mul(), x, net.scalar(2))
      let b = try net.add(Mul(), x, net.scalar(3))
      let c = try net.add(LeakyRelu(alpha: 0.1), x)
      let d = try net.add(LeakyRelu(alpha: 0.2), x)
      return net.finish(a, b, c, d, try net.add(Relu(), x), try net.add(Relu(), x))
    },
    PassCase("resolve-reshapes", "one unknown size", remains: ["Reshape"]) { net in
      let x = net.input([.symbol("n"), 4])
      let first = try net.add(Slice(), try net.add(ShapeOf(), x), net.list([0]), net.list([1]))
      let shape = try net.add(Concat(axis: 0), first, net.list([2, 2]))
      return net.finish(try net.add(Reshape(), x, shape))
    },
    PassCase("resolve-reshapes", "two sizes exchanged", remains: nil) { net in
      let x = net.input([.symbol("n"), .symbol("m")])
      let shape = try net.add(ShapeOf(), x)
      let first = try net.add(Slice(), shape, net.list([0]), net.list([1]))
      let second = try net.add(Slice(), shape, net.list([1]), net.list([2]))
      return net.finish(try net.add(Reshape(), x, try net.add(Concat(axis: 0), second, first)))
    },
    PassCase("merge-casts", "to wider and back", remains: ["Relu"]) { net in
      let x = net.input([3], .float16)
      let y = try net.add(Cast(to: .float16), try net.add(Cast(to: .float32), x))
      return net.finish(try net.add(Relu(), y))
    },
    PassCase("merge-casts", "to wider and on", remains: ["Cast"]) { net in
      let x = net.input([3], .int8)
      return net.finish(try net.add(Cast(to: .int64), try net.add(Cast(to: .int16), x)))
    },
    PassCase("merge-casts", "to narrower and back", remains: nil) { net in
      let x = net.input([3])
      let y = try net.add(Cast(to: .float32), try net.add(Cast(to: .float16), x))
      return net.finish(try net.add(Relu(), y))
    },
    PassCase("merge-casts", "out of an integer type's range", remains: nil) { net in
      let x = net.input([3], .float32)
      let y = try net.add(Cast(to: .int32), x)
      return net.finish(try net.add(Cast(to: .uint8), y))
    },
    PassCase("merge-reshapes", "three kinds", remains: ["Reshape"]) { net in
      let x = net.input([.symbol("n"), 3, 4])
      let a = try net.add(Flatten(axis: 1), x)
      let b = try net.add(Unsqueeze(), a, net.list([1]))
      return net.finish(try net.add(Reshape(), b, net.list([0, 2, 6])))
    },
    PassCase("merge-reshapes", "there and back", remains: ["Relu"]) { net in
      let x = net.input([1, 3, 4])
      let a = try net.add(Squeeze(), x, net.list([0]))
      return net.finish(try net.add(Relu(), try net.add(Unsqueeze(), a, net.list([0]))))
    },
    PassCase("merge-reshapes", "one in the middle that is read", remains: nil) { net in
      let x = net.input([1, 3, 4])
      let a = try net.add(Reshape(), x, net.list([12]))
      return net.finish(try net.add(Relu(), a), try net.add(Reshape(), a, net.list([4, 3])))
    },
  ]
}
