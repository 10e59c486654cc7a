import ApusGraph
import ApusPasses

extension Model {
  /// The network as the compiler takes it best: simplified, in single precision, its operators recognised.
  ///
  /// - Throws: `ApusError` naming the file.
  func preparedGraph() throws(ApusError) -> Graph {
    try prepared { graph throws in
      try Self.simplify(&graph)
      _ = try Pipeline.compile.run(on: &graph)
    }
  }

  /// The network simplified and in single precision: prepared anew, it becomes `preparedGraph()` with all its names.
  ///
  /// - Throws: `ApusError` naming the file.
  func simplifiedGraph() throws(ApusError) -> Graph {
    try prepared { graph throws in try Self.simplify(&graph) }
  }

  private static func simplify(_ graph: inout Graph) throws {
    _ = try Pipeline.simplify.run(on: &graph)
    graph = try SinglePrecision.widening(graph)
  }

  private func prepared(_ change: (inout Graph) throws -> Void) throws(ApusError) -> Graph {
    do {
      var graph = graph
      try change(&graph)
      return graph
    } catch {
      throw .failure("'\(path)': \(error)")
    }
  }
}
