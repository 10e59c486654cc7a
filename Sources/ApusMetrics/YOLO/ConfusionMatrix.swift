public import ApusBoxes

/// How often each class was taken for each other one, as YOLOv5 counts.
///
/// Detections above a confidence are matched to objects of any class by overlap: every detection
/// keeps the object it overlaps most, then every object the detection that overlaps it most.
public struct ConfusionMatrix: Sendable, Hashable {
  /// Which pictures and detections are counted.
  public enum Counting: Sendable, CaseIterable {
    /// Everything: unmatched detections and objects of all pictures.
    case complete
    /// As YOLOv5 v6.0: pictures without objects or without any detection are left out, and false
    /// detections are counted only in pictures in which at least one detection matches.
    case upstream
  }

  /// The classes of the data set; `classCount` is the index of the background.
  public let classCount: Int
  /// The score that a detection must exceed.
  public let confidence: Float
  /// The intersection over union that a match must exceed.
  public let overlap: Float
  /// Which pictures and detections are counted.
  public let counting: Counting
  /// The counts above zero, by `predicted · (classCount + 1) + truth`.
  private var counts: [Int: Int] = [:]

  /// An empty matrix.
  public init(
    classCount: Int, confidence: Float = 0.25, overlap: Float = 0.45, counting: Counting = .complete
  ) {
    precondition(classCount >= 0, "a count of classes is not negative")
    self.classCount = classCount
    self.confidence = confidence
    self.overlap = overlap
    self.counting = counting
  }

  /// The index that stands for nothing: the row of missed objects, the column of false detections.
  public var background: Int { classCount }

  /// How many objects of class `truth` were reported as class `predicted`.
  public subscript(predicted predicted: Int, truth truth: Int) -> Int {
    counts[predicted * (classCount + 1) + truth, default: 0]
  }

  /// The rows by predicted class, each over true classes; the background is last in both.
  public var rows: [[Int]] {
    (0...classCount).map { row in (0...classCount).map { self[predicted: row, truth: $0] } }
  }

  /// Counts one picture.
  ///
  /// Throws, with nothing counted, where a score is no number or a class is out of range.
  public mutating func add(
    _ detections: [Detection], against truths: [GroundTruth]
  ) throws(MetricInputError) {
    try MetricInputError.check(detections)
    try check(detections.map(\.classID), "detection")
    try check(truths.map(\.classID), "object")
    if counting == .upstream, truths.isEmpty || detections.isEmpty { return }
    // Of equal overlaps the later in this order wins, as in upstream's order of scores.
    let sure = detections.filter { $0.score > confidence }.enumerated().sorted {
      $0.element.score == $1.element.score
        ? $0.offset < $1.offset : $0.element.score > $1.element.score
    }.map(\.element)
    let matches = matches(sure, truths)
    for (index, truth) in truths.enumerated() {
      count(predicted: matches[index].map { sure[$0].classID } ?? background, truth: truth.classID)
    }
    let matched = Set(matches.compactMap(\.self))
    if counting == .upstream, matched.isEmpty { return }
    for (index, detection) in sure.enumerated() where !matched.contains(index) {
      count(predicted: detection.classID, truth: background)
    }
  }

  /// Adds the counts of a matrix made with the same settings.
  public mutating func merge(_ other: ConfusionMatrix) {
    precondition(classCount == other.classCount, "matrices of different classes")
    counts.merge(other.counts, uniquingKeysWith: +)
  }

  /// The detection of each object, nil for missed ones.
  private func matches(_ detections: [Detection], _ truths: [GroundTruth]) -> [Int?] {
    var owners = [(detection: Int, overlap: Float)?](repeating: nil, count: truths.count)
    for (index, detection) in detections.enumerated() {
      var best: (truth: Int, overlap: Float)?
      for (truth, object) in truths.enumerated() {
        let shared = Overlap.plain(object.box, detection.box)
        if shared > overlap, shared >= best?.overlap ?? 0 { best = (truth, shared) }
      }
      guard let best, best.overlap >= owners[best.truth]?.overlap ?? 0 else { continue }
      owners[best.truth] = (index, best.overlap)
    }
    return owners.map { $0?.detection }
  }

  private mutating func count(predicted: Int, truth: Int) {
    counts[predicted * (classCount + 1) + truth, default: 0] += 1
  }

  private func check(_ classIDs: [Int], _ what: String) throws(MetricInputError) {
    guard let index = classIDs.firstIndex(where: { !(0..<classCount).contains($0) }) else { return }
    throw .classOutOfRange(
      classID: classIDs[index], classCount: classCount, what: what, index: index)
  }
}
