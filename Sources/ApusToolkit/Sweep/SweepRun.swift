/// Going through the rows of a plan, one after the other.
public enum SweepRun {
  /// Measures every configuration that the state does not know.
  ///
  /// A configuration that fails is listed, and the next one is run.
  ///
  /// - Parameters:
  ///   - state: where given, rows are taken from it, and written to it as they are measured.
  ///   - measure: runs one configuration.
  ///   - progress: called after each configuration that was run, with its result.
  /// - Throws: `ApusError` where the state cannot be written.
  public static func run(
    _ plan: SweepPlan, state: inout SweepState?,
    measure: (SweepConfiguration) throws(ApusError) -> SweepMeasures,
    progress: (SweepConfiguration) -> Void = { _ in }
  ) throws(ApusError) -> SweepTable {
    var rows: [SweepTable.Row] = []
    var failures: [SweepTable.Failure] = []
    for (configuration, model) in plan.steps {
      if let known = state?.measures(of: configuration, model: model) {
        rows.append(.init(configuration, known, isRecalled: true))
        continue
      }
      let measures: SweepMeasures
      do {
        measures = try measure(configuration)
      } catch {
        failures.append(.init(configuration, error.message))
        progress(configuration)
        continue
      }
      rows.append(.init(configuration, measures))
      try state?.keep(measures, of: configuration, model: model)
      progress(configuration)
    }
    return SweepTable(rows: rows, failures: failures, exclusions: plan.exclusions)
  }
}

extension SweepPlan {
  /// The configurations, each with its model.
  public var steps: [(configuration: SweepConfiguration, model: SweepModel)] {
    configurations.compactMap { configuration in
      models.first { $0.path == configuration.model }.map { (configuration, $0) }
    }
  }

  /// How many configurations a state does not know.
  public func remaining(after state: SweepState?) -> Int {
    steps.count { state?.measures(of: $0.configuration, model: $0.model) == nil }
  }
}
