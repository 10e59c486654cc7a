package import ApusGraph

/// A backbone or a neck of NanoDet: maps of several sizes, finest first.
///
/// A backbone reads the picture and gives a map for each level; a neck reads and gives maps.
package protocol FeatureStage: Sendable {
  /// The channels of each map, finest first.
  var outputChannels: [Int] { get }
  /// Height and width of the only picture that the stage can be built for; nil for those of any size.
  var onlySide: Int? { get }

  /// Reads the sizes from the names and shapes of a state's tensors; nil where they are of another stage.
  ///
  /// - Parameter path: where the stage lies in the model, such as `backbone`.
  /// - Throws: `FamilyError` where a tensor that sizes are read from is missing or out of bounds.
  init?(state: WeightState, path: String) throws(FamilyError)

  /// Appends all nodes and returns the maps.
  ///
  /// - Parameter path: where the stage lies in the model, such as `backbone`.
  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID]
}

extension FeatureStage {
  package var onlySide: Int? { nil }

  /// Makes sure that a neck gets as many maps as it has channels for.
  func checkCount(
    of inputs: [ValueID], equals channels: [Int], path: String
  ) throws(FamilyError) {
    guard inputs.count == channels.count, !inputs.isEmpty else {
      throw FamilyError(
        .graph, at: path, "reads \(channels.count) maps, but the backbone gives \(inputs.count)")
    }
  }
}
