import ApusGraph
import ApusTensor

/// Checks what a caller gives against what the graph asks for.
struct InputBinding {
  private let graph: Graph

  init(_ graph: Graph) { self.graph = graph }

  /// The tensors by the inputs they are for.
  ///
  /// A symbol stands for one size in all inputs.
  func bound(_ given: [String: Tensor]) throws(GraphError) -> [ValueID: Tensor] {
    var tensors: [ValueID: Tensor] = [:]
    var sizes: [String: (size: Int, input: String)] = [:]
    for id in graph.inputs {
      let input = graph[id]
      guard let tensor = given[input.name] else {
        throw GraphError(
          .usage, value: input.name, "is an input of type \(input.fact); none is given")
      }
      try check(tensor, input, &sizes)
      tensors[id] = tensor
    }
    let names = Set(graph.inputs.map { graph[$0].name })
    for name in given.keys.sorted() where !names.contains(name) {
      let known = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw GraphError(.usage, value: name, "is not an input; the inputs are \(known)")
    }
    return tensors
  }

  private func check(
    _ tensor: Tensor, _ input: Value, _ sizes: inout [String: (size: Int, input: String)]
  ) throws(GraphError) {
    let found = "\(tensor.dtype) \(tensor.shape)"
    if input.fact.contradicts(Fact(tensor.dtype, tensor.shape)) {
      throw GraphError(.usage, value: input.name, "must be \(input.fact), but is \(found)")
    }
    for (dimension, size) in zip(input.fact.shape ?? [], tensor.shape.dimensions) {
      guard let symbol = dimension.symbol else { continue }
      if let other = sizes[symbol], other.size != size {
        throw GraphError(
          .usage, value: input.name,
          "is \(found), so that '\(symbol)' is \(size), but in '\(other.input)' it is \(other.size)"
        )
      }
      sizes[symbol] = (size, input.name)
    }
  }
}
