/// How well anchors fit the objects of a data set, as YOLOv5's `check_anchors` measures it.
///
/// An anchor fits an object by the smallest of the ratios of their widths and heights, each taken
/// below one; training assigns the pair where that exceeds `1 / ratioLimit`. Arithmetic is binary32.
public struct AnchorFit: Sendable, Hashable {
  /// Which release's rule tells whether anchors need to be searched anew.
  public enum Rule: Sendable, CaseIterable {
    /// v6.0: where the best possible recall is below 0.98.
    case below
    /// v6.1 and later: where it is 0.98 or below.
    case atMost
  }

  /// The share of the objects that at least one anchor fits.
  public let bestPossibleRecall: Float
  /// The anchors that fit an object, on average.
  public let anchorsPerTarget: Float

  /// The fit of anchors to objects; nil without objects.
  ///
  /// - Parameters:
  ///   - ratioLimit: The training's `anchor_t`.
  public init?(anchors: [BoxSize], objects: [BoxSize], ratioLimit: Double = 4) {
    guard !objects.isEmpty else { return nil }
    let limit = Float(1 / ratioLimit)
    let anchors = anchors.map(BinarySize.init)
    var reached = 0
    var fitting = 0
    for object in objects {
      let size = BinarySize(object)
      let count = anchors.count { size.ratio(to: $0) > limit }
      reached += count > 0 ? 1 : 0
      fitting += count
    }
    bestPossibleRecall = Float(reached) / Float(objects.count)
    anchorsPerTarget = Float(fitting) / Float(objects.count)
  }

  /// Whether the anchors should be searched anew.
  public func needsSearch(_ rule: Rule = .atMost) -> Bool {
    switch rule {
    case .below: bestPossibleRecall < 0.98
    case .atMost: !(bestPossibleRecall > 0.98)
    }
  }
}

/// The anchor that fits an object best.
public struct AnchorMatch: Sendable, Hashable {
  /// Its place among the anchors; the first of equals.
  public let anchor: Int
  /// The smallest of the ratios of widths and heights, each taken below one; at most 1.
  public let ratio: Float

  /// The best anchor for every object; none where there are no anchors.
  public static func best(anchors: [BoxSize], objects: [BoxSize]) -> [AnchorMatch] {
    guard !anchors.isEmpty else { return [] }
    let anchors = anchors.map(BinarySize.init)
    return objects.map { object in
      let size = BinarySize(object)
      var best = AnchorMatch(anchor: 0, ratio: size.ratio(to: anchors[0]))
      for (place, anchor) in anchors.enumerated().dropFirst() {
        let ratio = size.ratio(to: anchor)
        if ratio > best.ratio { best = AnchorMatch(anchor: place, ratio: ratio) }
      }
      return best
    }
  }
}

/// A size in binary32, in which upstream compares.
struct BinarySize {
  let width: Float
  let height: Float

  init(_ size: BoxSize) {
    width = Float(size.width)
    height = Float(size.height)
  }

  /// The smaller of both sides' ratios to an anchor's, each taken below one.
  func ratio(to anchor: BinarySize) -> Float {
    let (across, down) = (width / anchor.width, height / anchor.height)
    return min(min(across, 1 / across), min(down, 1 / down))
  }
}
