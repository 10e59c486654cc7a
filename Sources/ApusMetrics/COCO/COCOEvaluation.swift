import Dispatch
import Synchronization

/// COCO's evaluation of boxes: average precision and recall as pycocotools' COCOeval defines them.
///
/// Double precision throughout; results equal those of pycocotools 2.0.11 to 1e-12. Equal scores keep
/// the order of the pictures' identifiers, within a picture that of the input.
public struct COCOEvaluation: Sendable {
  /// The categories' results, by ascending identifier.
  public let classes: [COCOClassResult]

  /// Evaluates detections.
  ///
  /// Objects of other pictures, and objects and detections of other categories, are left out.
  ///
  /// - Parameters:
  ///   - groundTruth: the annotated objects.
  ///   - detections: at most a hundred of a category in a picture are looked at, the best ones.
  ///   - images: the identifiers of the pictures evaluated, those without objects too.
  ///   - categories: the identifiers of the categories evaluated.
  /// - Throws: ``COCOError`` where a score is NaN, a box is not finite, or a detection lies in a
  ///   picture that is not evaluated.
  public init(
    groundTruth: [COCOGroundTruth], detections: [COCODetection], images: [Int], categories: [Int]
  ) throws(COCOError) {
    let images = Set(images).sorted()
    let categories = Set(categories).sorted()
    let objects = try Self.group(groundTruth, images: images, categories: categories)
    let found = try Self.group(detections, images: images, categories: categories)
    let results = Mutex([COCOClassResult?](repeating: nil, count: categories.count))
    DispatchQueue.concurrentPerform(iterations: categories.count) { category in
      let matching = COCOMatching(
        detections: detections,
        detectionOrder: found.order[found.starts[category]..<found.starts[category + 1]],
        detectionImages: found.images,
        objects: groundTruth,
        objectOrder: objects.order[objects.starts[category]..<objects.starts[category + 1]],
        objectImages: objects.images)
      let result = COCOClassResult(categoryID: categories[category], matching: matching)
      results.withLock { $0[category] = result }
    }
    classes = results.withLock { $0.compactMap(\.self) }
  }

  /// The twelve numbers.
  public var summary: COCOSummary {
    COCOSummary(
      ap: averagePrecision(), ap50: averagePrecision(threshold: 0),
      ap75: averagePrecision(threshold: COCOProtocol.strict),
      apSmall: averagePrecision(area: .small), apMedium: averagePrecision(area: .medium),
      apLarge: averagePrecision(area: .large), ar1: averageRecall(limit: .one),
      ar10: averageRecall(limit: .ten), ar100: averageRecall(),
      arSmall: averageRecall(area: .small), arMedium: averageRecall(area: .medium),
      arLarge: averageRecall(area: .large))
  }

  /// AP averaged over the categories that have objects of the area range; -1 if none has.
  ///
  /// - Parameter threshold: a position in `COCOProtocol.overlapThresholds`; none averages over all.
  public func averagePrecision(
    threshold: Int? = nil, area: COCOArea = .all, limit: COCOLimit = .hundred
  ) -> Double {
    mean(in: area) { $0.averagePrecision(threshold: threshold, area: area, limit: limit) }
  }

  /// AR averaged over the categories that have objects of the area range; -1 if none has.
  ///
  /// - Parameter threshold: a position in `COCOProtocol.overlapThresholds`; none averages over all.
  public func averageRecall(
    threshold: Int? = nil, area: COCOArea = .all, limit: COCOLimit = .hundred
  ) -> Double {
    mean(in: area) { $0.averageRecall(threshold: threshold, area: area, limit: limit) }
  }

  private func mean(in area: COCOArea, of value: (COCOClassResult) -> Double) -> Double {
    let values = classes.filter { $0.objectCount(in: area) > 0 }.map(value)
    return values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
  }

  /// Objects by category and picture; those of other pictures and categories are left out.
  static func group(
    _ objects: [COCOGroundTruth], images: [Int], categories: [Int]
  ) throws(COCOError) -> COCOGrouping {
    var imagePosition = COCOPositions(images)
    var categoryPosition = COCOPositions(categories)
    for (index, object) in objects.enumerated() { try object.check(at: index) }
    return COCOGrouping(
      images: objects.map { imagePosition($0.imageID) },
      categories: objects.map { categoryPosition($0.categoryID) },
      imageCount: images.count, categoryCount: categories.count)
  }

  /// Detections by category and picture; those of other categories are left out.
  static func group(
    _ detections: [COCODetection], images: [Int], categories: [Int]
  ) throws(COCOError) -> COCOGrouping {
    var imagePosition = COCOPositions(images)
    var categoryPosition = COCOPositions(categories)
    var positions: [Int] = []
    positions.reserveCapacity(detections.count)
    for (index, detection) in detections.enumerated() {
      try detection.check(at: index)
      let position = imagePosition(detection.imageID)
      guard position >= 0 else {
        throw .unknownImage(detection.imageID, detection: index, imageCount: images.count)
      }
      positions.append(position)
    }
    return COCOGrouping(
      images: positions, categories: detections.map { categoryPosition($0.categoryID) },
      imageCount: images.count, categoryCount: categories.count)
  }
}
