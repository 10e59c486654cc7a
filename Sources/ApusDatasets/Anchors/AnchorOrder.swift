/// The anchors of one level of a detector.
public struct AnchorLevel: Sendable, Hashable {
  /// The input pixels per cell of its grid.
  public var stride: Double
  /// Its anchors in pixels.
  public var anchors: [BoxSize]

  /// A level.
  public init(stride: Double, anchors: [BoxSize]) {
    self.stride = stride
    self.anchors = anchors
  }
}

/// Whether anchors lie on the levels that they belong to: small ones on small strides.
public enum AnchorOrder: Sendable, CaseIterable {
  /// v6.0: the areas of the very first and the very last anchor are compared, in cells of the grid.
  ///
  /// Upstream's bug: anchors in right order may be reversed, and change in pixels by it, since
  /// their numbers of cells are what is reversed.
  case endsInGrid
  /// v6.1 and later: the mean areas of the first and the last level are compared, in pixels.
  case levelsInPixels

  /// The levels, their anchors in reverse where their order opposes that of the strides.
  public func applied(to levels: [AnchorLevel]) -> [AnchorLevel] {
    guard isReversed(levels) else { return levels }
    return zip(levels, levels.reversed()).map { level, source in
      let factor = self == .endsInGrid ? level.stride / source.stride : 1
      return AnchorLevel(
        stride: level.stride,
        anchors: source.anchors.map {
          BoxSize(width: $0.width * factor, height: $0.height * factor)
        })
    }
  }

  /// Whether the order of the anchors opposes that of the strides; never where a level has none.
  public func isReversed(_ levels: [AnchorLevel]) -> Bool {
    guard
      let first = levels.first, let last = levels.last,
      let firstAnchor = first.anchors.first, let lastAnchor = last.anchors.last
    else { return false }
    let change = sign(last.stride - first.stride)
    switch self {
    case .endsInGrid:
      let lastArea = lastAnchor.area / (last.stride * last.stride)
      return sign(lastArea - firstAnchor.area / (first.stride * first.stride)) != change
    case .levelsInPixels:
      let growth = sign(meanArea(last.anchors) - meanArea(first.anchors))
      return growth != 0 && growth != change
    }
  }

  private func meanArea(_ anchors: [BoxSize]) -> Double {
    anchors.reduce(0) { $0 + $1.area } / Double(anchors.count)
  }

  private func sign(_ value: Double) -> Int { value > 0 ? 1 : value < 0 ? -1 : 0 }
}
