public import ApusDatasets
import ApusRandom

/// How anchors are measured and searched.
public struct AnchorOptions: Sendable {
  /// The longer side of the network's input in pixels.
  public var imageSize = 640
  /// The training's `anchor_t`: an anchor fits where no side differs by this factor or more.
  public var ratioLimit = 4.0
  /// Which release's rule and words are followed.
  public var rule = AnchorFit.Rule.atMost
  /// What all random numbers follow from.
  public var seed: UInt64 = 0
  /// Whether every picture is scaled by 0.9 to 1.1 before the fit is measured, as upstream's `check_anchors` does.
  public var isJittered = false
  /// How many of the worst-fitting objects are listed.
  public var worstCount = 10
  /// The generations of the evolution.
  public var generations = 1000

  /// Upstream's values, without its random scales.
  public init() {}

  /// Refuses what makes no sense.
  ///
  /// - Throws: `ApusError` naming the value.
  public func check() throws(ApusError) {
    guard (32...65536).contains(imageSize) else {
      throw .usage("the image size is \(imageSize), but must be from 32 to 65536 pixels")
    }
    guard ratioLimit > 1, ratioLimit <= 1000 else {
      throw .usage(
        "the ratio limit is \(ratioLimit), but must be a number above 1 and up to 1000: the factor by which the"
          + " sides of an object may differ from those of its anchor, in YOLOv5 4")
    }
    guard (0...10_000_000).contains(generations) else {
      throw .usage("the generations are \(generations), but must be from 0 to 10000000")
    }
    guard (0...1_000_000).contains(worstCount) else {
      throw .usage("the worst objects to list are \(worstCount), but must be from 0 to 1000000")
    }
  }

  /// The objects as the fit is measured on.
  func measuredSizes(of data: AnchorData) -> [BoxSize] {
    guard isJittered else { return data.sizes(imageSize: imageSize) }
    var draws = SplitMix64(seed: seed)
    let scales = data.pictures.map { _ in Double.random(in: 0.9..<1.1, using: &draws) }
    return data.sizes(imageSize: imageSize, scales: scales)
  }
}

extension AnchorFit.Rule {
  /// The release: `v6.0` or `v6.1`.
  public var release: String { self == .below ? "v6.0" : "v6.1" }
}
