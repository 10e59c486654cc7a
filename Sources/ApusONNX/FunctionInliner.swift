/// Replaces nodes that call a function of the model by the function's nodes.
struct FunctionInliner {
  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  /// Functions that call functions: no exporter nests them deeper.
  private static let maximumDepth = 32

  private var functions: [Key: ONNXFunctionProto] = [:]
  private let opsets: [String: Int]
  private let limits: ONNXLimits

  init(model: ONNXModelProto, opsets: [String: Int], limits: ONNXLimits) {
    for function in model.functions { functions[Self.key(function)] = function }
    self.opsets = opsets
    self.limits = limits
  }

  private static func key(_ function: ONNXFunctionProto) -> Key {
    Key(domain: function.domain, name: function.name, overload: function.overload)
  }

  private func function(of node: ONNXNodeProto) -> ONNXFunctionProto? {
    functions[Key(domain: node.domain, name: node.opType, overload: node.overload)]
  }

  func inlined(_ nodes: [ONNXNodeProto]) throws(ONNXError) -> [ONNXNodeProto] {
    var result: [ONNXNodeProto] = []
    try inline(nodes, depth: 0, into: &result)
    return result
  }

  private func inline(
    _ nodes: [ONNXNodeProto], depth: Int, into result: inout [ONNXNodeProto]
  ) throws(ONNXError) {
    for node in nodes {
      guard result.count < limits.nodes else {
        throw ONNXError(.limit, "has more than \(limits.nodes) nodes")
      }
      guard let function = function(of: node) else {
        result.append(node)
        continue
      }
      guard depth < Self.maximumDepth else {
        throw ONNXError(
          .unsupported, "functions call one another more than \(Self.maximumDepth) deep",
          at: NodeOrder.place(node))
      }
      try inline(try body(of: function, for: node), depth: depth + 1, into: &result)
    }
  }

  /// The function's nodes, with the caller's values and attributes put in.
  private func body(
    of function: ONNXFunctionProto, for caller: ONNXNodeProto
  ) throws(ONNXError) -> [ONNXNodeProto] {
    let place = NodeOrder.place(caller)
    let advice = "inline the functions with onnx.inliner before"
    for entry in function.opsetImport {
      let domain = entry.domain == "ai.onnx" ? "" : entry.domain
      if let version = opsets[domain], version != Int(entry.version) {
        throw ONNXError(
          .unsupported,
          "its function is written for version \(entry.version) of operator set"
            + " '\(domain)', the model for \(version)", at: place, advice: advice)
      }
    }
    guard caller.input.count <= function.input.count,
      caller.output.count <= function.output.count
    else {
      throw ONNXError(
        .structure, "has more inputs or outputs than its function lists", at: place)
    }
    var names: [String: String] = ["": ""]
    for (index, name) in function.input.enumerated() {
      names[name] = index < caller.input.count ? caller.input[index] : ""
    }
    for (index, name) in function.output.enumerated() where index < caller.output.count {
      if !caller.output[index].isEmpty { names[name] = caller.output[index] }
    }
    let prefix = caller.name.isEmpty ? caller.output.first ?? function.name : caller.name
    var attributes = Dictionary(
      function.attributeProto.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    for attribute in caller.attribute { attributes[attribute.name] = attribute }
    var result: [ONNXNodeProto] = []
    for inner in function.node {
      if inner.attribute.contains(where: { $0.hasG || !$0.graphs.isEmpty }) {
        throw ONNXError(
          .unsupported, "its function contains subgraphs", at: place, advice: advice)
      }
      var node = inner
      node.name = "\(prefix)/\(inner.name.isEmpty ? inner.output.first ?? "" : inner.name)"
      node.input = inner.input.map { names[$0] ?? "\(prefix)/\($0)" }
      node.output = inner.output.map { names[$0] ?? "\(prefix)/\($0)" }
      node.attribute = inner.attribute.compactMap { Self.resolved($0, with: attributes) }
      result.append(node)
    }
    return result
  }

  /// An attribute that refers to one of the function becomes that one; nil where nobody gave it.
  private static func resolved(
    _ attribute: ONNXAttributeProto, with given: [String: ONNXAttributeProto]
  ) -> ONNXAttributeProto? {
    guard !attribute.refAttrName.isEmpty else { return attribute }
    guard var value = given[attribute.refAttrName] else { return nil }
    value.name = attribute.name
    return value
  }
}
