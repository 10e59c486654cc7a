import ApusGraph
import ApusPasses

extension Model {
  /// The network as the compiler takes it best: simplified, in single precision, its operators recognised.
  ///
  /// - Throws: `ApusError` naming the file.
  func preparedGraph() throws(ApusError) -> Graph {
    do {
      var graph = graph
      _ = try Pipeline.simplify.run(on: &graph)
      graph = try SinglePrecision.widening(graph)
      _ = try Pipeline.compile.run(on: &graph)
      return graph
    } catch {
      throw .failure("'\(path)': \(error)")
    }
  }
}
