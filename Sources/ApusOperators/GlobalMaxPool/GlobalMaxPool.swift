package import ApusGraph

/// The largest element of every plane of `[N, C, spatial…]`.
///
/// Opsets 1 and 22 differ in types only.
package struct GlobalMaxPool: GlobalPooling {
  package static let kind = OperatorKind("GlobalMaxPool")

  package init() {}

  package func apply(_ plane: [Double]) -> Double {
    plane.contains(where: \.isNaN) ? .nan : plane.max() ?? -.infinity
  }
}
