import ApusDatasets
import Foundation

/// How well anchors fit the objects of a data set, as YOLOv5's `check_anchors` measures it, and where they do not.
public struct AnchorCheck: Sendable, Encodable {
  /// The fit of some anchors to some objects.
  public struct Fit: Sendable, Encodable {
    /// The objects.
    public let objects: Int
    /// The share of the objects that at least one anchor fits.
    public let bestPossibleRecall: Double
    /// The anchors that fit an object, on average.
    public let anchorsPerTarget: Double
    /// The mean of the best ratio of every object, 0 where that does not exceed the limit: what evolution raises.
    public let fitness: Double
  }

  /// The fit of the anchors of one level.
  public struct Level: Sendable, Encodable {
    /// Input pixels per cell.
    public let stride: Int
    /// The fit of its anchors alone to all objects.
    public let fit: Fit
    /// The share of all objects whose best anchor is one of this level.
    public let share: Double
  }

  /// The fit to the objects of one class.
  public struct Class: Sendable, Encodable {
    /// Its name.
    public let name: String
    /// The fit of all anchors to its objects.
    public let fit: Fit
  }

  /// An object that the anchors fit badly.
  public struct Misfit: Sendable, Encodable {
    /// Its picture.
    public let picture: String
    /// Its class.
    public let className: String
    /// Its width in input pixels.
    public let width: Double
    /// Its height in input pixels.
    public let height: Double
    /// The smaller ratio of its sides to those of the best anchor, below one.
    public let ratio: Double
    /// Width and height of the best anchor in pixels.
    public let anchor: [Double]
  }

  /// The data set.
  public let data: String
  /// The split of it; nil for all pictures.
  public let split: String?
  /// The pictures.
  public let pictures: Int
  /// The longer side of the network's input.
  public let imageSize: Int
  /// The training's `anchor_t`.
  public let ratioLimit: Double
  /// The release whose rule is followed: `v6.0` or `v6.1`.
  public let rule: String
  /// The anchors by level, `[level][anchor][2]`, in pixels.
  public let anchors: [[[Double]]]
  /// The fit of all anchors to all objects.
  public let fit: Fit
  /// Level by level, finest first.
  public let levels: [Level]
  /// The classes that have objects, in the order of the data set.
  public let classes: [Class]
  /// The worst-fitting objects, worst first.
  public let worst: [Misfit]
  /// The objects with a side under 3 pixels.
  public let tinyCount: Int
  /// Whether the rule has anchors searched anew.
  public let needsSearch: Bool
  /// Whether the anchors grow with the strides.
  public let isOrdered: Bool
  /// What YOLOv5 prints.
  public let messages: [String]

  /// Measures the anchors of a model, or given ones.
  ///
  /// - Throws: `ApusError` where an option makes no sense.
  public init(
    _ anchors: ModelAnchors, data: AnchorData, options: AnchorOptions = AnchorOptions()
  ) throws(ApusError) {
    try options.check()
    let sizes = options.measuredSizes(of: data)
    let limit = Float(1 / options.ratioLimit)
    let all = anchors.all
    let matches = AnchorMatch.best(anchors: all, objects: sizes)
    guard let overall = AnchorFit(anchors: all, objects: sizes, ratioLimit: options.ratioLimit),
      matches.count == sizes.count
    else { throw .failure("'\(data.path)': there is no object that anchors could fit") }
    self.data = data.path
    split = data.split
    pictures = data.pictureCount
    imageSize = options.imageSize
    ratioLimit = options.ratioLimit
    rule = options.rule.release
    self.anchors = anchors.levels.map { $0.anchors.map { [$0.width, $0.height] } }
    fit = Fit(overall, matches.map(\.ratio), limit)
    isOrdered = !AnchorOrder.levelsInPixels.isReversed(anchors.levels)
    needsSearch = overall.needsSearch(options.rule)

    var counts = anchors.levels.map { _ in 0 }
    let owners = anchors.levels.enumerated().flatMap { level, content in
      content.anchors.map { _ in level }
    }
    for match in matches { counts[owners[match.anchor]] += 1 }
    levels = zip(anchors.levels, counts).compactMap { level, count in
      let best = AnchorMatch.best(anchors: level.anchors, objects: sizes).map(\.ratio)
      return AnchorFit(
        anchors: level.anchors, objects: sizes, ratioLimit: options.ratioLimit
      ).map {
        Level(
          stride: Int(level.stride), fit: Fit($0, best, limit),
          share: Double(count) / Double(sizes.count))
      }
    }
    classes = Self.classes(data, sizes, matches, all, options)
    worst = Self.worst(data, sizes, matches, all, count: options.worstCount)
    // Upstream counts before it draws scales.
    let still = options.isJittered ? data.sizes(imageSize: imageSize) : sizes
    tinyCount = still.count { $0.width < 3 || $0.height < 3 }
    messages =
      [AnchorMessages.analysis(overall, rule: options.rule)]
      + [AnchorMessages.tinyObjects(tinyCount, of: sizes.count, rule: options.rule)]
      .compactMap(\.self)
  }

  private static func classes(
    _ data: AnchorData, _ sizes: [BoxSize], _ matches: [AnchorMatch], _ anchors: [BoxSize],
    _ options: AnchorOptions
  ) -> [Class] {
    var members = data.classNames.map { _ in [Int]() }
    for (place, object) in data.objects.enumerated() { members[object.classIndex].append(place) }
    return zip(data.classNames, members).compactMap { name, members in
      AnchorFit(
        anchors: anchors, objects: members.map { sizes[$0] }, ratioLimit: options.ratioLimit
      ).map {
        Class(
          name: name,
          fit: Fit($0, members.map { matches[$0].ratio }, Float(1 / options.ratioLimit)))
      }
    }
  }

  private static func worst(
    _ data: AnchorData, _ sizes: [BoxSize], _ matches: [AnchorMatch], _ anchors: [BoxSize],
    count: Int
  ) -> [Misfit] {
    let order = matches.indices.sorted { (matches[$0].ratio, $0) < (matches[$1].ratio, $1) }
    return order.prefix(count).map { place in
      let object = data.objects[place]
      let anchor = anchors[matches[place].anchor]
      return Misfit(
        picture: data.pictures[object.picture].file,
        className: data.classNames[object.classIndex], width: sizes[place].width,
        height: sizes[place].height, ratio: Double(matches[place].ratio),
        anchor: [anchor.width, anchor.height])
    }
  }
}

extension AnchorCheck.Fit {
  /// A fit with what the best ratios of the objects tell besides.
  init(_ fit: AnchorFit, _ best: [Float], _ limit: Float) {
    objects = best.count
    bestPossibleRecall = Double(fit.bestPossibleRecall)
    anchorsPerTarget = Double(fit.anchorsPerTarget)
    fitness = best.reduce(0.0) { $0 + ($1 > limit ? Double($1) : 0) } / Double(max(best.count, 1))
  }
}
