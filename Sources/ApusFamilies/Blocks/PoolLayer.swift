package import ApusGraph

/// A pool as a layer of its own: YOLOv7's `MP`, which halves height and width, and `SP`, which keeps them.
package struct PoolLayer: RecordedBlock {
  package static let classNames = ["MP", "SP"]

  package var pool: MaximumPool

  /// A layer of the given pool.
  package init(_ pool: MaximumPool) { self.pool = pool }

  package init(_ module: RecordedModule) throws(FamilyError) {
    pool = try MaximumPool(try module.child("m"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    try pool.build(in: &network, from: inputs, path: "\(path).m")
  }
}
