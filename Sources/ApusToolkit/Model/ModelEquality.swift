import ApusCompiler
import ApusGraph
import ApusPasses
import ApusRuntime
import ApusTensor
import Foundation

/// Running two graphs on equal random inputs, compiled as they are, without further rewriting.
enum ModelEquality {
  /// Rounding of half precision inside a network: folded weights are rounded once more.
  static let halfTolerance = 1e-2
  static let tolerance = 1e-4

  /// The greatest difference of any output, as a share of the greatest magnitude of that output.
  ///
  /// - Throws: `ApusError` naming output and seed where the graphs differ by more than rounding.
  static func difference(
    _ before: Graph, _ after: Graph, checks: Int, progress: () -> Void
  ) throws -> Double {
    guard checks > 0 else { return 0 }
    var greatest = 0.0
    let isHalf = before.allValues.contains {
      $0.fact.dtype == .float16 || $0.fact.dtype == .bfloat16
    }
    for seed in 1...UInt64(checks) {
      var equality = Equality()
      equality.runs = 1
      equality.seed = seed
      equality.tolerance = isHalf ? halfTolerance : tolerance
      let differences = try equality.differences(after, before, evaluate: run)
      if let worst = differences.max(by: { $0.relative < $1.relative }), !equality.accepts([worst])
      {
        let gap = worst.mismatch ?? "difference \(worst.relative) of its range"
        throw ApusError.failure(
          "the simplified model differs from the original in output '\(worst.output)' on random"
            + " input \(seed): \(gap); nothing was written; please report the model")
      }
      greatest = max(greatest, differences.map(\.relative).max() ?? 0)
      progress()
    }
    return greatest
  }

  private static func run(
    _ graph: Graph, _ inputs: [String: Tensor]
  ) throws -> [String: Tensor] {
    let names = graph.inputs.map { graph[$0].name }
    let given = names.compactMap { inputs[$0] }
    let shapes = Dictionary(uniqueKeysWithValues: zip(names, given.map(\.shape)))
    let compiled = try Compiler(environment: ProcessInfo.processInfo.environment).compile(
      graph, inputShapes: shapes)
    let session = try Session(compiled.plan, threads: 1, host: compiled.host)
    let outputs = try session.run(inputs: given)
    return Dictionary(
      zip(graph.outputs.map { graph[$0].name }, outputs), uniquingKeysWith: { first, _ in first })
  }
}
