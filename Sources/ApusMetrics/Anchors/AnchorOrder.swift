/// Whether anchors lie on the levels that they belong to: small ones on small strides.
public enum AnchorOrder: Sendable, CaseIterable {
  /// v6.0: the areas of the very first and the very last anchor are compared, in units of the
  /// strides' grids. Upstream's bug: anchors in right order can be reversed by it.
  case endsInGrid
  /// v6.1 and later: the mean areas of the first and the last level are compared, in pixels.
  case levelsInPixels

  /// The anchors in pixels, their levels reversed where their order opposes that of the strides.
  ///
  /// - Parameters:
  ///   - anchors: The anchors of every level in pixels; divided by their strides they are what is
  ///     reversed under `.endsInGrid`, so that they change in pixels.
  ///   - strides: The stride of every level, as many.
  public func applied(to anchors: [[BoxSize]], strides: [Double]) -> [[BoxSize]] {
    precondition(anchors.count == strides.count, "a stride for every level")
    guard isReversed(anchors, strides: strides) else { return anchors }
    switch self {
    case .levelsInPixels: return anchors.reversed()
    case .endsInGrid:
      return strides.indices.map { level in
        let source = strides.count - 1 - level
        let factor = strides[level] / strides[source]
        return anchors[source].map {
          BoxSize(width: $0.width * factor, height: $0.height * factor)
        }
      }
    }
  }

  /// Whether the order of the anchors opposes that of the strides.
  public func isReversed(_ anchors: [[BoxSize]], strides: [Double]) -> Bool {
    guard
      let firstStride = strides.first, let lastStride = strides.last,
      let first = anchors.first, let last = anchors.last,
      let firstAnchor = first.first, let lastAnchor = last.last
    else { return false }
    let change = lastStride - firstStride
    switch self {
    case .endsInGrid:
      let growth =
        lastAnchor.area / (lastStride * lastStride) - firstAnchor.area / (firstStride * firstStride)
      return sign(growth) != sign(change)
    case .levelsInPixels:
      let growth = meanArea(last) - meanArea(first)
      return growth != 0 && sign(growth) != sign(change)
    }
  }

  private func meanArea(_ level: [BoxSize]) -> Double {
    level.reduce(0) { $0 + $1.area } / Double(level.count)
  }

  private func sign(_ value: Double) -> Int { value > 0 ? 1 : value < 0 ? -1 : 0 }
}
