import ApusBoxes
import ApusDatasets
public import ApusMetrics

extension Evaluation {
  /// The thresholds of the classes that serve a goal best on this data set, for `apus detect --thresholds`.
  ///
  /// A class without objects, or for which no threshold reaches the goal, keeps 0.25. Classes go by the names of
  /// the data set, or by its positions where names are repeated.
  ///
  /// - Throws: `ApusError` where two classes cannot be told apart.
  public func thresholdFile(
    _ goal: BestConfidence.Goal, named name: String, model: String? = nil
  ) throws(ApusError) -> ThresholdFile {
    try ThresholdFile(
      yolo.thresholds(goal), names: data.classNames, goal: name, model: model, data: data.path)
  }
}
