import ApusGraph
import ApusOperators
import ApusTensor

enum LayoutCases {
  static let all = [
    PassCase("merge-transposes", "to another order", remains: ["Transpose"]) { net in
      let x = net.input([2, 3, 4])
      let y = try net.add(Transpose([1, 2, 0]), x)
      return net.finish(try net.add(Transpose([1, 0, 2]), y))
    },
    PassCase("merge-transposes", "to none", remains: ["Relu"]) { net in
      let x = net.input([2, 3, 4])
      let y = try net.add(Transpose([1, 2, 0]), x)
      return net.finish(try net.add(Relu(), try net.add(Transpose([2, 0, 1]), y)))
    },
    PassCase("merge-transposes", "the first is given out", remains: nil) { net in
      let x = net.input([2, 3, 4])
      let y = try net.add(Transpose([1, 2, 0]), x)
      return net.finish(y, try net.add(Transpose([1, 0, 2]), y))
    },
    PassCase("cancel-transposes", "over elementwise", remains: ["Sigmoid", "Mul", "Add", "Clip"]) {
      net in
      let x = net.input([1, 3, 2, 4])
      let order = [0, 2, 3, 1]
      let y = try net.add(Sigmoid(), try net.add(Transpose(order), x))
      let z = try net.add(Mul(), y, net.weights([3]))
      let other = try net.add(Transpose(order), net.input([1, 3, 2, 4], name: "z"))
      let sum = try net.add(Add(), z, other)
      let clipped = try net.add(Clip(), sum, nil, net.scalar(1))
      return net.finish(try net.add(Transpose([0, 3, 1, 2]), clipped))
    },
    PassCase("cancel-transposes", "over what mixes elements", remains: nil) { net in
      let x = net.input([1, 3, 2])
      let y = try net.add(Softmax(axis: 2), try net.add(Transpose([0, 2, 1]), x))
      return net.finish(try net.add(Transpose([0, 2, 1]), y))
    },
    PassCase("cancel-transposes", "one operand in another order", remains: nil) { net in
      let x = net.input([2, 2])
      let y = try net.add(Add(), try net.add(Transpose([1, 0]), x), net.input([2, 2], name: "z"))
      return net.finish(try net.add(Transpose([1, 0]), y))
    },
  ]
}
