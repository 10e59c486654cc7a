package import ApusBoxes
package import ApusGraph
package import ApusTensor

/// Outputs that hold boxes in pixels of the network's input already.
package enum DecodedOutput {
  /// The detections in one decoded output `[N, boxes, 5 + classes]`, best first, in input pixels.
  package static func detections(
    withObjectness output: Tensor, image: Int = 0, options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    let rows = try picture(image, of: output, wanted: "[N, boxes, 5 + classes]") { $0[1] >= 6 }
    return NMS.detections(
      rows: rows, classCount: output.shape[output.shape.rank - 1] - 5, options: options)
  }

  /// The detections in one decoded output `[N, 4 + classes, boxes]`, best first, in input pixels.
  package static func detections(
    withClasses output: Tensor, image: Int = 0, options: NMS.Options = .detect,
    suppression: ModelCard.Suppression = .classwise
  ) throws(FamilyError) -> [Detection] {
    let values = try picture(image, of: output, wanted: "[N, 4 + classes, boxes]") { $0[0] >= 5 }
    let boxes = output.shape[output.shape.rank - 1]
    let classes = output.shape[output.shape.rank - 2] - 4
    var selection = CandidateSelection(
      classCount: classes, suppression: suppression, options: options)
    for box in 0..<boxes {
      selection.add(
        score: { values[(4 + $0) * boxes + box] },
        box: {
          CentreBox(
            x: values[box], y: values[boxes + box], width: values[2 * boxes + box],
            height: values[3 * boxes + box]
          ).corners
        })
    }
    return selection.selected()
  }

  /// The detections in an end-to-end output `[N, boxes, 6]`: corners in input pixels, score, class.
  ///
  /// No suppression follows: the network has done it.
  package static func detections(
    finished output: Tensor, image: Int = 0, options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    let rows = try picture(image, of: output, wanted: "[N, boxes, 6]") { $0[1] == 6 }
    return EndToEndRows.detections(
      rows: rows, confidence: options.confidence, classes: options.classes,
      maxDetections: options.maxDetections)
  }

  /// The detections of one picture among the rows of all, `[detections, 7]`: picture, corners in input
  /// pixels, class, score (YOLOv7's end-to-end form for onnxruntime).
  package static func detections(
    rowsOfAllPictures output: Tensor, image: Int = 0, options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    guard output.dtype.isFloatingPoint, output.shape.rank == 2, output.shape[1] == 7 else {
      throw wrong(output, wanted: "[detections, 7]")
    }
    let values = output.floats
    var rows: [Float] = []
    for start in stride(from: 0, to: values.count, by: 7) where values[start] == Float(image) {
      rows += values[(start + 1)..<(start + 5)]
      rows += [values[start + 6], values[start + 5]]
    }
    let found = EndToEndRows.detections(
      rows: rows, confidence: options.confidence, classes: options.classes)
    // The rows come class by class; callers expect the best first.
    return Array(ranked(found).prefix(max(options.maxDetections, 0)))
  }

  /// The detections of one picture in the four outputs of TensorRT's suppression: count `[N, 1]`, corners
  /// `[N, most, 4]`, scores `[N, most]` and classes `[N, most]`.
  package static func detections(
    counts: Tensor, boxes: Tensor, scores: Tensor, classes: Tensor, image: Int = 0,
    options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    let shape = boxes.shape.dimensions
    guard shape.count == 3, shape[2] == 4, image >= 0, image < shape[0],
      counts.count == shape[0], scores.shape.dimensions == Array(shape[..<2]),
      classes.shape.dimensions == Array(shape[..<2])
    else {
      throw FamilyError(
        .heads,
        "the outputs are \(counts.shape), \(boxes.shape), \(scores.shape), \(classes.shape); expected"
          + " [N, 1], [N, boxes, 4], [N, boxes], [N, boxes] with more than \(image) pictures")
    }
    let count = min(max(Int(counts.integers[image]), 0), shape[1])
    let (corners, values, labels) = (boxes.floats, scores.floats, classes.floats)
    var rows: [Float] = []
    for index in (image * shape[1])..<(image * shape[1] + count) {
      rows += corners[(index * 4)..<(index * 4 + 4)]
      rows += [values[index], labels[index]]
    }
    return EndToEndRows.detections(
      rows: rows, confidence: options.confidence, classes: options.classes,
      maxDetections: options.maxDetections)
  }

  /// Best first; equal scores as they came.
  private static func ranked(_ found: [Detection]) -> [Detection] {
    found.enumerated().sorted {
      ($0.element.score, $1.offset) > ($1.element.score, $0.offset)
    }.map(\.element)
  }

  /// The numbers of one picture; an output without the batch axis holds one picture.
  private static func picture(
    _ image: Int, of output: Tensor, wanted: String, fits: ([Int]) -> Bool
  ) throws(FamilyError) -> [Float] {
    let shape = output.shape.dimensions
    let batch = shape.count == 3 ? shape[0] : 1
    guard output.dtype.isFloatingPoint, shape.count == 2 || shape.count == 3,
      image >= 0, image < batch, fits(Array(shape.suffix(2)))
    else { throw wrong(output, wanted: "\(wanted) with more than \(image) pictures") }
    let size = output.count / batch
    return Array(output.floats[(image * size)..<((image + 1) * size)])
  }

  private static func wrong(_ output: Tensor, wanted: String) -> FamilyError {
    FamilyError(.heads, "the output is \(output.dtype) \(output.shape), expected floats \(wanted)")
  }
}
