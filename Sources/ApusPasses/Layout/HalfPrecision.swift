public import ApusGraph
import ApusOperators
import ApusTensor

/// Rounds a network to half precision, for processors that compute in it and for half the file.
///
/// The counterpart of `SinglePrecision`. What decodes boxes is to be appended afterwards: pixels of large
/// pictures need more digits than `float16` has.
public enum HalfPrecision {
  /// The graph with every `float32` value but its inputs and outputs held as `float16`.
  ///
  /// Nodes that do not take the narrower type keep theirs, between Casts. Constants that `float16` cannot hold
  /// become its largest number.
  ///
  /// - Throws: `GraphError` where an operator does not take the narrower type.
  public static func narrowing(_ graph: Graph) throws(GraphError) -> Graph {
    var narrowing = Narrowing(graph)
    return try narrowing.run()
  }

  /// The largest finite number of `float16`.
  private static let largest: Float = 65504

  private struct Narrowing {
    let graph: Graph
    var result: Graph
    /// For every value of the old graph, the new one: `float16` where the old one is `float32`.
    var values: [ValueID: ValueID] = [:]
    /// The `float32` forms of new values, where one was needed.
    var wide: [ValueID: ValueID] = [:]

    init(_ graph: Graph) {
      self.graph = graph
      result = Graph(name: graph.name, card: graph.card, opset: graph.opset)
      result.metadata = graph.metadata
    }

    mutating func run() throws(GraphError) -> Graph {
      for id in graph.inputs {
        let new = result.addInput(graph[id].name, graph[id].fact)
        values[id] = try narrowed(new, named: graph[id].name)
        if values[id] != new, let narrow = values[id] { wide[narrow] = new }
      }
      for node in graph.nodes { try append(node) }
      var outputs: [ValueID] = []
      for id in graph.outputs {
        outputs.append(isWide(id) ? try widened(id) : try value(id))
      }
      for (id, output) in zip(graph.outputs, outputs) {
        // A value of this name may be the half form.
        if let holder = result.value(named: graph[id].name), holder.id != output {
          result.rename(holder.id, to: "\(graph[id].name).float16")
        }
        result.rename(output, to: graph[id].name)
      }
      result.setOutputs(outputs)
      result.removeDeadNodes()
      try result.verify()
      return result
    }

    private mutating func append(_ node: Node) throws(GraphError) {
      let staysWide = node.op is any RequiresSinglePrecision || node.op is ForeignOperator
      var inputs: [ValueID?] = []
      for (place, id) in node.inputs.enumerated() {
        guard let id else {
          inputs.append(nil)
          continue
        }
        let keeps = staysWide || (place > 0 && (node.op is Resize || node.op is Upsample))
        inputs.append(keeps && isWide(id) ? try widened(id) : try value(id))
      }
      var op = node.op
      if let cast = op as? Cast, cast.dtype == .float32 { op = Cast(to: .float16) }
      let outputs = try result.append(
        op, inputs, name: node.name, outputNames: node.outputs.map { graph[$0].name },
        declared: node.op is ForeignOperator ? node.outputs.map { graph[$0].fact } : [],
        provenance: node.provenance)
      for (old, new) in zip(node.outputs, outputs) {
        let narrow = try narrowed(new, named: graph[old].name)
        if narrow != new { wide[narrow] = new }
        values[old] = narrow
      }
    }

    private func isWide(_ id: ValueID) -> Bool { graph[id].fact.dtype == .float32 }

    /// The new value for an old one; constants are brought over when they are first read.
    private mutating func value(_ id: ValueID) throws(GraphError) -> ValueID {
      if let known = values[id] { return known }
      guard let constant = graph[id].constant else {
        throw GraphError(
          .structure, value: graph[id].name, "is read, but nothing has made it by then")
      }
      let new = result.addConstant(rounded(constant), name: graph[id].name)
      values[id] = new
      return new
    }

    private func rounded(_ tensor: Tensor) -> Tensor {
      guard tensor.dtype == .float32 else { return tensor }
      let numbers = tensor.floats.map {
        $0.isFinite ? min(max($0, -HalfPrecision.largest), HalfPrecision.largest) : $0
      }
      return Tensor(numbers, shape: tensor.shape).converted(to: .float16)
    }

    /// A `float32` form of an old value that is `float32`; a constant keeps all its digits.
    private mutating func widened(_ id: ValueID) throws(GraphError) -> ValueID {
      if let constant = graph[id].constant {
        return result.addConstant(constant, name: graph[id].name)
      }
      let narrow = try value(id)
      if let known = wide[narrow] { return known }
      let new = try result.append(
        Cast(to: .float32), [narrow], name: "\(graph[id].name).float32")
      wide[narrow] = new
      return new
    }

    private mutating func narrowed(
      _ id: ValueID, named name: String
    ) throws(GraphError) -> ValueID {
      guard result[id].fact.dtype == .float32 else { return id }
      return try result.append(Cast(to: .float16), [id], name: "\(name).float16")
    }
  }
}

/// Operators that ONNX, or the runtimes that read it, have for `float32` alone.
private protocol RequiresSinglePrecision: Operator {}

extension NonMaxSuppression: RequiresSinglePrecision {}
extension RangeOf: RequiresSinglePrecision {}
extension QuantizeLinear: RequiresSinglePrecision {}
extension DequantizeLinear: RequiresSinglePrecision {}
extension DynamicQuantizeLinear: RequiresSinglePrecision {}
extension QLinearConv: RequiresSinglePrecision {}
extension QLinearMatMul: RequiresSinglePrecision {}
