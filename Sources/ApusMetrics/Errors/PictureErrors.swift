/// What became of the detections and objects of one picture: TIDE's `TIDEExample` and `_eval_image`.
struct PictureErrors {
  /// A detection that was looked at.
  struct Judged {
    /// Its position among all detections.
    var detection: Int
    /// What became of it.
    var verdict: DetectionErrors.Verdict
    /// The object it found, or of a wrong class or place the one that is meant, by its position among all.
    var object: Int?
    /// Whether it would be the one to find that object if class or place were right.
    var isRescuer = false
  }

  /// The detections looked at, best first.
  private(set) var detections: [Judged] = []
  /// The objects that can be found, by their position among all objects; no crowds.
  let objects: [Int]
  /// The objects that were not found.
  private(set) var falseNegatives: [Int] = []
  /// Those of them that no repaired detection would find.
  private(set) var missed: [Int] = []

  /// Judges the detections of one picture, given by their positions in `allDetections`.
  init(
    detections indices: ArraySlice<Int>, of allDetections: [COCODetection],
    objects objectIndices: ArraySlice<Int>, of allObjects: [COCOGroundTruth]
  ) {
    objects = objectIndices.filter { !allObjects[$0].isCrowd }
    let crowds = objectIndices.filter { allObjects[$0].isCrowd }
    let ranked = Self.best(indices, of: allDetections)
    let rows = ranked.map { index in
      objects.map { Self.number(allDetections[index].overlap(allObjects[$0])) }
    }
    let isSame = ranked.map { index in
      objects.map { allObjects[$0].categoryID == allDetections[index].categoryID }
    }
    var isUsed = [Bool](repeating: false, count: objects.count)
    let found = ranked.indices.map { row -> Int? in
      let choice = Self.highest(rows[row]) { isSame[row][$0] && !isUsed[$0] }
      guard let choice, rows[row][choice] >= DetectionErrors.foreground else { return nil }
      isUsed[choice] = true
      return choice
    }
    // Of every object not found: the detection that would find it, and with which score.
    var rescuers = [(row: Int, score: Double)?](repeating: nil, count: objects.count)
    for (row, index) in ranked.enumerated() {
      if let object = found[row] {
        detections.append(Judged(detection: index, verdict: .correct, object: objects[object]))
        continue
      }
      let detection = allDetections[index]
      let (kind, object) = Self.mistake(rows[row], isSame: isSame[row], isUsed: isUsed)
      if let object, !isUsed[object], rescuers[object].map({ $0.score < detection.score }) ?? true {
        rescuers[object] = (row, detection.score)
      }
      let isInCrowd = crowds.contains {
        allObjects[$0].categoryID == detection.categoryID
          && detection.overlap(allObjects[$0]) > DetectionErrors.foreground
      }
      detections.append(
        Judged(
          detection: index, verdict: isInCrowd ? .inCrowd(kind) : .mistake(kind),
          object: object.map { objects[$0] }))
    }
    for (object, rescuer) in rescuers.enumerated() {
      if let rescuer { detections[rescuer.row].isRescuer = true }
      guard !isUsed[object] else { continue }
      falseNegatives.append(objects[object])
      if rescuer == nil { missed.append(objects[object]) }
    }
  }

  /// What is wrong with a detection that found nothing, and, where class or place are, with which object.
  ///
  /// The order of the questions is TIDE's. An overlap of exactly 0.5 that found nothing, because its
  /// object is taken, is a localisation error.
  private static func mistake(
    _ overlaps: [Double], isSame: [Bool], isUsed: [Bool]
  ) -> (kind: DetectionErrors.Kind, object: Int?) {
    if let object = highest(overlaps, where: { isSame[$0] }),
      (DetectionErrors.background...DetectionErrors.foreground).contains(overlaps[object])
    {
      return (.localisation, object)
    }
    if let object = highest(overlaps, where: { !isSame[$0] }),
      overlaps[object] >= DetectionErrors.foreground
    {
      return (.classification, object)
    }
    if let object = highest(overlaps, where: { isSame[$0] && isUsed[$0] }),
      overlaps[object] >= DetectionErrors.foreground
    {
      return (.duplicate, nil)
    }
    return ((overlaps.max() ?? 0) <= DetectionErrors.background ? .background : .both, nil)
  }

  /// The first of the objects with the highest overlap, of those that qualify.
  private static func highest(_ overlaps: [Double], where qualifies: (Int) -> Bool) -> Int? {
    var best: Int?
    for (object, overlap) in overlaps.enumerated() where qualifies(object) {
      if overlap > best.map({ overlaps[$0] }) ?? -1 { best = object }
    }
    return best
  }

  /// At most a hundred best detections, best first, equal ones as they came.
  private static func best(_ indices: ArraySlice<Int>, of detections: [COCODetection]) -> [Int] {
    let sorted = indices.sorted {
      let (first, second) = (detections[$0].score, detections[$1].score)
      return first > second || (first == second && $0 < $1)
    }
    return Array(sorted.prefix(DetectionErrors.limit))
  }

  /// An overlap; none where it is no number.
  private static func number(_ overlap: Double) -> Double { overlap.isNaN ? 0 : overlap }
}
