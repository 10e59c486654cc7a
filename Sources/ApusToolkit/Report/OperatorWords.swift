import ApusGraph
import ApusTensor

/// The attributes of a node in words.
enum OperatorWords {
  /// Longer lists and constants are not shown.
  private static let longest = 8

  /// `3×3 kernel, stride 2, pad 1`; empty for an operator without attributes.
  static func attributes(of node: Node, in graph: Graph) -> String {
    var record = OperatorRecord(
      opset: 22,
      inputs: node.inputs.map { id in
        id.map { .value(constant: graph[$0].fact.constant ?? graph[$0].constant) } ?? .absent
      }, outputCount: node.outputs.count)
    guard (try? node.op.encode(into: &record)) != nil else { return "" }
    var rest = record.attributes
    var words: [String] = []
    if case .ints(let kernel)? = rest.removeValue(forKey: "kernel_shape") {
      words.append("\(sizes(kernel)) kernel")
      words.append("stride \(list(rest.removeValue(forKey: "strides"), default: 1))")
      words.append(padding(&rest))
      if case .ints(let dilations)? = rest.removeValue(forKey: "dilations") {
        words.append("dilation \(sizes(dilations, isShort: true))")
      }
    }
    if case .int(let groups)? = rest.removeValue(forKey: "group") {
      let weights = node.inputs.dropFirst().first?.flatMap { graph[$0].fact.fixedShape }
      let isDepthwise = weights.map { $0.rank > 1 && $0[1] == 1 && $0[0] == groups } ?? false
      words.append(isDepthwise ? "depthwise, \(groups) groups" : "\(groups) groups")
    }
    if rest["to"] != nil, let type = node.outputs.first.flatMap({ graph[$0].fact.dtype }) {
      rest["to"] = .string(type.description)
    }
    for (name, value) in rest.sorted(by: { $0.key < $1.key }) {
      let name = name.split(separator: "_").joined(separator: " ")
      words.append("\(HTML.clipped(name, to: 40)) \(text(value))")
    }
    return words.joined(separator: ", ")
  }

  /// The elements of a short constant, as in `1, 1, 2, 2`; nil for weights and for what is not constant.
  static func elements(of value: Value) -> String? {
    guard let tensor = value.constant ?? value.fact.constant, tensor.count <= longest else {
      return nil
    }
    return elements(of: tensor)
  }

  private static func elements(of tensor: Tensor) -> String {
    if tensor.dtype == .bool { return tensor.booleans.map(String.init).joined(separator: ", ") }
    if tensor.dtype.isInteger { return tensor.integers.map(String.init).joined(separator: ", ") }
    return tensor.doubles.map { number(Float($0)) }.joined(separator: ", ")
  }

  private static func padding(_ rest: inout [String: Attribute]) -> String {
    if case .string(let mode)? = rest.removeValue(forKey: "auto_pad") {
      return "padding \(HTML.clipped(mode))"
    }
    guard case .ints(let pads)? = rest.removeValue(forKey: "pads") else { return "pad 0" }
    let half = pads.count / 2
    // One number for each axis where both sides have the same.
    return pads.prefix(half).elementsEqual(pads.suffix(half))
      ? "pad \(sizes(Array(pads.prefix(half)), isShort: true))"
      : "pads \(sizes(Array(pads.prefix(half)))) before, \(sizes(Array(pads.suffix(half)))) after"
  }

  private static func list(_ attribute: Attribute?, default value: Int) -> String {
    guard case .ints(let values)? = attribute else { return String(value) }
    return sizes(values, isShort: true)
  }

  /// `3×3`, or `3` for equal sizes where it is short.
  private static func sizes(_ values: [Int64], isShort: Bool = false) -> String {
    if isShort, let first = values.first, values.allSatisfy({ $0 == first }) {
      return String(first)
    }
    return clipped(values.map(String.init), separator: "×")
  }

  private static func text(_ attribute: Attribute) -> String {
    switch attribute {
    case .int(let value): String(value)
    case .float(let value): number(value)
    case .string(let value): HTML.clipped(value, to: 40)
    case .ints(let values): clipped(values.map(String.init))
    case .floats(let values): clipped(values.map(number))
    case .strings(let values): clipped(values.map { HTML.clipped($0, to: 40) })
    case .tensor(let tensor):
      tensor.count <= longest
        ? elements(of: tensor)
        : "\(tensor.dtype) [\(clipped(tensor.shape.dimensions.map(String.init)))]"
    case .opaque(let kind, let bytes): "(\(HTML.clipped(kind, to: 40)), \(bytes.count) bytes)"
    }
  }

  private static func clipped(_ words: [String], separator: String = ", ") -> String {
    words.prefix(longest).joined(separator: separator) + (words.count > longest ? "…" : "")
  }

  private static func number(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.description
  }
}
