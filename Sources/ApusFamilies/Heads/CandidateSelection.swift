import ApusBoxes
import ApusGraph

/// Takes the boxes of a detector without objectness one by one, and selects as the card prescribes.
struct CandidateSelection {
  private let classCount: Int
  private let suppression: ModelCard.Suppression
  private let options: NMS.Options
  private let thresholds: [Float]
  private let isKept: [Bool]
  /// The score that some class of a box must exceed; nothing else of it need be computed before.
  let least: Float
  private var found: [Detection] = []
  private var rows: [Float] = []

  init(classCount: Int, suppression: ModelCard.Suppression, options: NMS.Options) {
    self.classCount = classCount
    self.suppression = suppression
    self.options = options
    thresholds = options.confidence.table(classCount: classCount)
    isKept = (0..<classCount).map { options.classes?.contains($0) ?? true }
    least = options.confidence.least(classCount: classCount)
  }

  /// Takes one box: its scores by class, and the box itself where a score passes.
  mutating func add(score: (Int) -> Float, box: () -> Box) {
    var best = -Float.infinity
    var bestClass = -1
    for classID in 0..<classCount {
      let value = score(classID)
      if value > best {
        best = value
        bestClass = classID
      }
    }
    guard bestClass >= 0, best > least else { return }
    let box = box()
    guard box.isFinite else { return }
    if suppression == .topK {
      let centre = CentreBox(box)
      rows.append(centre.x)
      rows.append(centre.y)
      rows.append(centre.width)
      rows.append(centre.height)
      for classID in 0..<classCount { rows.append(score(classID)) }
    } else if options.multiLabel {
      for classID in 0..<classCount where isKept[classID] {
        let value = score(classID)
        guard value > thresholds[classID] else { continue }
        found.append(Detection(box: box, score: value, classID: classID))
      }
    } else if isKept[bestClass], best > thresholds[bestClass] {
      found.append(Detection(box: box, score: best, classID: bestClass))
    }
  }

  /// What stands, best first.
  ///
  /// Of YOLOv10's best pairs, thresholds take away from the end only: asked before or after, the same stand.
  func selected() -> [Detection] {
    guard suppression == .topK else { return NMS.suppress(found, options: options) }
    let pairs = TopKSelection.detections(
      rows: rows, classCount: classCount, maxDetections: Self.topKLimit)
    let kept = pairs.filter { isKept[$0.classID] && $0.score > thresholds[$0.classID] }
    return Array(kept.prefix(max(options.maxDetections, 0)))
  }

  /// The pairs of box and class that YOLOv10 gives for a picture.
  static let topKLimit = 300
}
