import ApusGraph
import ApusInterpreter
import ApusTensor
import ApusTestSupport

/// A graph that gives out what it is given: raw heads of a detector without its network.
struct RawHeads {
  /// The heads, in the order of the outputs.
  let heads: [ModelCard.Head]
  /// The numbers of the heads, one tensor for each.
  let tensors: [Tensor]
  /// Height and width of the picture they belong to.
  let inputSize: (height: Int, width: Int)

  init(
    _ heads: [ModelCard.Head], _ tensors: [Tensor], inputSize: (height: Int, width: Int)
  ) {
    self.heads = heads
    self.tensors = tensors
    self.inputSize = inputSize
  }

  /// Random heads `[batch, channels, H / stride, W / stride]`.
  init(
    _ heads: [ModelCard.Head], channels: [Int], batch: Int, inputSize: (height: Int, width: Int),
    range: ClosedRange<Float> = -4...4, seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    let tensors = zip(heads, channels).map { head, channels in
      let stride = head.stride ?? 1
      let shape: Shape = [batch, channels, inputSize.height / stride, inputSize.width / stride]
      return Tensor(
        (0..<shape.count).map { _ in Float.random(in: range, using: &random) }, shape: shape)
    }
    self.init(heads, tensors, inputSize: inputSize)
  }

  /// The graph; with open sizes where it is dynamic.
  func graph(isDynamic: Bool, _ describe: (inout ModelCard) -> Void) -> Graph {
    var graph = Graph(name: "heads")
    let batch = tensors[0].shape[0]
    func dimensions(_ sizes: [Int], _ name: String, open: [Int]) -> [Dimension] {
      sizes.enumerated().map { place, size in
        isDynamic && open.contains(place)
          ? .symbol(place == 0 ? "batch" : "\(name)\(place)") : .fixed(size)
      }
    }
    graph.addInput(
      "images",
      Fact(
        .float32,
        dimensions([batch, 3, inputSize.height, inputSize.width], "images", open: [0, 2, 3])))
    let outputs = zip(heads, tensors).map { head, tensor in
      graph.addInput(
        head.output,
        Fact(.float32, dimensions(tensor.shape.dimensions, head.output, open: [0, 2, 3])))
    }
    graph.setOutputs(outputs)
    graph.card.heads = heads
    describe(&graph.card)
    return graph
  }

  /// The one output of a graph made from this one.
  func run(_ graph: Graph) throws -> Tensor {
    try graph.verify()
    var inputs = [
      "images": Tensor(zeros: [tensors[0].shape[0], 3, inputSize.height, inputSize.width])
    ]
    for (head, tensor) in zip(heads, tensors) { inputs[head.output] = tensor }
    return try Interpreter(graph).run(inputs)[0]
  }

  /// Three sizes, not all square.
  static let sizes: [(height: Int, width: Int)] = [(64, 64), (96, 160), (224, 32)]
}

extension ModelCard.Head {
  /// A head of one level, named after its content and stride.
  static func level(
    _ content: Content, _ stride: Int, bins: Int? = nil, offset: Float? = nil
  ) -> ModelCard.Head {
    ModelCard.Head(
      output: "\(content.rawValue)\(stride)", content: content, stride: stride, bins: bins,
      cellOffset: offset)
  }
}
