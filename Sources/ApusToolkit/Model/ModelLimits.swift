import ApusGraph
import ApusOperators
import ApusTensor

/// What a graph must not exceed to be run, checked before any memory is taken for it.
enum ModelLimits {
  /// Refuses a graph that holds an operator Apus does not know.
  ///
  /// - Throws: `ApusError` naming the file, the node and its operator.
  static func checkOperators(of graph: Graph, path: String) throws(ApusError) {
    if let reason = unknownOperator(in: graph) {
      throw .failure(
        "'\(path)': \(reason), so the model cannot be run; export it with standard ONNX operators")
    }
  }

  /// Refuses a graph whose normalisations follow the picture at hand: it finds nothing, or something else every time.
  ///
  /// - Throws: `ApusError` naming the file and a node.
  static func checkIsTrained(_ graph: Graph, path: String) throws(ApusError) {
    let training = graph.nodes.filter { ($0.op as? BatchNormalization)?.trains == true }
    guard let first = training.first else { return }
    throw .failure(
      "'\(path)': the model is in the form for training: \(training.count) normalisations such as"
        + " '\(first.name)' take their statistics from the batch; export it in evaluation mode, or without"
        + " --form training")
  }

  /// The first operator Apus does not know, in words; nil where all are known.
  static func unknownOperator(in graph: Graph) -> String? {
    guard let node = graph.nodes.first(where: { $0.op is ForeignOperator }) else { return nil }
    return "node '\(node.name)': the operator \(node.op.kind) is not known to Apus"
  }

  /// Refuses a graph with a value of more elements than an operator may give.
  ///
  /// - Parameters:
  ///   - inputShapes: sizes of inputs by name, for inputs with symbols.
  ///   - remedy: what to do about it.
  /// - Throws: `ApusError` naming the file, the value and its shape.
  static func checkSizes(
    of graph: Graph, path: String, inputShapes: [String: [Int]] = [:],
    remedy: String = "run the model at a smaller size"
  ) throws(ApusError) {
    let sized: Graph
    do {
      sized =
        inputShapes.isEmpty
        ? graph
        : try graph.withInputShapes(inputShapes.mapValues { $0.map { Dimension.fixed($0) } })
    } catch {
      throw .failure("'\(path)': \(error)")
    }
    for value in sized.allValues {
      guard let sizes = value.fact.shape?.map(\.fixed), !sizes.contains(0) else { continue }
      var count = 1
      for case let size? in sizes where size > 0 {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, product <= OutputSize.maximum else {
          throw .failure(
            "'\(path)': value '\(value.name)' is \(value.fact), larger than"
              + " \(OutputSize.maximum) elements; \(remedy)")
        }
        count = product
      }
    }
  }
}
