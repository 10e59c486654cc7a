import ApusGraph
import ApusOperators
import ApusTensor

/// Builds graphs that end as detectors' exports do: a convolution for each level, and what is asked for behind.
struct HeadNet {
  var graph = Graph(name: "net")
  private let picture: ValueID
  let side: Int

  init(side: Int = 64) {
    self.side = side
    picture = graph.addInput("images", Fact(.float32, [1, 3, side, side]))
  }

  /// The head of a level, `[1, channels, H, W]`.
  mutating func level(_ stride: Int, _ channels: Int) throws -> ValueID {
    let kernel = graph.addConstant(
      Tensor(zeros: [channels, 3, stride, stride]), name: "weight")
    let past = (stride - side % stride) % stride
    let window = Window(strides: [stride, stride], pads: [0, 0, past, past])
    return try add(Conv(Convolution(window: window)), [picture, kernel])
  }

  mutating func add(_ op: any Operator, _ inputs: [ValueID]) throws -> ValueID {
    try graph.append(op, inputs, name: op.kind.name)
  }

  mutating func list(_ numbers: [Int]) -> ValueID {
    graph.addConstant(Tensor(numbers.map(Int64.init)))
  }

  mutating func shaped(_ value: ValueID, _ sizes: [Int]) throws -> ValueID {
    try add(Reshape(), [value, list(sizes)])
  }

  /// `[1, C, H, W]` as `[1, H · W, C]`.
  mutating func cells(_ value: ValueID, _ channels: Int) throws -> ValueID {
    let flat = try shaped(value, [1, channels, -1])
    return try add(Transpose([0, 2, 1]), [flat])
  }

  mutating func sigmoid(_ value: ValueID) throws -> ValueID { try add(Sigmoid(), [value]) }

  /// Part of an axis.
  mutating func slice(_ value: ValueID, _ range: Range<Int>, axis: Int) throws -> ValueID {
    try add(Slice(), [value, list([range.lowerBound]), list([range.upperBound]), list([axis])])
  }

  /// Arithmetic that stands for any decoding.
  mutating func decoded(_ value: ValueID) throws -> ValueID {
    let two = graph.addConstant(Tensor([Float(2)]))
    return try add(Mul(), [try sigmoid(value), two])
  }

  mutating func finish(_ outputs: [ValueID]) -> Graph {
    for (place, output) in outputs.enumerated() { graph.rename(output, to: "out\(place)") }
    graph.setOutputs(outputs)
    return graph
  }
}
