public import ApusBoxes

/// Where a picture lies within the input of a network: pure geometry, without pixels.
public struct LetterboxGeometry: Sendable, Hashable {
  /// Columns of the original picture.
  public var originalWidth: Int
  /// Rows of the original picture.
  public var originalHeight: Int
  /// Columns of the input.
  public var width: Int
  /// Rows of the input.
  public var height: Int
  /// Columns the picture takes in the input.
  public var contentWidth: Int
  /// Rows the picture takes in the input.
  public var contentHeight: Int
  /// Columns of padding on the left.
  public var left: Int
  /// Rows of padding on the top.
  public var top: Int
  /// The horizontal scale before rounding the content to whole pixels.
  public var nominalScaleX: Double
  /// The vertical scale before rounding the content to whole pixels.
  public var nominalScaleY: Double
  /// Half the horizontal padding before rounding (upstream's `dw`); 0 when aligned to the corner.
  public var nominalLeft: Double
  /// Half the vertical padding before rounding (upstream's `dh`); 0 when aligned to the corner.
  public var nominalTop: Double
  /// The matrix from the picture to the input, where the picture is warped into it; else nil.
  ///
  /// The content is then what the warp fills, borders of the picture included, and starts at the corner.
  public var warp: Homography?

  /// Columns of padding on the right.
  public var right: Int { width - left - contentWidth }
  /// Rows of padding at the bottom.
  public var bottom: Int { height - top - contentHeight }

  /// The mapping of the pixels as they were placed: whole padding, and each axis by its own scale.
  public var placed: LetterboxMapping {
    if warp != nil { return nominal }
    return LetterboxMapping(
      scaleX: Double(contentWidth) / Double(originalWidth),
      scaleY: Double(contentHeight) / Double(originalHeight),
      left: Double(left), top: Double(top),
      originalWidth: originalWidth, originalHeight: originalHeight)
  }

  /// The mapping YOLOv5's `val.py` uses: nominal scale, and padding with its half pixels.
  public var nominal: LetterboxMapping {
    LetterboxMapping(
      scaleX: nominalScaleX, scaleY: nominalScaleY, left: nominalLeft, top: nominalTop,
      originalWidth: originalWidth, originalHeight: originalHeight, warp: warp)
  }

  /// The mapping YOLOv5's `val.py` uses after `load_image` (v7.0): the vertical scale of the whole pixels for both
  /// axes, and padding with its half pixels.
  ///
  /// Of a stretched picture each axis keeps its scale.
  public var validated: LetterboxMapping {
    if warp != nil { return nominal }
    guard nominalScaleX == nominalScaleY else { return placed }
    let gain = Double(contentHeight) / Double(originalHeight)
    return LetterboxMapping(
      scaleX: gain, scaleY: gain, left: nominalLeft, top: nominalTop,
      originalWidth: originalWidth, originalHeight: originalHeight)
  }

  /// The mapping YOLOv5's `scale_coords` infers from the two sizes alone, as `detect.py` does.
  public var inferred: LetterboxMapping {
    if warp != nil { return nominal }
    let gain = min(
      Double(height) / Double(originalHeight), Double(width) / Double(originalWidth))
    return LetterboxMapping(
      scaleX: gain, scaleY: gain,
      left: (Double(width) - Double(originalWidth) * gain) / 2,
      top: (Double(height) - Double(originalHeight) * gain) / 2,
      originalWidth: originalWidth, originalHeight: originalHeight)
  }
}

/// The linear map between the pixels of a picture and those of a network's input.
public struct LetterboxMapping: Sendable, Hashable {
  /// Input pixels per original pixel, horizontally.
  public var scaleX: Double
  /// Input pixels per original pixel, vertically.
  public var scaleY: Double
  /// Input columns before the picture.
  public var left: Double
  /// Input rows before the picture.
  public var top: Double
  /// Columns of the original picture, to which boxes are clipped.
  public var originalWidth: Int
  /// Rows of the original picture, to which boxes are clipped.
  public var originalHeight: Int
  /// The matrix from the picture to the input; where it is given, boxes are mapped by it alone, as
  /// NanoDet's `warp_boxes` does.
  public var warp: Homography?

  /// A box of the input in pixels of the original picture, clipped to it.
  ///
  /// The order (subtract, divide, clip, in single precision) is upstream's.
  public func toOriginal(_ box: Box) -> Box {
    let box = toOriginalUnclipped(box)
    let (right, bottom) = (Float(originalWidth), Float(originalHeight))
    return Box(
      x1: min(max(box.x1, 0), right), y1: min(max(box.y1, 0), bottom),
      x2: min(max(box.x2, 0), right), y2: min(max(box.y2, 0), bottom))
  }

  /// The same without clipping.
  public func toOriginalUnclipped(_ box: Box) -> Box {
    if let inverse = warp?.inverse { return inverse.bounds(of: box) }
    let (dx, dy, sx, sy) = (Float(left), Float(top), Float(scaleX), Float(scaleY))
    return Box(
      x1: (box.x1 - dx) / sx, y1: (box.y1 - dy) / sy,
      x2: (box.x2 - dx) / sx, y2: (box.y2 - dy) / sy)
  }

  /// A box of the original picture in pixels of the input.
  public func toInput(_ box: Box) -> Box {
    if let warp { return warp.bounds(of: box) }
    let (dx, dy, sx, sy) = (Float(left), Float(top), Float(scaleX), Float(scaleY))
    return Box(
      x1: box.x1 * sx + dx, y1: box.y1 * sy + dy, x2: box.x2 * sx + dx, y2: box.y2 * sy + dy)
  }
}
