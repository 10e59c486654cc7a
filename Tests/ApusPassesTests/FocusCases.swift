import ApusGraph
import ApusOperators
import ApusTensor

enum FocusCases {
  /// Slices of the input from the given starts, two nodes each, put together and convolved.
  private static func focus(
    _ net: inout Net, starts: [(y: Int64, x: Int64)], step: Int64 = 2, size: Int = 12,
    window: Window = Window(pads: [1, 1, 1, 1])
  ) throws -> Graph {
    let x = net.input([1, 3, .fixed(size), .fixed(size)])
    var parts: [ValueID?] = []
    for start in starts {
      let rows = try net.add(
        Slice(), x, net.list([start.y]), net.list([.max]), net.list([2]), net.list([step]))
      parts.append(
        try net.add(
          Slice(), rows, net.list([start.x]), net.list([.max]), net.list([-1]), net.list([step])))
    }
    let joined = try net.graph.append(
      Concat(axis: 1), parts, name: "joined", outputNames: ["joined"])[0]
    return net.finish(
      try net.add(
        Conv(Convolution(window: window)), joined, net.weights([4, 3 * starts.count, 3, 3]),
        net.weights([4])))
  }

  static let all = [
    PassCase("fold-focus", "in YOLOv5's order", remains: ["Conv"]) { net in
      try focus(&net, starts: [(0, 0), (1, 0), (0, 1), (1, 1)])
    },
    PassCase("fold-focus", "in another order, with strides and uneven pads", remains: ["Conv"]) {
      net in
      try focus(
        &net, starts: [(1, 1), (0, 0), (0, 1), (1, 0)],
        window: Window(strides: [2, 1], pads: [1, 0, 2, 1]))
    },
    PassCase("fold-focus", "in steps of 3", remains: ["Conv"]) { net in
      let starts = (0..<9).map { (y: Int64($0 / 3), x: Int64($0 % 3)) }
      return try focus(&net, starts: starts, step: 3)
    },
    PassCase("fold-focus", "one slice twice", remains: nil) { net in
      try focus(&net, starts: [(0, 0), (1, 0), (0, 1), (0, 1)])
    },
    PassCase("fold-focus", "slices that leave pixels out", remains: nil) { net in
      try focus(&net, starts: [(0, 0), (1, 0), (0, 1), (1, 1)], step: 3)
    },
  ]
}
