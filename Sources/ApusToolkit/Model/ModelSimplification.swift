import ApusCompiler
import ApusGraph
import ApusPasses
import ApusRuntime
import ApusTensor

/// What simplifying a model changed, and that it still computes the same.
public struct ModelSimplification: Sendable, Encodable {
  /// How often an operator occurs.
  public struct OperatorCount: Sendable, Encodable {
    /// The operator.
    public let name: String
    /// Its nodes before.
    public let before: Int
    /// Its nodes after.
    public let after: Int
  }

  /// A pass and how many places it changed.
  public struct PassCount: Sendable, Encodable {
    /// The pass.
    public let name: String
    /// Places changed.
    public let patches: Int
  }

  /// Why a pass left a node alone.
  public struct Miss: Sendable, Encodable {
    /// The pass.
    public let pass: String
    /// The node.
    public let node: String
    /// The reason.
    public let reason: String
  }

  /// The operators before and after, by name.
  public let operators: [OperatorCount]
  /// The passes that changed something, in order.
  public let passes: [PassCount]
  /// Why passes left nodes alone; only where asked for.
  public let misses: [Miss]
  /// The number of random inputs that both models were run on.
  public let checks: Int
  /// Why the models could not be run; nil where they were, or no check was asked for.
  public let unchecked: String?
  /// The greatest difference found, as a share of the greatest magnitude of the output.
  public let greatestDifference: Double

  /// All nodes before.
  public var nodesBefore: Int { operators.reduce(0) { $0 + $1.before } }
  /// All nodes after.
  public var nodesAfter: Int { operators.reduce(0) { $0 + $1.after } }

  /// Simplifies a model, and runs it before and after on random inputs.
  ///
  /// - Parameters:
  ///   - checks: how many random inputs to run; 0 for none.
  ///   - explains: whether reasons are kept why passes left nodes alone.
  ///   - progress: called after each check.
  /// - Returns: what changed, and the simplified model.
  /// - Throws: `ApusError` where the models differ.
  public static func simplify(
    _ model: Model, checks: Int = 3, explains: Bool = false, progress: () -> Void = {}
  ) throws(ApusError) -> (report: ModelSimplification, model: Model) {
    var simplified = model
    do {
      var pipeline = Pipeline.simplify
      pipeline.explains = explains
      let report = try pipeline.run(on: &simplified.graph)
      // What Apus does not know is kept and written back, but cannot be run.
      let unchecked = checks > 0 ? ModelLimits.unknownOperator(in: model.graph) : nil
      let checks = unchecked == nil ? checks : 0
      if checks > 0 { try ModelLimits.checkSizes(of: model.graph, path: model.path) }
      let difference = try ModelEquality.difference(
        model.graph, simplified.graph, checks: checks, progress: progress)
      return (
        ModelSimplification(
          report, checks: checks, unchecked: unchecked, difference: difference), simplified
      )
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(model.path)': \(error)")
    }
  }

  private init(_ report: PassReport, checks: Int, unchecked: String?, difference: Double) {
    operators = report.operators.map {
      OperatorCount(name: $0.kind.description, before: $0.before, after: $0.after)
    }
    passes = report.lines.filter { $0.patches > 0 }.map {
      PassCount(name: $0.pass, patches: $0.patches)
    }
    misses = report.misses.map { Miss(pass: $0.pass, node: $0.node, reason: $0.reason) }
    self.checks = checks
    self.unchecked = unchecked
    greatestDifference = difference
  }
}
