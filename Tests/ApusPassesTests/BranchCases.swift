import ApusGraph
import ApusOperators
import ApusTensor

/// Cases of branches in parallel, and of constants before a convolution.
enum BranchCases {
  static let all = merged + kept + other + shifts

  private static let pass = "merge-parallel-convolutions"

  /// A convolution of random weights.
  private static func conv(
    _ net: inout Net, _ x: ValueID, _ sizes: Shape, pads: [Int] = [], strides: [Int] = [],
    dilations: [Int] = [], groups: Int = 1, bias: Bool = true
  ) throws -> ValueID {
    let window = Window(strides: strides, dilations: dilations, pads: pads)
    return try net.add(
      Conv(Convolution(window: window, groups: groups)), x, net.weights(sizes),
      bias ? net.weights([sizes[0]]) : nil)
  }

  /// A normalisation of random statistics.
  private static func normalise(
    _ net: inout Net, _ x: ValueID, _ channels: Int, trains: Bool = false
  ) throws -> ValueID {
    let statistics = (0..<4).map { _ -> ValueID? in net.weights([channels]) }
    return try net.graph.append(
      BatchNormalization(epsilon: 1e-3, trains: trains), [x] + statistics, name: "identity",
      outputNames: trains ? ["identity", "mean", "variance"] : ["identity"])[0]
  }

  private static let merged = [
    PassCase(pass, "3x3 and 1x1, of any size", remains: ["Conv"]) { net in
      let x = net.input([.symbol("n"), 2, .symbol("h"), .symbol("w")])
      let dense = try conv(&net, x, [3, 2, 3, 3], pads: [1, 1, 1, 1], strides: [2, 2])
      let point = try conv(&net, x, [3, 2, 1, 1], strides: [2, 2], bias: false)
      return net.finish(try net.add(Add(), dense, point))
    },
    PassCase(pass, "3x3, 1x1 and identity", remains: ["Conv"]) { net in
      let x = net.input([1, 3, 5, 6])
      let point = try conv(&net, x, [3, 3, 1, 1])
      let dense = try conv(&net, x, [3, 3, 3, 3], pads: [1, 1, 1, 1])
      let sum = try net.add(Add(), point, dense)
      return net.finish(try net.add(Add(), try normalise(&net, x, 3), sum))
    },
    PassCase(pass, "in groups", remains: ["Conv"]) { net in
      let x = net.input([2, 4, 5, 5])
      let dense = try conv(&net, x, [4, 2, 3, 3], pads: [1, 1, 1, 1], groups: 2, bias: false)
      let point = try conv(&net, x, [4, 2, 1, 1], groups: 2, bias: false)
      return net.finish(try net.add(Sum(), dense, try normalise(&net, x, 4), point))
    },
    PassCase(pass, "depthwise 7x7 and 3x3", remains: ["Conv"]) { net in
      let x = net.input([1, 4, 9, 9])
      let large = try conv(&net, x, [4, 1, 7, 7], pads: [3, 3, 3, 3], groups: 4)
      let small = try conv(&net, x, [4, 1, 3, 3], pads: [1, 1, 1, 1], groups: 4)
      return net.finish(try net.add(Add(), small, large))
    },
    PassCase(pass, "a row and a column inside a square", remains: ["Conv"]) { net in
      let x = net.input([1, 2, 5, 6])
      let row = try conv(&net, x, [2, 2, 1, 3], pads: [0, 1, 0, 1])
      let column = try conv(&net, x, [2, 2, 3, 1], pads: [1, 0, 1, 0])
      let sum = try net.add(Add(), row, column)
      return net.finish(
        try net.add(Add(), sum, try conv(&net, x, [2, 2, 3, 3], pads: [1, 1, 1, 1])))
    },
    PassCase(pass, "dilated, and in a corner of the kernel", remains: ["Conv"]) { net in
      let x = net.input([1, 2, 7, 7])
      let dense = try conv(&net, x, [2, 2, 3, 3], pads: [0, 4, 4, 0], dilations: [2, 2])
      return net.finish(try net.add(Add(), try conv(&net, x, [2, 2, 1, 1]), dense))
    },
    PassCase(pass, "in one dimension", remains: ["Conv"]) { net in
      let x = net.input([1, 2, 7])
      let dense = try conv(&net, x, [2, 2, 3], pads: [1, 1])
      return net.finish(try net.add(Add(), try normalise(&net, x, 2), dense))
    },
    PassCase(pass, "the residual stays", remains: ["Conv", "Add", "Relu"]) { net in
      let x = net.input([1, 2, 5, 5])
      let dense = try conv(&net, x, [2, 2, 3, 3], pads: [1, 1, 1, 1])
      let sum = try net.add(Add(), x, try conv(&net, x, [2, 2, 1, 1]))
      return net.finish(try net.add(Relu(), try net.add(Add(), dense, sum)))
    },
    PassCase(pass, "of two values", remains: ["Conv", "Conv", "Add"]) { net in
      let x = net.input([1, 2, 5, 5])
      let y = net.input([1, 3, 5, 5], name: "y")
      var sum = try conv(&net, x, [2, 2, 3, 3], pads: [1, 1, 1, 1])
      sum = try net.add(Add(), sum, try conv(&net, y, [2, 3, 1, 1]))
      sum = try net.add(Add(), sum, try conv(&net, x, [2, 2, 1, 1]))
      return net.finish(
        try net.add(Add(), sum, try conv(&net, y, [2, 3, 3, 3], pads: [1, 1, 1, 1])))
    },
    PassCase(pass, "two sums of one value", remains: ["Conv", "Conv", "Add"]) { net in
      let x = net.input([1, 2, 9, 9])
      let terms = try [1, 2, 1, 2].map {
        try conv(
          &net, x, [2, 2, 3, 3], pads: [$0, $0, $0, $0], dilations: [$0, $0]) as ValueID?
      }
      return net.finish(try net.graph.append(Sum(), terms, name: "sum"))
    },
  ]

  /// Two convolutions of one value that are added.
  private static func pair(
    _ title: String,
    _ build: @escaping @Sendable (inout Net, ValueID) throws -> (ValueID, ValueID)
  ) -> PassCase {
    PassCase(pass, title, remains: nil) { net in
      let (a, b) = try build(&net, net.input([1, 4, 9, 9]))
      return net.finish(try net.add(Add(), a, b))
    }
  }

  private static let kept = [
    pair("unequal strides") { net, x in
      // The kernels are as large as the input: there is one output, whatever the stride.
      let step = try conv(&net, x, [2, 4, 9, 9], strides: [2, 2])
      return (step, try conv(&net, x, [2, 4, 9, 9]))
    },
    pair("unequal groups") { net, x in
      let dense = try conv(&net, x, [4, 4, 3, 3], pads: [1, 1, 1, 1])
      return (dense, try conv(&net, x, [4, 2, 1, 1], groups: 2))
    },
    pair("unequal dilations") { net, x in
      let dense = try conv(&net, x, [4, 4, 3, 3], pads: [1, 1, 1, 1])
      return (dense, try conv(&net, x, [4, 4, 3, 3], pads: [2, 2, 2, 2], dilations: [2, 2]))
    },
    pair("unequal sizes that broadcast") { net, x in
      let dense = try conv(&net, x, [4, 4, 3, 3], pads: [1, 1, 1, 1])
      return (dense, try conv(&net, x, [4, 4, 9, 9]))
    },
    pair("unequal filters that broadcast") { net, x in
      let dense = try conv(&net, x, [4, 4, 3, 3], pads: [1, 1, 1, 1])
      return (dense, try conv(&net, x, [1, 4, 1, 1]))
    },
    pair("uneven padding beyond the kernel") { net, x in
      let dense = try conv(&net, x, [4, 4, 3, 3], pads: [2, 1, 0, 1])
      return (dense, try conv(&net, x, [4, 4, 3, 3], pads: [1, 1, 1, 1]))
    },
    pair("between the elements of a dilated kernel") { net, x in
      let dense = try conv(&net, x, [4, 4, 3, 3], pads: [1, 1, 3, 3], dilations: [2, 2])
      return (dense, try conv(&net, x, [4, 4, 1, 1]))
    },
    pair("a row and a column") { net, x in
      let row = try conv(&net, x, [4, 4, 1, 3], pads: [0, 1, 0, 1])
      return (row, try conv(&net, x, [4, 4, 3, 1], pads: [1, 0, 1, 0]))
    },
    pair("automatic padding") { net, x in
      let window = Window(padding: .sameUpper)
      let same = try net.add(Conv(Convolution(window: window)), x, net.weights([4, 4, 3, 3]))
      return (same, try conv(&net, x, [4, 4, 1, 1]))
    },
    pair("weights that are an input") { net, x in
      let w = net.input([4, 4, 3, 3], name: "w")
      let window = Window(pads: [1, 1, 1, 1])
      let dense = try net.add(Conv(Convolution(window: window)), x, w)
      return (dense, try conv(&net, x, [4, 4, 1, 1]))
    },
    pair("the value itself") { net, x in (x, try conv(&net, x, [4, 4, 1, 1])) },
    pair("two normalisations") { net, x in
      (try normalise(&net, x, 4), try normalise(&net, x, 4))
    },
    pair("a normalisation of more channels than filters") { net, x in
      (try normalise(&net, x, 4), try conv(&net, x, [1, 4, 1, 1]))
    },
    pair("a normalisation in training mode") { net, x in
      (try normalise(&net, x, 4, trains: true), try conv(&net, x, [4, 4, 1, 1]))
    },
    pair("of different values") { net, x in
      let point = try conv(&net, x, [4, 4, 1, 1])
      return (try conv(&net, try net.add(Relu(), x), [4, 4, 1, 1]), point)
    },
  ]

  private static let other = [
    PassCase(pass, "a branch is an output", remains: nil) { net in
      let x = net.input([1, 2, 5, 5])
      let dense = try conv(&net, x, [2, 2, 3, 3], pads: [1, 1, 1, 1])
      return net.finish(try net.add(Add(), dense, try conv(&net, x, [2, 2, 1, 1])), dense)
    },
    PassCase(pass, "a branch is read elsewhere", remains: nil) { net in
      let x = net.input([1, 2, 5, 5])
      let dense = try conv(&net, x, [2, 2, 3, 3], pads: [1, 1, 1, 1])
      let sum = try net.add(Add(), dense, try conv(&net, x, [2, 2, 1, 1]))
      return net.finish(try net.add(Mul(), sum, dense))
    },
    PassCase(pass, "the sum inside is an output", remains: nil) { net in
      let x = net.input([1, 2, 5, 5])
      let sum = try net.add(Add(), x, try conv(&net, x, [2, 2, 1, 1]))
      return net.finish(sum, try net.add(Add(), sum, try conv(&net, x, [2, 2, 1, 1])))
    },
    PassCase(pass, "one branch twice", remains: nil) { net in
      let y = try conv(&net, net.input([1, 2, 5, 5]), [2, 2, 1, 1])
      return net.finish(try net.add(Add(), y, y))
    },
    PassCase(pass, "an identity of another size", remains: nil) { net in
      // A single element on each axis: with stride 2 the sizes are equal all the same.
      let x = net.input([1, 2, 1, 1])
      let dense = try conv(&net, x, [2, 2, 3, 3], pads: [1, 1, 1, 1], strides: [2, 2])
      return net.finish(try net.add(Add(), try normalise(&net, x, 2), dense))
    },
  ]

  private static let fold = "fold-channel-constant"

  private static let shifts = [
    PassCase(fold, "implicit knowledge before and after", remains: ["Relu", "Conv"]) { net in
      let x = try net.add(Relu(), net.input([1, 3, 4, 5]))
      let y = try net.add(Add(), x, net.weights([1, 3, 1, 1]))
      let z = try conv(&net, y, [6, 3, 1, 1])
      return net.finish(try net.add(Mul(), net.weights([1, 6, 1, 1]), z))
    },
    PassCase(fold, "subtracted before 3x3 in groups without padding", remains: ["Conv"]) { net in
      let x = net.input([1, 4, .symbol("h"), .symbol("w")])
      let y = try net.add(Sub(), x, net.weights([4, 1, 1]))
      return net.finish(
        try conv(&net, y, [6, 2, 3, 3], strides: [2, 1], groups: 2, bias: false))
    },
    PassCase(fold, "after a convolution that is read elsewhere", remains: ["Conv", "Conv", "Relu"])
    { net in
      let x = try conv(&net, net.input([1, 2, 5, 5]), [3, 2, 3, 3])
      let y = try net.add(Add(), x, net.weights([1, 3, 1, 1]))
      let z = try conv(&net, y, [2, 3, 1, 1])
      return net.finish(z, try net.add(Relu(), x))
    },
    PassCase(fold, "before a convolution that pads", remains: nil) { net in
      let y = try net.add(Add(), net.input([1, 2, 5, 5]), net.weights([1, 2, 1, 1]))
      return net.finish(try conv(&net, y, [2, 2, 1, 1], pads: [1, 1, 1, 1]))
    },
    PassCase(fold, "added for two readers", remains: nil) { net in
      let y = try net.add(Add(), net.input([1, 2, 5, 5]), net.weights([1, 2, 1, 1]))
      return net.finish(try conv(&net, y, [2, 2, 1, 1]), try net.add(Relu(), y))
    },
    PassCase(fold, "added to an output", remains: nil) { net in
      let y = try net.add(Add(), net.input([1, 2, 5, 5]), net.weights([1, 2, 1, 1]))
      return net.finish(try conv(&net, y, [2, 2, 1, 1]), y)
    },
    PassCase(fold, "one number per column before a convolution", remains: nil) { net in
      let y = try net.add(Add(), net.input([1, 2, 5, 2]), net.weights([2]))
      return net.finish(try conv(&net, y, [2, 2, 1, 1]))
    },
    PassCase(fold, "a factor before a convolution", remains: nil) { net in
      let y = try net.add(Div(), net.input([1, 2, 5, 5]), net.scalar(255))
      return net.finish(try conv(&net, y, [2, 2, 1, 1]))
    },
    PassCase(fold, "before weights that are an input", remains: nil) { net in
      let y = try net.add(Add(), net.input([1, 2, 5, 5]), net.weights([1, 2, 1, 1]))
      return net.finish(try net.add(Conv(), y, net.input([2, 2, 1, 1], name: "w")))
    },
  ]
}
