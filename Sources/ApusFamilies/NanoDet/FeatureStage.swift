package import ApusGraph

/// A backbone or a neck of NanoDet: maps of several sizes, finest first.
///
/// A backbone reads the picture and gives a map for each level; a neck reads and gives maps.
package protocol FeatureStage: Sendable {
  /// The channels of each map, finest first.
  var outputChannels: [Int] { get }

  /// Appends all nodes and returns the maps.
  ///
  /// - Parameter path: where the stage lies in the model, such as `backbone`.
  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID]
}
