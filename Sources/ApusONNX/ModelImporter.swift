import ApusGraph
import ApusOperators
import ApusTensor

/// Turns the messages of a model file into a graph.
struct ModelImporter {
  var tensors: TensorImporter
  let limits: ONNXLimits

  private var graph = Graph()
  /// Values made so far, by the names the file gives them.
  private var ids: [String: ValueID] = [:]
  /// What the file says of values, by name.
  private var declared: [String: Fact] = [:]
  /// Versions of operator sets, by domain.
  private var opsets: [String: Int] = [:]

  init(tensors: TensorImporter, limits: ONNXLimits) {
    self.tensors = tensors
    self.limits = limits
  }

  mutating func graph(of model: ONNXModelProto) throws(ONNXError) -> Graph {
    opsets = try Self.opsets(of: model)
    let nodes = try FunctionInliner(model: model, opsets: opsets, limits: limits)
      .inlined(model.graph.node)
    let metadata = Dictionary(
      model.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let (card, rest) = try CardMetadata.read(metadata)
    graph = Graph(name: model.graph.name, card: card, opset: opsets[""] ?? 0)
    graph.metadata = rest
    for (domain, version) in opsets where domain != "" {
      graph.metadata[CardMetadata.opsetPrefix + domain] = "\(version)"
    }
    try declare(model.graph.valueInfo + model.graph.output)
    try addInputs(model.graph)
    let late = try addInitializers(model.graph)
    for node in try NodeOrder(nodes, known: Set(ids.keys).union(late.map(\.name))).sorted() {
      try add(node)
    }
    try setOutputs(model.graph.output)
    return graph
  }

  private static func opsets(of model: ONNXModelProto) throws(ONNXError) -> [String: Int] {
    var opsets: [String: Int] = [:]
    for entry in model.opsetImport {
      let domain = OperatorKind("", domain: entry.domain).domain
      opsets[domain] = max(opsets[domain] ?? 0, Int(entry.version))
    }
    let advice = "convert the model with onnx.version_converter, or export it with opset 17"
    guard let version = opsets[""] else {
      throw ONNXError(
        .format, "does not say which version of ONNX's operator set it uses", advice: advice)
    }
    guard OpsetTable.readable.contains(version) else {
      let range = "\(OpsetTable.readable.lowerBound) to \(OpsetTable.readable.upperBound)"
      throw ONNXError(
        .unsupported, "uses operator set \(version), but \(range) can be read", advice: advice)
    }
    return opsets
  }

  private mutating func declare(_ infos: [ONNXValueInfoProto]) throws(ONNXError) {
    for info in infos where !info.name.isEmpty {
      guard case .tensorType(let type) = info.type.value else { continue }
      declared[info.name] = Self.fact(type, name: info.name)
    }
  }

  private mutating func addInputs(_ proto: ONNXGraphProto) throws(ONNXError) {
    let initialized = Set(proto.initializer.map(\.name))
    for info in proto.input where !initialized.contains(info.name) {
      let place = "input '\(info.name)'"
      guard case .tensorType(let type) = info.type.value else {
        throw ONNXError(.unsupported, "is not a tensor, and Apus reads only tensors", at: place)
      }
      guard ElementType.dtype(type.elemType) != nil else {
        throw ONNXError(
          .unsupported, "has the element type \(ElementType.name(type.elemType))", at: place,
          advice: "cast the input in the exporting program")
      }
      guard type.shape.dim.count <= limits.axes else {
        throw ONNXError(.limit, "has \(type.shape.dim.count) axes", at: place)
      }
      try bind(info.name, to: graph.addInput(info.name, Self.fact(type, name: info.name)))
    }
    for info in proto.output {
      if case .tensorType? = info.type.value { continue }
      if info.type.value == nil { continue }
      throw ONNXError(
        .unsupported, "is not a tensor, and Apus reads only tensors", at: "output '\(info.name)'")
    }
  }

  /// Type and shape as a file states them; sizes it does not state become symbols of the value's
  /// name.
  private static func fact(_ type: ONNXTypeProto.Tensor, name: String) -> Fact {
    let dtype = ElementType.dtype(type.elemType)
    guard type.hasShape else { return Fact(dtype, nil) }
    let shape = type.shape.dim.enumerated().map { axis, dimension -> Dimension in
      switch dimension.value {
      case .dimValue(let size) where size >= 0: .fixed(Int(size))
      case .dimParam(let symbol) where !symbol.isEmpty: .symbol(symbol)
      default: .symbol("\(name).\(axis)")
      }
    }
    return Fact(dtype, shape)
  }

  /// Adds the initialisers as constants.
  ///
  /// - Returns: those whose element type Apus does not have: they become nodes of an unknown
  ///   operator.
  private mutating func addInitializers(
    _ proto: ONNXGraphProto
  ) throws(ONNXError) -> [ONNXTensorProto] {
    if let sparse = proto.sparseInitializer.first {
      throw ONNXError(
        .unsupported, "sparse initialisers are not supported",
        at: "tensor '\(sparse.values.name)'", advice: "save the model with dense initialisers")
    }
    var late: [ONNXTensorProto] = []
    for initializer in proto.initializer {
      guard !initializer.name.isEmpty else {
        throw ONNXError(.structure, "an initialiser has no name")
      }
      if let tensor = try tensors.tensor(initializer, place: "tensor '\(initializer.name)'") {
        try bind(initializer.name, to: graph.addConstant(tensor, name: initializer.name))
      } else {
        late.append(initializer)
        var attribute = ONNXAttributeProto()
        attribute.name = "value"
        attribute.type = AttributeCoding.tensorType
        attribute.t = initializer
        var node = ONNXNodeProto()
        node.name = initializer.name
        node.opType = "Constant"
        node.output = [initializer.name]
        node.attribute = [attribute]
        try add(node)
      }
    }
    return late
  }

  private mutating func bind(_ name: String, to id: ValueID) throws(ONNXError) {
    guard !name.isEmpty, ids.updateValue(id, forKey: name) == nil else {
      throw ONNXError(
        .structure, name.isEmpty ? "has no name" : "is made twice", at: "value '\(name)'",
        advice: "give every value one name of its own")
    }
  }

  private mutating func setOutputs(_ infos: [ONNXValueInfoProto]) throws(ONNXError) {
    guard !infos.isEmpty else { throw ONNXError(.structure, "the graph has no outputs") }
    var outputs: [ValueID] = []
    for info in infos {
      guard let id = ids[info.name] else {
        throw ONNXError(.structure, "no node makes it", at: "output '\(info.name)'")
      }
      outputs.append(id)
    }
    graph.setOutputs(outputs)
  }
}

extension ModelImporter {
  private mutating func add(_ proto: ONNXNodeProto) throws(ONNXError) {
    let kind = OperatorKind(proto.opType, domain: proto.domain)
    let place = NodeOrder.place(proto)
    var inputs: [ValueID?] = []
    for name in proto.input {
      if name.isEmpty {
        inputs.append(nil)
      } else if let id = ids[name] {
        inputs.append(id)
      } else {
        throw ONNXError(.structure, "reads '\(name)', which nothing makes", at: place)
      }
    }
    while let last = inputs.last, last == nil { inputs.removeLast() }
    var outputs = proto.output
    while outputs.last == "" { outputs.removeLast() }
    guard !outputs.isEmpty else { throw ONNXError(.structure, "has no outputs", at: place) }
    let label = proto.name.isEmpty ? outputs.first { !$0.isEmpty } ?? kind.name : proto.name
    let attributes = try AttributeCoding.read(proto, tensors: &tensors, place: place)
    let op = try readOperator(
      kind, attributes, proto: proto, inputs: &inputs, outputCount: outputs.count, label: label)
    let names = outputs.enumerated().map { $1.isEmpty ? "\(label).\($0)" : $1 }
    let made: [ValueID]
    do throws(GraphError) {
      made = try graph.append(
        op, inputs, name: label, outputNames: names, declared: outputs.map { declared[$0] })
    } catch {
      throw ONNXError(.node, error.message, at: error.place ?? place)
    }
    for (name, id) in zip(outputs, made) where !name.isEmpty { try bind(name, to: id) }
  }

  private mutating func readOperator(
    _ kind: OperatorKind, _ attributes: [String: Attribute], proto: ONNXNodeProto,
    inputs: inout [ValueID?], outputCount: Int, label: String
  ) throws(ONNXError) -> any Operator {
    let isPlain = attributes.values.allSatisfy { if case .opaque = $0 { false } else { true } }
    guard isPlain, let type = OperatorCatalogue.type(of: kind) else {
      var kept = attributes
      let captures = SubgraphCaptures.names(of: proto)
      if !captures.isEmpty {
        kept[SubgraphCaptures.attribute] = .strings(captures)
        inputs += captures.map { ids[$0] }
      }
      return ForeignOperator(kind: kind, attributes: kept)
    }
    var record = OperatorRecord(
      opset: opsets[kind.domain] ?? graph.opset, attributes: attributes,
      inputs: inputs.map { $0.map { .value(constant: graph[$0].fact.constant) } ?? .absent },
      outputCount: outputCount)
    let op: any Operator
    do throws(OperatorError) {
      op = try type.init(from: &record)
    } catch {
      throw ONNXError(.node, error.message, at: NodeOrder.place(proto))
    }
    let old = inputs
    inputs = record.inputs.enumerated().map { index, input in
      switch input {
      case .absent: nil
      case .value: index < old.count ? old[index] : nil
      case .added(let tensor): graph.addConstant(tensor, name: "\(label).input\(index)")
      }
    }
    while let last = inputs.last, last == nil { inputs.removeLast() }
    return op
  }
}
