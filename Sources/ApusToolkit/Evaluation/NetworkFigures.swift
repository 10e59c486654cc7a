import ApusGraph
import ApusPasses
import ApusTensor

/// How large a network is.
public struct NetworkFigures: Sendable, Hashable, Encodable {
  /// Parameters; of an ONNX file the numbers in its constants of floating point.
  public let parameters: Int
  /// Multiply-accumulates for a picture at the full size of the input; nil where sizes stay open.
  public let multiplyAccumulates: Int?
  /// Bytes of the simplified network's constants, as they are stored.
  public let weightBytes: Int

  /// The figures of a model for an input of the given height and width.
  init(_ model: Model, inputSize: (height: Int, width: Int)) {
    let graph = model.graph
    if case .checkpoint(let summary) = model.source {
      parameters = summary.parameters
    } else {
      parameters = Self.constants(of: graph).reduce(0) { $0 + $1.count }
    }
    var simplified = graph
    // What cannot be simplified is as large as it is.
    if (try? Pipeline.simplify.run(on: &simplified)) == nil { simplified = graph }
    weightBytes = Self.constants(of: simplified).reduce(0) { $0 + $1.byteCount }
    let shape = graph.inputs.first.flatMap { graph[$0].fact.shape } ?? []
    let symbols = Set(shape.flatMap(\.symbols))
    let sizes = ["batch": 1, "height": inputSize.height, "width": inputSize.width]
    let known = sizes.filter { symbols.contains($0.key) }
    let sized = symbols.isEmpty ? graph : try? graph.withSizes(known)
    let isClosed = symbols.allSatisfy { known[$0] != nil }
    multiplyAccumulates =
      isClosed ? sized.map { $0.multiplyAccumulates / max(shape.first?.fixed ?? 1, 1) } : nil
  }

  private static func constants(of graph: Graph) -> [Tensor] {
    graph.constants.compactMap(\.constant).filter(\.dtype.isFloatingPoint)
  }
}
