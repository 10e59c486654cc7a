public import ApusBoxes
public import ApusTensor

extension YOLOv5Decode {
  /// The detections in one decoded output `[N, boxes, 5 + classes]`, best first, in input pixels.
  public static func detections(
    decoded output: Tensor, image: Int = 0, options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    let rows = try picture(image, of: output, atLeast: 6, wanted: "[N, boxes, 5 + classes]")
    return NMS.detections(
      rows: rows, classCount: output.shape[output.shape.rank - 1] - 5, options: options)
  }

  /// The detections in an end-to-end output `[N, boxes, 6]`: corners in input pixels, score, class.
  ///
  /// No suppression follows: the network has done it.
  public static func detections(
    finished output: Tensor, image: Int = 0, options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    let rows = try picture(image, of: output, atLeast: 6, wanted: "[N, boxes, 6]")
    guard output.shape[output.shape.rank - 1] == 6 else {
      throw FamilyError(.heads, "the output is \(output.shape), expected [N, boxes, 6]")
    }
    return EndToEndRows.detections(
      rows: rows, confidence: options.confidence, classes: options.classes,
      maxDetections: options.maxDetections)
  }

  /// The rows of one picture; an output without the batch axis holds one picture.
  private static func picture(
    _ image: Int, of output: Tensor, atLeast columns: Int, wanted: String
  ) throws(FamilyError) -> [Float] {
    let shape = output.shape.dimensions
    let batch = shape.count == 3 ? shape[0] : 1
    guard output.dtype.isFloatingPoint, shape.count == 2 || shape.count == 3,
      image >= 0, image < batch, shape[shape.count - 1] >= columns
    else {
      throw FamilyError(
        .heads,
        "the output is \(output.dtype) \(output.shape), expected floats \(wanted) with more than "
          + "\(image) pictures")
    }
    let size = output.count / batch
    return Array(output.floats[(image * size)..<((image + 1) * size)])
  }
}
