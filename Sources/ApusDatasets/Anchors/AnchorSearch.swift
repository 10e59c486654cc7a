import ApusRandom

/// Anchors for a data set: k-means, then genetic evolution, as YOLOv5's `kmean_anchors`.
public struct AnchorSearch: Sendable, Hashable {
  /// How many anchors are searched.
  public var count: Int
  /// The longer side of the network's input.
  public var imageSize: Double
  /// The training's `anchor_t`.
  public var ratioLimit: Double
  /// The generations of the evolution.
  public var generations: Int

  /// A search with upstream's defaults.
  public init(
    count: Int = 9, imageSize: Double = 640, ratioLimit: Double = 4, generations: Int = 1000
  ) {
    self.count = count
    self.imageSize = imageSize
    self.ratioLimit = ratioLimit
    self.generations = generations
  }

  /// What a search found.
  public struct Result: Sendable, Hashable {
    /// The anchors before the evolution, by area.
    public let start: [BoxSize]
    /// Whether k-means gave them; else, as in v6.1 and later, they are random.
    public let startIsClustered: Bool
    /// The anchors found, by area.
    public let anchors: [BoxSize]
    /// How many objects have a side under 3 pixels.
    public let tinyCount: Int
    /// How many objects were searched with: those with a side of 2 pixels or more.
    public let usedCount: Int
  }

  /// Why there are no anchors to be found.
  public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// A size is no number, or negative.
    case size(BoxSize, object: Int)
    /// No object has a side of 2 pixels or more.
    case noObjects(of: Int)

    /// What is wrong, and what to do.
    public var description: String {
      switch self {
      case .size(let size, let object):
        "object \(object) has the size \(size.width) x \(size.height), expected finite sides of "
          + "0 pixels or more; repair its label"
      case .noObjects(let total):
        "none of \(total) objects has a side of 2 pixels or more, expected at least one; "
          + "check the labels and the image size"
      }
    }
  }

  /// The sizes that are searched with; throws where there are none, or one is no size.
  public func usable(_ objects: [BoxSize]) throws(Failure) -> [BoxSize] {
    for (index, size) in objects.enumerated() {
      guard size.width.isFinite, size.height.isFinite, size.width >= 0, size.height >= 0 else {
        throw .size(size, object: index)
      }
    }
    let usable = objects.filter { $0.width >= 2 || $0.height >= 2 }
    guard !usable.isEmpty else { throw .noObjects(of: objects.count) }
    return usable
  }

  /// K-means of whitened sizes, by area; nil where it keeps fewer than `count` clusters.
  ///
  /// - Parameters:
  ///   - starts: Indices of `count` objects each, where the centres begin; upstream draws 30.
  public func clusters(of objects: [BoxSize], starts: [[Int]]) -> [BoxSize]? {
    guard objects.count >= count else { return nil }
    let scale = objects.deviation
    guard scale.width > 0, scale.height > 0 else { return nil }
    let points = objects.map {
      BoxSize(width: $0.width / scale.width, height: $0.height / scale.height)
    }
    let found = SizeClusters(of: points, starts: starts.map { $0.map { points[$0] } })
    guard let found, found.centres.count == count else { return nil }
    return Self.byArea(
      found.centres.map {
        BoxSize(width: $0.width * scale.width, height: $0.height * scale.height)
      })
  }

  /// Searches anchors; the same seed finds the same ones.
  ///
  /// - Parameter progress: called after every generation with the fitness reached.
  public func anchors(
    for objects: [BoxSize], seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws(Failure) -> Result {
    var generator = SplitMix64(seed: seed)
    return try anchors(for: objects, using: &generator, progress: progress)
  }

  /// Searches anchors for objects of sizes in pixels of the network's input.
  ///
  /// - Parameter progress: called after every generation with the fitness reached.
  public func anchors(
    for objects: [BoxSize], using generator: inout some RandomNumberGenerator,
    progress: (Double) -> Void = { _ in }
  ) throws(Failure) -> Result {
    let used = try usable(objects)
    var starts: [[Int]] = []
    if used.count >= count {
      for _ in 0..<30 {
        starts.append(Self.choice(of: count, from: used.count, using: &generator))
      }
    }
    let clusters = clusters(of: used, starts: starts)
    let start = clusters ?? randomStart(using: &generator)
    var evolution = AnchorEvolution(anchors: start, objects: used, ratioLimit: ratioLimit)
    for _ in 0..<generations {
      evolution.advance { AnchorEvolution.Mutation(count: count, using: &generator) }
      progress(evolution.fitness)
    }
    return Result(
      start: start, startIsClustered: clusters != nil, anchors: Self.byArea(evolution.anchors),
      tinyCount: objects.count { $0.width < 3 || $0.height < 3 }, usedCount: used.count)
  }

  /// `2 · count` random numbers in ascending order, times the image's size, as pairs.
  private func randomStart(using generator: inout some RandomNumberGenerator) -> [BoxSize] {
    let sides = (0..<(2 * count)).map { _ in Double.random(in: 0..<1, using: &generator) }.sorted()
    return (0..<count).map {
      BoxSize(width: sides[2 * $0] * imageSize, height: sides[2 * $0 + 1] * imageSize)
    }
  }

  /// Different indices in random order (Floyd's sampling, shuffled).
  private static func choice(
    of count: Int, from total: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    var chosen: [Int] = []
    for limit in (total - count)..<total {
      let index = Int.random(in: 0...limit, using: &generator)
      chosen.append(chosen.contains(index) ? limit : index)
    }
    return chosen.shuffled(using: &generator)
  }

  /// The anchors from the smallest area up; of equal ones the earlier first.
  static func byArea(_ anchors: [BoxSize]) -> [BoxSize] {
    anchors.enumerated().sorted {
      ($0.element.area, $0.offset) < ($1.element.area, $1.offset)
    }.map(\.element)
  }
}
