import ApusGraph
import ApusOperators
import ApusTensor

enum FuseCases {
  static let all = normalisation + constants + pads

  private static func normalise(_ net: inout Net, _ x: ValueID, _ channels: Int) throws -> ValueID {
    try net.add(
      BatchNormalization(epsilon: 1e-3), x, net.weights([channels]), net.weights([channels]),
      net.weights([channels]), net.weights([channels]))
  }

  private static let normalisation = [
    PassCase("fold-batch-normalization", "without bias", remains: ["Conv"]) { net in
      let y = try net.add(Conv(), net.input([1, 2, 5, 5]), net.weights([4, 2, 3, 3]))
      return net.finish(try normalise(&net, y, 4))
    },
    PassCase("fold-batch-normalization", "in groups, with bias", remains: ["Conv"]) { net in
      let conv = Conv(Convolution(groups: 2))
      let y = try net.add(
        conv, net.input([1, 4, 5, 5]), net.weights([6, 2, 3, 3]), net.weights([6]))
      return net.finish(try normalise(&net, y, 6))
    },
    PassCase("fold-batch-normalization", "transposed, in groups", remains: ["ConvTranspose"]) {
      net in
      let y = try net.add(
        ConvTranspose(groups: 2), net.input([1, 4, 3, 3]), net.weights([4, 3, 2, 2]))
      return net.finish(try normalise(&net, y, 6))
    },
    PassCase("fold-batch-normalization", "after Gemm", remains: ["Gemm"]) { net in
      let y = try net.add(
        Gemm(alpha: 2, beta: 3, transposesB: true), net.input([2, 3]), net.weights([4, 3]),
        net.weights([4]))
      return net.finish(try normalise(&net, y, 4))
    },
    PassCase("fold-batch-normalization", "the convolution is read elsewhere", remains: nil) { net in
      let y = try net.add(Conv(), net.input([1, 2, 5, 5]), net.weights([4, 2, 3, 3]))
      return net.finish(y, try normalise(&net, y, 4))
    },
    PassCase("fold-batch-normalization", "after something else", remains: nil) { net in
      let y = try net.add(Relu(), net.input([1, 2, 5, 5]))
      return net.finish(try normalise(&net, y, 2))
    },
  ]

  private static let constants = [
    PassCase("fold-channel-constant", "all four", remains: ["Conv"]) { net in
      var y = try net.add(
        Conv(), net.input([1, 2, 5, 5]), net.weights([4, 2, 1, 1]), net.weights([4]))
      y = try net.add(Mul(), net.weights([1, 4, 1, 1]), y)
      y = try net.add(Add(), y, net.weights([4, 1, 1]))
      y = try net.add(Sub(), net.weights([4, 1, 1]), y)
      y = try net.add(Sub(), y, net.scalar(0.5))
      return net.finish(try net.add(Div(), y, net.scalar(3)))
    },
    PassCase("fold-channel-constant", "one number per column", remains: nil) { net in
      let y = try net.add(Conv(), net.input([1, 2, 5, 4]), net.weights([4, 2, 1, 1]))
      return net.finish(try net.add(Mul(), y, net.weights([4])))
    },
    PassCase("fold-channel-constant", "a constant divided", remains: nil) { net in
      let y = try net.add(Conv(), net.input([1, 2, 5, 5]), net.weights([4, 2, 1, 1]))
      return net.finish(try net.add(Div(), net.scalar(1), y))
    },
  ]

  private static let pads = [
    PassCase("fold-pad", "before a padded convolution", remains: ["Conv"]) { net in
      let y = try net.add(
        Pad(), net.input([1, 2, 5, 5]), net.list([0, 0, 1, 0, 0, 0, 0, 2]), net.scalar(0))
      let window = Window(strides: [2, 1], pads: [1, 1, 0, 0])
      return net.finish(
        try net.add(Conv(Convolution(window: window)), y, net.weights([3, 2, 3, 3])))
    },
    PassCase("fold-pad", "with axes", remains: ["Conv"]) { net in
      let y = try net.add(
        Pad(), net.input([1, 2, 5, 5]), net.list([1, 2]), nil, net.list([-1]))
      return net.finish(try net.add(Conv(), y, net.weights([3, 2, 3, 3])))
    },
    PassCase("fold-pad", "of ones", remains: nil) { net in
      let y = try net.add(
        Pad(), net.input([1, 2, 5, 5]), net.list([0, 0, 1, 1, 0, 0, 1, 1]), net.scalar(1))
      return net.finish(try net.add(Conv(), y, net.weights([3, 2, 3, 3])))
    },
    PassCase("fold-pad", "of channels", remains: nil) { net in
      let y = try net.add(
        Pad(), net.input([1, 1, 5, 5]), net.list([0, 1, 0, 0, 0, 0, 0, 0]), net.scalar(0))
      return net.finish(try net.add(Conv(), y, net.weights([3, 2, 3, 3])))
    },
    PassCase("fold-pad", "by reflection", remains: nil) { net in
      let y = try net.add(
        Pad(mode: .reflect), net.input([1, 2, 5, 5]), net.list([0, 0, 1, 1, 0, 0, 1, 1]))
      return net.finish(try net.add(Conv(), y, net.weights([3, 2, 3, 3])))
    },
  ]
}
