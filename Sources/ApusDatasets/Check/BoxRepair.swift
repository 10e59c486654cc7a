import ApusImage

/// Puts the labels of one picture right for the picture as it stands upright.
struct BoxRepair {
  /// The picture's own columns.
  let width: Int
  /// The picture's own rows.
  let height: Int
  /// What the stated size has to do with the picture's own.
  let agreement: SizeAgreement
  private let orientation: Orientation
  private let stated: (width: Double, height: Double)
  private let stored: (width: Double, height: Double)

  init(_ picture: Dataset.Picture, _ facts: PictureFacts?) {
    stated = (Double(picture.width), Double(picture.height))
    guard let facts, facts.fault == nil else {
      (width, height, agreement) = (picture.width, picture.height, .equal)
      (orientation, stored) = (.upright, stated)
      return
    }
    (width, height) = (facts.uprightWidth, facts.uprightHeight)
    agreement = SizeAgreement(picture, facts)
    orientation = facts.orientation ?? .upright
    stored = (Double(facts.width), Double(facts.height))
  }

  /// Whether boxes were drawn on the picture in another size: the proportions are the same to 1 %,
  /// and some box goes further over the picture's edge than over that of the stated size.
  func scales(_ boxes: [Dataset.PixelBox]) -> Bool {
    guard agreement == .different else { return false }
    let (across, down) = (Double(width) / stated.width, Double(height) / stated.height)
    guard abs(across / down - 1) <= 0.01 else { return false }
    func isOver(_ box: Dataset.PixelBox, _ width: Double, _ height: Double) -> Bool {
      box.x + box.width > width + BoxFindings.slack
        || box.y + box.height > height + BoxFindings.slack
    }
    return boxes.contains {
      isOver($0, Double(width), Double(height)) && !isOver($0, stated.width, stated.height)
    }
  }

  /// Moves a label to where it belongs on the upright picture; answers whether it lost a mask.
  func move(_ annotation: inout Dataset.Annotation, isScaled: Bool) -> Bool {
    guard isScaled || agreement == .stored else {
      // A mask of another size than the picture's cannot be read with it.
      return agreement == .different && dropMask(&annotation)
    }
    let box = annotation.box
    let a = moved(box.x, box.y, isScaled)
    let b = moved(box.x + box.width, box.y + box.height, isScaled)
    annotation.box = Dataset.PixelBox(
      x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y))
    if isScaled {
      annotation.area = annotation.area.map {
        $0 * Double(width) * Double(height) / (stated.width * stated.height)
      }
    }
    dropShape(&annotation)
    guard case .polygons(let polygons)? = annotation.segmentation else {
      return dropMask(&annotation)
    }
    annotation.segmentation = .polygons(
      polygons.map { polygon in
        stride(from: 0, to: polygon.count - 1, by: 2).flatMap { index in
          let point = moved(polygon[index], polygon[index + 1], isScaled)
          return [point.x, point.y]
        }
      })
    return false
  }

  private func dropMask(_ annotation: inout Dataset.Annotation) -> Bool {
    switch annotation.segmentation {
    case .runs, .packedRuns:
      annotation.segmentation = nil
      return true
    default: return false
    }
  }

  /// LabelMe's circles and lines become rectangles where their points would not follow the box.
  private func dropShape(_ annotation: inout Dataset.Annotation) {
    if annotation.fields["points"] != nil {
      annotation.fields["points"] = nil
      annotation.fields["shape_type"] = nil
    }
  }

  private func moved(_ x: Double, _ y: Double, _ isScaled: Bool) -> (x: Double, y: Double) {
    guard !isScaled else {
      return (x * Double(width) / stated.width, y * Double(height) / stated.height)
    }
    let (right, bottom) = (stored.width - x, stored.height - y)
    return switch orientation {
    case .upright: (x, y)
    case .mirrored: (right, y)
    case .upsideDown: (right, bottom)
    case .flipped: (x, bottom)
    case .transposed: (y, x)
    case .turnRight: (bottom, x)
    case .transversed: (bottom, right)
    case .turnLeft: (y, right)
    }
  }

  /// The label clipped to the picture; nil where nothing is left of its box.
  func clipped(_ annotation: Dataset.Annotation) -> Dataset.Annotation? {
    let (width, height) = (Double(width), Double(height))
    let box = annotation.box
    let left = min(max(box.x, 0), width)
    let top = min(max(box.y, 0), height)
    let right = min(max(box.x + box.width, 0), width)
    let bottom = min(max(box.y + box.height, 0), height)
    guard right > left, bottom > top else { return nil }
    // Less comes from the rounding of fractions.
    guard
      max(left - box.x, top - box.y, box.x + box.width - right, box.y + box.height - bottom) > 1e-6
    else { return annotation }
    var result = annotation
    result.box = Dataset.PixelBox(x: left, y: top, width: right - left, height: bottom - top)
    if case .polygons(let polygons)? = annotation.segmentation {
      result.segmentation = .polygons(
        polygons.map { polygon in
          polygon.enumerated().map { index, value in
            min(max(value, 0), index.isMultiple(of: 2) ? width : height)
          }
        })
    }
    dropShape(&result)
    if let area = result.area, area > result.box.width * result.box.height { result.area = nil }
    return result
  }
}
