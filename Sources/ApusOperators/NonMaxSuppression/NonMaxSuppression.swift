package import ApusGraph
package import ApusTensor

/// Selects boxes by score, leaving out those that overlap a selected one of the same class.
///
/// Inputs: boxes `[batch, boxes, 4]`, scores `[batch, classes, boxes]`, and three optional scalars: the most
/// boxes of one class (none without it), the largest intersection over union two selected boxes
/// may have (0), and the score a box must exceed. Output: `[selected, 3]` of batch, class, box, int64.
/// Opsets 10 and 11 differ in words only.
package struct NonMaxSuppression: Operator {
  package static let kind = OperatorKind("NonMaxSuppression")

  /// Whether a box is `[x, y, width, height]` around its centre; otherwise it is two opposite corners,
  /// `[y1, x1, y2, x2]`.
  package var boxesAreCentred: Bool

  /// A selection of boxes of the given format.
  package init(boxesAreCentred: Bool = false) { self.boxesAreCentred = boxesAreCentred }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    boxesAreCentred = try record.int("center_point_box", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    if boxesAreCentred { record.set("center_point_box", true) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try check(try context.input(0).shape, try context.input(1).shape)
    return [Fact(.int64, [context.unknownSize("selected"), 3])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let boxes = try inputs.required(0)
    let scores = try inputs.required(1)
    try check(boxes.shape.facts, scores.shape.facts)
    let limit = max(0, try scalar(inputs.optional(2), "max_output_boxes_per_class") ?? 0)
    let overlap = try scalar(inputs.optional(3), "iou_threshold") ?? 0
    let floor = try scalar(inputs.optional(4), "score_threshold")
    let count = boxes.shape[1]
    let corners = boxes.doubles
    let values = scores.doubles
    var selected: [Int64] = []
    for batch in 0..<(count == 0 ? 0 : boxes.shape[0]) {
      let candidates = (0..<count).map { box(corners[((batch * count + $0) * 4)...].prefix(4)) }
      for label in 0..<scores.shape[1] {
        let start = (batch * scores.shape[1] + label) * count
        let order = (0..<count).filter { index in
          floor.map { values[start + index] > $0 } ?? true
        }.sorted {
          values[start + $0] == values[start + $1]
            ? $0 < $1 : values[start + $0] > values[start + $1]
        }
        var kept: [Int] = []
        for index in order {
          if Double(kept.count) >= limit { break }
          let isFree = kept.allSatisfy { candidates[$0].overlap(candidates[index]) <= overlap }
          if isFree { kept.append(index) }
        }
        for index in kept { selected += [Int64(batch), Int64(label), Int64(index)] }
      }
    }
    return [Tensor(selected, shape: [selected.count / 3, 3])]
  }
}

extension NonMaxSuppression {
  private struct Box {
    let minX: Double, minY: Double, maxX: Double, maxY: Double

    var area: Double { (maxX - minX) * (maxY - minY) }

    /// Intersection over union; 0 for boxes without area.
    func overlap(_ other: Box) -> Double {
      let width = min(maxX, other.maxX) - max(minX, other.minX)
      let height = min(maxY, other.maxY) - max(minY, other.minY)
      guard width > 0, height > 0 else { return 0 }
      let common = width * height
      let union = area + other.area - common
      return union > 0 ? common / union : 0
    }
  }

  private func box(_ numbers: ArraySlice<Double>) -> Box {
    let box = Array(numbers)
    if boxesAreCentred {
      return Box(
        minX: box[0] - box[2] / 2, minY: box[1] - box[3] / 2, maxX: box[0] + box[2] / 2,
        maxY: box[1] + box[3] / 2)
    }
    return Box(
      minX: min(box[1], box[3]), minY: min(box[0], box[2]), maxX: max(box[1], box[3]),
      maxY: max(box[0], box[2]))
  }

  private func scalar(_ tensor: Tensor?, _ name: String) throws(OperatorError) -> Double? {
    guard let tensor else { return nil }
    guard tensor.count == 1 else {
      throw OperatorError("'\(name)' must have one element, but has shape \(tensor.shape)")
    }
    return tensor.doubles[0]
  }

  private func check(_ boxes: [Dimension]?, _ scores: [Dimension]?) throws(OperatorError) {
    if let boxes, boxes.count != 3 || boxes[2].contradicts(4) {
      throw OperatorError("'boxes' must have shape [batch, boxes, 4], but has \(boxes)")
    }
    if let scores, scores.count != 3 {
      throw OperatorError("'scores' must have shape [batch, classes, boxes], but has \(scores)")
    }
    guard let boxes, let scores else { return }
    if boxes[0].contradicts(scores[0]) || boxes[1].contradicts(scores[2]) {
      throw OperatorError("'boxes' of shape \(boxes) do not fit 'scores' of shape \(scores)")
    }
  }
}
