import ApusGraph
import ApusTensor

/// Turns one node into its message.
struct NodeExporter {
  let graph: Graph
  let node: Node
  let opset: Int
  /// Constants that the operator set has as inputs and the graph has not.
  private(set) var added: [(String, Tensor)] = []

  init(graph: Graph, node: Node, opset: Int) {
    self.graph = graph
    self.node = node
    self.opset = opset
  }

  /// - Parameter names: all names of values; those of new constants are added.
  mutating func message(names: inout Set<String>) throws(ONNXError) -> ONNXNodeProto {
    let place = "node '\(node.name)' (\(node.op.kind))"
    if node.op.kind.domain == OperatorKind.apusDomain {
      throw ONNXError(.unsupported, "has no form in ONNX", at: place)
    }
    var record = OperatorRecord(
      opset: opset, inputs: node.inputs.map(recordInput), outputCount: node.outputs.count)
    do throws(OperatorError) {
      try node.op.encode(into: &record)
    } catch {
      throw ONNXError(.unsupported, error.message, at: place)
    }
    var proto = ONNXNodeProto()
    proto.name = node.name
    proto.opType = node.op.kind.name
    proto.domain = node.op.kind.domain
    proto.output = node.outputs.map { graph[$0].name }
    for (index, input) in record.inputs.enumerated() {
      switch input {
      case .absent: proto.input.append("")
      case .value:
        guard index < node.inputs.count, let id = node.inputs[index] else {
          throw ONNXError(.unsupported, "writes an input \(index) it does not have", at: place)
        }
        proto.input.append(graph[id].name)
      case .added(let tensor):
        var name = "\(node.name).input\(index)"
        while !names.insert(name).inserted { name += "_" }
        added.append((name, tensor))
        proto.input.append(name)
      }
    }
    let renamed = takeCaptures(from: &record, &proto)
    for (name, value) in record.attributes.sorted(by: { $0.key < $1.key }) {
      var attribute = try Self.at(place) { () throws(ONNXError) in
        try AttributeCoding.message(name, value)
      }
      if !renamed.isEmpty { SubgraphCaptures.rename(renamed, in: &attribute) }
      proto.attribute.append(attribute)
    }
    while proto.input.last == "" { proto.input.removeLast() }
    return proto
  }

  private func recordInput(_ id: ValueID?) -> OperatorRecord.Input {
    id.map { .value(constant: graph[$0].fact.constant) } ?? .absent
  }

  /// Takes away the inputs that stand for what subgraphs read from outside.
  ///
  /// - Returns: the new names of those that are called otherwise by now.
  private func takeCaptures(
    from record: inout OperatorRecord, _ proto: inout ONNXNodeProto
  ) -> [String: String] {
    guard node.op is ForeignOperator,
      case .strings(let names)? = record.attributes.removeValue(
        forKey: SubgraphCaptures.attribute),
      names.count <= proto.input.count
    else { return [:] }
    let current = proto.input.suffix(names.count)
    let renamed = zip(names, current).filter { $0 != $1 }
    proto.input.removeLast(names.count)
    return Dictionary(renamed.map { ($0, $1) }, uniquingKeysWith: { $1 })
  }

  private static func at<Result>(
    _ place: String, _ body: () throws(ONNXError) -> Result
  ) throws(ONNXError) -> Result {
    do throws(ONNXError) {
      return try body()
    } catch {
      throw ONNXError(error.code, error.message, at: place, advice: error.advice)
    }
  }
}
