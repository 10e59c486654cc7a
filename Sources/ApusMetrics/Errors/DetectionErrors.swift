/// What a detector does wrong, and the AP50 that each kind of mistake costs.
///
/// TIDE's definitions (Bolya et al., A General Toolbox for Identifying Object Detection Errors, ECCV 2020)
/// in the arithmetic of `tidecv` 1.0.1: foreground from an overlap of 0.5 on, background up to 0.1, and at
/// most a hundred detections of a picture, over all classes.
///
/// AP50 differs from COCO's in four things, all of them tidecv's. A hundred detections are looked at in a
/// picture, not of every class in it. A class that has detections but no objects counts as AP 0, where COCO
/// leaves it out. Precision is read at the hundredths of recall, where COCO's points are a rounding above
/// some of them. And of equal scores mistakes come before correct detections once a kind is repaired,
/// which can make a gain smaller.
public struct DetectionErrors: Sendable, Hashable {
  /// A kind of mistake, in the order of TIDE's tables.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Encodable {
    /// The right place, the wrong class.
    case classification
    /// The right class, an overlap of 0.1 to 0.5.
    case localisation
    /// The wrong class, and an overlap that is neither foreground nor background.
    case both
    /// The right class and place of an object that a detection with a higher score has found.
    case duplicate
    /// An overlap of at most 0.1 with any object.
    case background
    /// An object that no detection found, nor would find with another class or place.
    case missed
  }

  /// What became of a detection.
  public enum Verdict: Sendable, Hashable {
    /// It found an object.
    case correct
    /// It did not.
    case mistake(Kind)
    /// It did not, but lies in a crowd and costs nothing; TIDE counts it among the kind.
    case inCrowd(Kind)

    /// The kind of mistake; nil of a correct detection.
    public var kind: Kind? {
      switch self {
      case .correct: nil
      case .mistake(let kind), .inCrowd(let kind): kind
      }
    }
  }

  /// How often a kind occurs and what it costs.
  public struct Share: Sendable, Hashable {
    /// The kind.
    public let kind: Kind
    /// How many detections, or missed objects, are of it.
    public let count: Int
    /// The AP50 in `0...1` that comes on top if this kind alone is repaired; 0 where it would fall.
    ///
    /// Nil where nothing to measure would be left, as where every object is missed and nothing detected.
    public let apGain: Double?
  }

  /// The AP50 in `0...1` as tidecv has it; nil where there is no object and no detection.
  public let ap50: Double?
  /// All kinds, in the order of `Kind`.
  public let kinds: [Share]
  /// The AP50 on top if no mistake had a score above a correct detection's, recall staying as it is.
  public let falsePositiveGain: Double?
  /// The AP50 on top if every object were found, precision staying as it is.
  public let falseNegativeGain: Double?
  /// What became of each detection, in the order given.
  ///
  /// Nil where it was not looked at: of another category, or not among the picture's best hundred.
  public let verdicts: [Verdict?]
  /// The object that each detection found, or, of a wrong class or place, the one it was meant for.
  ///
  /// Positions in the ground truth given; nil where there is no such object.
  public let objects: [Int?]
  /// The objects of the kind `missed`, as positions in the ground truth given.
  public let missed: [Int]

  /// The overlap from which on a detection lies on an object.
  public static let foreground = 0.5
  /// The overlap up to which a detection lies on nothing.
  public static let background = 0.1
  /// How many detections of a picture are looked at, the best first.
  public static let limit = 100

  /// The share of a kind.
  public subscript(kind: Kind) -> Share {
    kinds.first { $0.kind == kind } ?? Share(kind: kind, count: 0, apGain: nil)
  }

  /// Sorts detections by what is wrong with them.
  ///
  /// Objects of other pictures, and objects and detections of other categories, are left out. Of equal
  /// scores the picture that comes first in `images` comes first, within a picture the detection that
  /// comes first. An overlap that is no number, of boxes whose areas are beyond the range of numbers,
  /// counts as none.
  ///
  /// - Throws: ``COCOError`` where a score is NaN, a box is not finite, or a detection lies in a picture
  ///   that is not evaluated.
  public init(
    groundTruth: [COCOGroundTruth], detections: [COCODetection], images: [Int], categories: [Int]
  ) throws(COCOError) {
    for (index, object) in groundTruth.enumerated() { try object.check(at: index) }
    for (index, detection) in detections.enumerated() { try detection.check(at: index) }
    var seen = Set<Int>()
    let images = images.filter { seen.insert($0).inserted }
    let found = try COCOGrouping.byImage(detections, images: images, categories: categories)
    let objects = COCOGrouping.byImage(groundTruth, images: images, categories: categories)
    var verdicts = [Verdict?](repeating: nil, count: detections.count)
    var meant = [Int?](repeating: nil, count: detections.count)
    var missed: [Int] = []
    var gains = ErrorGains()
    for image in images.indices {
      let picture = PictureErrors(
        detections: found.order[found.starts[image]..<found.starts[image + 1]], of: detections,
        objects: objects.order[objects.starts[image]..<objects.starts[image + 1]], of: groundTruth)
      for judged in picture.detections {
        verdicts[judged.detection] = judged.verdict
        meant[judged.detection] = judged.object
      }
      missed += picture.missed
      gains.add(picture, detections: detections, objects: groundTruth)
    }
    let results = gains.results()
    var counts = [Kind: Int](minimumCapacity: Kind.allCases.count)
    for case .some(let verdict) in verdicts {
      if let kind = verdict.kind { counts[kind, default: 0] += 1 }
    }
    counts[.missed] = missed.count
    self.verdicts = verdicts
    self.objects = meant
    self.missed = missed.sorted()
    ap50 = results.base
    kinds = Kind.allCases.map { kind in
      let gain = Self.gain(results.repaired[kind] ?? nil, over: results.base)
      return Share(kind: kind, count: counts[kind] ?? 0, apGain: gain.map { max($0, 0) })
    }
    falsePositiveGain = Self.gain(results.withoutFalsePositives, over: results.base)
    falseNegativeGain = Self.gain(results.withoutFalseNegatives, over: results.base)
  }

  private static func gain(_ value: Double?, over base: Double?) -> Double? {
    guard let value, let base else { return nil }
    return value - base
  }
}

extension COCOGrouping {
  /// Detections by picture, in the order of `images`; those of other categories are left out.
  fileprivate static func byImage(
    _ detections: [COCODetection], images: [Int], categories: [Int]
  ) throws(COCOError) -> COCOGrouping {
    var imagePosition = COCOPositions(images)
    let known = Set(categories)
    var positions: [Int] = []
    positions.reserveCapacity(detections.count)
    for (index, detection) in detections.enumerated() {
      let position = imagePosition(detection.imageID)
      guard position >= 0 else {
        throw .unknownImage(detection.imageID, detection: index, imageCount: images.count)
      }
      positions.append(position)
    }
    return COCOGrouping(
      images: detections.map { known.contains($0.categoryID) ? 0 : -1 }, categories: positions,
      imageCount: 1, categoryCount: images.count)
  }

  /// Objects by picture, in the order of `images`; those of other pictures and categories are left out.
  fileprivate static func byImage(
    _ objects: [COCOGroundTruth], images: [Int], categories: [Int]
  ) -> COCOGrouping {
    var imagePosition = COCOPositions(images)
    let known = Set(categories)
    return COCOGrouping(
      images: objects.map { known.contains($0.categoryID) ? 0 : -1 },
      categories: objects.map { imagePosition($0.imageID) }, imageCount: 1,
      categoryCount: images.count)
  }
}
