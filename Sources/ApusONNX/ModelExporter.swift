import ApusGraph
import ApusTensor

/// Turns a graph into the messages of a model file.
struct ModelExporter {
  private let graph: Graph
  private let opset: Int
  private var nodes: [ONNXNodeProto] = []
  private var constants: [(name: String, tensor: Tensor)] = []

  /// The bytes of all constants.
  var constantBytes: Int { constants.reduce(0) { $0 + $1.tensor.byteCount } }

  /// Encodes the nodes for an operator set; fails with all that the set lacks.
  init(_ graph: Graph, opset: Int?) throws(ONNXError) {
    let opset = opset ?? graph.opset
    guard OpsetTable.writable.contains(opset) else {
      let range = "\(OpsetTable.writable.lowerBound) to \(OpsetTable.writable.upperBound)"
      throw ONNXError(
        .unsupported, "operator set \(opset) cannot be written; \(range) can",
        advice: "choose one of these")
    }
    self.opset = opset
    self.graph = try OperatorExpansion.expanded(graph, opset: opset)
    var added: [(String, Tensor)] = []
    try encodeNodes(addingTo: &added)
    let read = removeUnread()
    constants = self.graph.constants.compactMap { value in
      read.contains(value.name) ? value.constant.map { (value.name, $0) } : nil
    }
    constants += added
  }

  private mutating func encodeNodes(
    addingTo added: inout [(String, Tensor)]
  ) throws(ONNXError) {
    var refusals: [String] = []
    var names = Set(graph.allValues.map(\.name))
    for node in graph.nodes {
      do throws(ONNXError) {
        var exporter = NodeExporter(graph: graph, node: node, opset: opset)
        nodes.append(try exporter.message(names: &names))
        added += exporter.added
      } catch {
        refusals.append(error.description)
      }
    }
    if !refusals.isEmpty {
      let shown = refusals.prefix(20).joined(separator: "; ")
      let rest = refusals.count > 20 ? "; and \(refusals.count - 20) more" : ""
      throw ONNXError(
        .unsupported, "cannot be written in operator set \(opset): \(shown)\(rest)",
        advice: "choose another operator set")
    }
  }

  /// Removes nodes that were read in the graph and are not read in the file, because an older
  /// operator set has an attribute where the graph has an input.
  ///
  /// - Returns: names of all values that the file reads or gives out.
  private mutating func removeUnread() -> Set<String> {
    var before = Set(graph.outputs.map { graph[$0].name })
    var read = before
    for node in graph.nodes {
      before.formUnion(node.inputs.compactMap { $0.map { graph[$0].name } })
    }
    var kept: [ONNXNodeProto] = []
    for node in nodes.reversed() {
      let names = node.output.filter { !$0.isEmpty }
      let lostReaders =
        names.contains(where: before.contains) && !names.contains(where: read.contains)
      if lostReaders { continue }
      read.formUnion(node.input)
      read.formUnion(SubgraphCaptures.names(of: node))
      kept.append(node)
    }
    nodes = kept.reversed()
    return read
  }

  /// The whole model.
  ///
  /// - Parameter tensor: makes the message of a constant, given its name.
  func model(tensor: (Tensor, String) throws -> ONNXTensorProto) throws -> ONNXModelProto {
    var proto = try header()
    for (name, constant) in constants {
      proto.graph.initializer.append(try tensor(constant, name))
    }
    return proto
  }

  /// The whole model, where the constants cannot fail.
  func model(tensor: (Tensor, String) -> ONNXTensorProto) throws(ONNXError) -> ONNXModelProto {
    var proto = try header()
    proto.graph.initializer = constants.map { tensor($0.tensor, $0.name) }
    return proto
  }

  private func header() throws(ONNXError) -> ONNXModelProto {
    var proto = ONNXModelProto()
    proto.irVersion = OpsetTable.irVersion(opset: opset)
    proto.producerName = "apus"
    proto.opsetImport = opsetImports()
    for (key, value) in try CardMetadata.write(graph).sorted(by: { $0.key < $1.key }) {
      var entry = ONNXStringStringEntryProto()
      entry.key = key
      entry.value = value
      proto.metadataProps.append(entry)
    }
    proto.graph.name = graph.name.isEmpty ? "graph" : graph.name
    for id in graph.inputs { proto.graph.input.append(try info(graph[id], role: "input")) }
    proto.graph.node = nodes
    var seen: Set<String> = []
    for id in graph.outputs {
      var output = try info(graph[id], role: "output")
      if !seen.insert(output.name).inserted {
        // A file lists every output under a name of its own.
        let copy = "\(output.name)_copy\(proto.graph.output.count)"
        proto.graph.node.append(Self.identity(output.name, copy))
        output.name = copy
      }
      proto.graph.output.append(output)
    }
    // Inference gives the facts of all other values.
    for node in graph.nodes where node.op is ForeignOperator {
      for id in node.outputs where graph[id].fact.dtype != nil && !graph.outputs.contains(id) {
        proto.graph.valueInfo.append(try info(graph[id], role: "value"))
      }
    }
    return proto
  }

  private static func identity(_ input: String, _ output: String) -> ONNXNodeProto {
    var node = ONNXNodeProto()
    node.opType = "Identity"
    node.name = output
    node.input = [input]
    node.output = [output]
    return node
  }

  private func opsetImports() -> [ONNXOperatorSetIdProto] {
    var versions: [String: Int] = [:]
    for (key, value) in graph.metadata where key.hasPrefix(CardMetadata.opsetPrefix) {
      versions[String(key.dropFirst(CardMetadata.opsetPrefix.count))] = Int(value) ?? 1
    }
    for node in nodes where versions[node.domain] == nil { versions[node.domain] = 1 }
    versions[""] = opset
    return versions.sorted { $0.key < $1.key }.map { domain, version in
      var entry = ONNXOperatorSetIdProto()
      entry.domain = domain
      entry.version = Int64(version)
      return entry
    }
  }

  private func info(_ value: Value, role: String) throws(ONNXError) -> ONNXValueInfoProto {
    guard let dtype = value.fact.dtype else {
      throw ONNXError(
        .unsupported, "its element type is not known, but a file must state it",
        at: "\(role) '\(value.name)'")
    }
    var type = ONNXTypeProto.Tensor()
    type.elemType = ElementType.number(of: dtype)
    if let shape = value.fact.shape {
      type.shape = ONNXTensorShapeProto()
      type.shape.dim = shape.map { size in
        var dimension = ONNXTensorShapeProto.Dimension()
        if let number = size.fixed {
          dimension.dimValue = Int64(number)
        } else {
          dimension.dimParam = size.description
        }
        return dimension
      }
    }
    var info = ONNXValueInfoProto()
    info.name = value.name
    info.type.tensorType = type
    return info
  }
}
