package import ApusGraph
package import ApusTensor
import Foundation

/// TensorRT's `EfficientNMS_TRT`: the best boxes of all classes, without those that overlap a better one.
///
/// Inputs: boxes `[batch, boxes, 4]` or `[batch, boxes, classes or 1, 4]`, and scores
/// `[batch, boxes, classes]`. Outputs, padded with zeros: the count `[batch, 1]` (int32), corners
/// `[batch, most, 4]`, scores `[batch, most]`, and classes `[batch, most]` (int32), best first. As in the
/// plugin, a score at the threshold passes, an overlap at the threshold suppresses, and of the candidates
/// the best 4096 take part. Decoding against anchors, its third input, is refused.
package struct EfficientNMS: Operator {
  package static let kind = OperatorKind("EfficientNMS_TRT", domain: "TRT")

  /// The score a candidate must reach.
  package var scoreThreshold: Float
  /// The intersection over union at which the lesser box falls.
  package var iouThreshold: Float
  /// The most boxes of one picture.
  package var maxOutputBoxes: Int
  /// The class that is no object; -1 where there is none.
  package var backgroundClass: Int
  /// Whether scores are put through the sigmoid first.
  package var activatesScores: Bool
  /// Whether boxes of different classes suppress one another.
  package var isClassAgnostic: Bool
  /// Whether a box is `[x, y, width, height]` around its centre; otherwise two opposite corners.
  package var boxesAreCentred: Bool

  /// The candidates that take part, best first.
  private static let maxCandidates = 4096

  /// A selection with the given parameters.
  package init(
    scoreThreshold: Float = 0.25, iouThreshold: Float = 0.45, maxOutputBoxes: Int = 100,
    backgroundClass: Int = -1, activatesScores: Bool = false, isClassAgnostic: Bool = false,
    boxesAreCentred: Bool = false
  ) {
    self.scoreThreshold = scoreThreshold
    self.iouThreshold = iouThreshold
    self.maxOutputBoxes = maxOutputBoxes
    self.backgroundClass = backgroundClass
    self.activatesScores = activatesScores
    self.isClassAgnostic = isClassAgnostic
    self.boxesAreCentred = boxesAreCentred
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    scoreThreshold = try record.float("score_threshold", default: 0.25)
    iouThreshold = try record.float("iou_threshold", default: 0.5)
    maxOutputBoxes = try record.int("max_output_boxes", default: 100)
    backgroundClass = try record.int("background_class", default: -1)
    activatesScores = try record.int("score_activation", default: 0) != 0
    isClassAgnostic = try record.int("class_agnostic", default: 0) != 0
    let coding = try record.int("box_coding", default: 0)
    guard coding == 0 || coding == 1 else {
      throw OperatorError(
        "attribute 'box_coding' must be 0 (corners) or 1 (centre), but is \(coding)")
    }
    boxesAreCentred = coding == 1
    guard !record.hasInput(2) else {
      throw OperatorError("the input 'anchors' is not known; decode the boxes before this node")
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("score_threshold", scoreThreshold)
    record.set("iou_threshold", iouThreshold)
    record.set("max_output_boxes", maxOutputBoxes)
    record.set("background_class", backgroundClass)
    record.set("score_activation", activatesScores)
    if isClassAgnostic { record.set("class_agnostic", true) }
    record.set("box_coding", boxesAreCentred)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let boxes = try context.input(0)
    let scores = try context.input(1)
    try check(boxes.shape, scores.shape)
    let batch =
      [boxes.shape?[0], scores.shape?[0]].compactMap { $0 }.first { $0.fixed != nil }
      ?? boxes.shape?[0] ?? scores.shape?[0] ?? context.unknownSize("batch")
    let most = ApusGraph.Dimension.fixed(maxOutputBoxes)
    try OutputSize.check([batch, most, 4])
    return [
      Fact(.int32, [batch, 1]), Fact(boxes.dtype, [batch, most, 4]),
      Fact(scores.dtype, [batch, most]), Fact(.int32, [batch, most]),
    ]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let boxes = try inputs.required(0)
    let scores = try inputs.required(1)
    try check(boxes.shape.facts, scores.shape.facts)
    let (batch, classes) = (scores.shape[0], scores.shape[2])
    let shape = try OutputSize.shape([batch, maxOutputBoxes, 4])
    var counts = [Int64](repeating: 0, count: batch)
    var corners = [Double](repeating: 0, count: shape.count)
    var values = [Double](repeating: 0, count: batch * maxOutputBoxes)
    var labels = [Int64](repeating: 0, count: batch * maxOutputBoxes)
    let table = boxes.doubles
    let shares = boxes.shape.rank == 3 || boxes.shape[2] == 1
    for (place, selected) in selections(scores, shares: shares, boxes: table).enumerated() {
      counts[place] = Int64(selected.count)
      for (rank, choice) in selected.enumerated() {
        let row = place * maxOutputBoxes + rank
        corners.replaceSubrange((row * 4)..<(row * 4 + 4), with: choice.box.numbers)
        values[row] = choice.score
        labels[row] = Int64(choice.index % classes)
      }
    }
    return [
      Tensor(integers: counts, dtype: .int32, shape: [batch, 1]),
      Tensor(doubles: corners, dtype: boxes.dtype, shape: shape),
      Tensor(doubles: values, dtype: scores.dtype, shape: [batch, maxOutputBoxes]),
      Tensor(integers: labels, dtype: .int32, shape: [batch, maxOutputBoxes]),
    ]
  }
}

extension EfficientNMS {
  private struct Corners {
    let numbers: [Double]

    /// Intersection over union, corners in any order; 0 for boxes without common area.
    func overlap(_ other: Corners) -> Double {
      func span(_ box: Corners, _ axis: Int) -> (low: Double, high: Double) {
        let (a, b) = (box.numbers[axis], box.numbers[axis + 2])
        return (min(a, b), max(a, b))
      }
      var (common, own, theirs) = (1.0, 1.0, 1.0)
      for axis in 0..<2 {
        let (a, b) = (span(self, axis), span(other, axis))
        common *= max(0, min(a.high, b.high) - max(a.low, b.low))
        own *= a.high - a.low
        theirs *= b.high - b.low
      }
      let union = own + theirs - common
      return common > 0 && union > 0 ? common / union : 0
    }
  }

  private struct Choice {
    let index: Int
    let score: Double
    let box: Corners
  }

  /// What stands of each picture, best first; of equal scores the earlier box, then the lower class.
  private func selections(_ scores: Tensor, shares: Bool, boxes: [Double]) -> [[Choice]] {
    let values = scores.doubles
    let (count, classes) = (scores.shape[1], scores.shape[2])
    return (0..<scores.shape[0]).map { image in
      let first = image * count * classes
      var candidates: [(index: Int, score: Double)] = []
      for index in 0..<(count * classes) where index % classes != backgroundClass {
        let raw = values[first + index]
        let score = activatesScores ? 1 / (1 + exp(-raw)) : raw
        if score >= Double(scoreThreshold) { candidates.append((index, score)) }
      }
      candidates.sort { $0.score == $1.score ? $0.index < $1.index : $0.score > $1.score }
      var kept: [Choice] = []
      for (index, score) in candidates.prefix(Self.maxCandidates) {
        if kept.count >= maxOutputBoxes { break }
        let row = shares ? image * count + index / classes : first + index
        let box = corners(boxes[(row * 4)..<(row * 4 + 4)])
        let isSuppressed = kept.contains { other in
          (isClassAgnostic || other.index % classes == index % classes)
            && box.overlap(other.box) >= Double(iouThreshold)
        }
        if !isSuppressed { kept.append(Choice(index: index, score: score, box: box)) }
      }
      return kept
    }
  }

  private func corners(_ box: ArraySlice<Double>) -> Corners {
    let n = Array(box)
    guard boxesAreCentred else { return Corners(numbers: n) }
    return Corners(numbers: [
      n[0] - n[2] / 2, n[1] - n[3] / 2, n[0] + n[2] / 2, n[1] + n[3] / 2,
    ])
  }

  private func check(_ boxes: [ApusGraph.Dimension]?, _ scores: [ApusGraph.Dimension]?)
    throws(OperatorError)
  {
    guard maxOutputBoxes >= 0 else {
      throw OperatorError("attribute 'max_output_boxes' is \(maxOutputBoxes), below 0")
    }
    if let boxes, !(3...4).contains(boxes.count) || boxes[boxes.count - 1].contradicts(4) {
      throw OperatorError(
        "'boxes' must have shape [batch, boxes, 4] or [batch, boxes, classes, 4], but has \(boxes)")
    }
    if let scores, scores.count != 3 {
      throw OperatorError("'scores' must have shape [batch, boxes, classes], but has \(scores)")
    }
    guard let boxes, let scores else { return }
    let isOfClasses =
      boxes.count == 3 || !boxes[2].contradicts(1) || !boxes[2].contradicts(scores[2])
    if boxes[0].contradicts(scores[0]) || boxes[1].contradicts(scores[1]) || !isOfClasses {
      throw OperatorError("'boxes' of shape \(boxes) do not fit 'scores' of shape \(scores)")
    }
  }
}
