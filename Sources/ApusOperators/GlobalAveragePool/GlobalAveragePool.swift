package import ApusGraph

/// The mean of every plane of `[N, C, spatial…]`.
///
/// Opsets 1 and 22 differ in types only.
package struct GlobalAveragePool: GlobalPooling {
  package static let kind = OperatorKind("GlobalAveragePool")

  package init() {}

  package func apply(_ plane: [Double]) -> Double { plane.reduce(0, +) / Double(plane.count) }
}
