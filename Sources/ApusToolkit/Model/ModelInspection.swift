public import ApusGraph
import ApusTensor
import Foundation

/// What a model is, for people and for machines.
public struct ModelInspection: Sendable, Encodable {
  /// A value that goes in or comes out.
  public struct Port: Sendable, Encodable {
    /// The name.
    public let name: String
    /// The element type.
    public let type: String
    /// The sizes of the axes, numbers or names.
    public let shape: [String]

    init(_ value: Value) {
      name = value.name
      type = value.fact.dtype?.description ?? "unknown"
      shape = value.fact.shape?.map(\.description) ?? []
    }

    /// `images  float32 [1, 3, 640, 640]`.
    public var text: String { "\(name)  \(type) [\(shape.joined(separator: ", "))]" }
  }

  /// The file.
  public let file: String
  /// What the checkpoint says; nil for an ONNX file.
  public let checkpoint: CheckpointSummary?
  /// The operator set of an ONNX file; nil for a checkpoint.
  public let opset: Int?
  /// Inputs, in order.
  public let inputs: [Port]
  /// Outputs, in order.
  public let outputs: [Port]
  /// Nodes by operator.
  public let operators: [String: Int]
  /// Operators Apus does not know.
  public let unknownOperators: [String]
  /// Numbers in the constants of floating point.
  public let weightCount: Int
  /// Multiply-accumulates of one run; nil where sizes are symbols.
  public let multiplyAccumulates: Int?
  /// Metadata of an ONNX file.
  public let metadata: [String: String]
  /// What the model is and how it is used.
  public let card: ModelCard

  /// Inspects a model.
  public init(_ model: Model) {
    file = model.path
    let graph = model.graph
    if case .checkpoint(let summary) = model.source {
      checkpoint = summary
      opset = nil
    } else {
      checkpoint = nil
      opset = graph.opset
    }
    inputs = graph.inputs.map { Port(graph[$0]) }
    outputs = graph.outputs.map { Port(graph[$0]) }
    var counts: [String: Int] = [:]
    var unknown: Set<String> = []
    for node in graph.nodes {
      counts[node.op.kind.description, default: 0] += 1
      if node.op is ForeignOperator { unknown.insert(node.op.kind.description) }
    }
    operators = counts
    unknownOperators = unknown.sorted()
    weightCount = graph.constants.reduce(0) { total, value in
      guard let tensor = value.constant, tensor.dtype.isFloatingPoint else { return total }
      return total + tensor.count
    }
    multiplyAccumulates = Self.multiplyAccumulates(graph)
    metadata = graph.metadata
    card = graph.card
  }

  private static func multiplyAccumulates(_ graph: Graph) -> Int? {
    sized(graph)?.multiplyAccumulates
  }

  /// The graph at batch 1 and the card's input size, where its own sizes are symbols; nil where that leaves
  /// symbols.
  static func sized(_ graph: Graph) -> Graph? {
    let symbols = graph.inputs.flatMap { graph[$0].fact.shape ?? [] }.flatMap(\.symbols)
    if symbols.isEmpty { return graph }
    var sizes = ["batch": 1]
    if let height = graph.card.inputSize.first { sizes["height"] = height }
    if let width = graph.card.inputSize.last { sizes["width"] = width }
    guard symbols.allSatisfy({ sizes[$0] != nil }) else { return nil }
    return try? graph.withSizes(sizes)
  }
}

extension ModelInspection: CustomStringConvertible {
  /// Several lines for a person.
  public var description: String {
    var lines = [file]
    if let checkpoint { lines += Self.lines(of: checkpoint) } else { lines += onnxLines }
    if let macs = multiplyAccumulates {
      let size = card.inputSize.map(String.init).joined(separator: "x")
      let at = size.isEmpty ? "" : " at \(size)"
      lines.append(
        String(format: "  computation  %.3f GMAC", Double(macs) / 1e9) + at)
    }
    if !card.sourceHash.isEmpty { lines.append("  sha256       \(card.sourceHash)") }
    return lines.joined(separator: "\n")
  }

  private static func lines(of summary: CheckpointSummary) -> [String] {
    var lines = [
      "  family       \(summary.family), variant \(summary.variant)",
      "  weights      \(summary.weights)"
        + (summary.epoch.map { ", epoch \($0)" } ?? ", final (stripped of its training state)")
        + (summary.date.map { ", written \($0)" } ?? ""),
      "  parameters   \(Number.grouped(summary.parameters)) (normalisation unfused)",
    ]
    lines += anchorLines(of: summary)
    lines.append("  classes      \(summary.classNames.count): \(list(summary.classNames))")
    return lines
  }

  private static func anchorLines(of summary: CheckpointSummary) -> [String] {
    guard let areDefaults = summary.hasCOCOAnchors else {
      let strides = summary.strides.map(String.init).joined(separator: ", ")
      return ["  anchors      none; strides \(strides)"]
    }
    var lines = [
      "  anchors      "
        + (areDefaults
          ? "COCO defaults, by value" : "not the COCO defaults: fitted to other data")
    ]
    let grid = summary.anchors.map { pairs($0.grid).count }.max() ?? 0
    for level in summary.anchors {
      lines.append(
        "    stride \(level.stride)".padding(toLength: 15, withPad: " ", startingAt: 0)
          + "grid " + pairs(level.grid).padding(toLength: grid, withPad: " ", startingAt: 0)
          + "   pixels \(pairs(level.pixels))")
    }
    return lines
  }

  private var onnxLines: [String] {
    var lines = ["  format       ONNX, operator set \(opset ?? 0)"]
    if !card.family.isEmpty {
      let variant = card.variant.isEmpty ? "" : ", variant \(card.variant)"
      lines.append("  family       \(card.family)\(variant)")
    }
    lines += inputs.map { "  input        \($0.text)" }
    lines += outputs.map { "  output       \($0.text)" }
    lines.append("  weights      \(Number.grouped(weightCount)) numbers")
    let sorted = operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let counted = sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    lines.append("  operators    \(operators.values.reduce(0, +)): \(counted)")
    if !unknownOperators.isEmpty {
      lines.append("  unknown      \(unknownOperators.joined(separator: ", ")) (cannot be run)")
    }
    if !card.classNames.isEmpty {
      lines.append("  classes      \(card.classNames.count): \(Self.list(card.classNames))")
    }
    return lines
  }

  private static func pairs(_ anchors: [[Float]]) -> String {
    anchors.map { $0.map(number).joined(separator: ",") }.joined(separator: "  ")
  }

  private static func number(_ value: Float) -> String {
    value == value.rounded() ? String(Int(value)) : String(describing: value)
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
