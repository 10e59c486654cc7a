import Foundation

/// The genetic improvement of anchors of YOLOv5's `kmean_anchors`.
public struct AnchorEvolution: Sendable {
  /// The random numbers of one attempt to change the anchors.
  public struct Mutation: Sendable, Hashable {
    /// A number in `0..<1` for every side; the sides below 0.9 change.
    public var mask: [Double]
    /// A number in `0..<1` that all changes are multiplied by.
    public var scale: Double
    /// A number of the standard normal distribution for every side.
    public var normals: [Double]

    /// A mutation from its random numbers, all widths and heights in turn.
    public init(mask: [Double], scale: Double, normals: [Double]) {
      self.mask = mask
      self.scale = scale
      self.normals = normals
    }

    /// Draws a mutation of a number of anchors.
    public init(count: Int, using generator: inout some RandomNumberGenerator) {
      mask = (0..<(2 * count)).map { _ in Double.random(in: 0..<1, using: &generator) }
      scale = Double.random(in: 0..<1, using: &generator)
      normals = (0..<(2 * count)).map { _ in
        // Box and Muller (1958).
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
        return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &generator))
      }
    }

    /// What every side is multiplied by: `clip(1 + mask · scale · normal · 0.1, 0.3, 3)`.
    var factors: [Double] {
      zip(mask, normals).map { mask, normal in
        min(max((mask < 0.9 ? 1.0 : 0.0) * scale * normal * 0.1 + 1, 0.3), 3)
      }
    }
  }

  /// The best anchors so far, in the order of the ones it started with.
  public private(set) var anchors: [BoxSize]
  /// The mean of the best ratio of every object, 0 where that does not exceed `1 / ratioLimit`.
  public private(set) var fitness: Double

  private let objects: [BinarySize]
  private let limit: Float

  /// The state before the first generation; `objects` must not be empty.
  public init(anchors: [BoxSize], objects: [BoxSize], ratioLimit: Double = 4) {
    self.anchors = anchors
    self.objects = objects.map(BinarySize.init)
    limit = Float(1 / ratioLimit)
    fitness = 0
    fitness = fitness(of: anchors)
  }

  /// Runs one generation: mutations are drawn until one changes anything, and kept if it is fitter.
  ///
  /// Returns whether the anchors got better. Sides stay at 2 pixels or more.
  @discardableResult
  public mutating func advance(_ draw: () -> Mutation) -> Bool {
    guard !anchors.isEmpty else { return false }
    var factors = draw().factors
    while factors.allSatisfy({ $0 == 1 }) { factors = draw().factors }
    let candidate = anchors.enumerated().map { index, anchor in
      BoxSize(
        width: max(anchor.width * factors[2 * index], 2),
        height: max(anchor.height * factors[2 * index + 1], 2))
    }
    let found = fitness(of: candidate)
    guard found > fitness else { return false }
    (anchors, fitness) = (candidate, found)
    return true
  }

  private func fitness(of anchors: [BoxSize]) -> Double {
    let anchors = anchors.map(BinarySize.init)
    var sum = 0.0
    for object in objects {
      var best: Float = 0
      for anchor in anchors { best = max(best, object.ratio(to: anchor)) }
      if best > limit { sum += Double(best) }
    }
    return sum / Double(objects.count)
  }
}
