package import ApusGraph
package import ApusImage
package import ApusTensor

/// What upstream's validation does otherwise than its prediction when it fits a picture.
///
/// `load_image` of YOLOv5's data loader (v7.0, `utils/dataloaders.py`) scales the longer side to the input's and
/// rounds both sides up; `letterbox` then pads, and enlarges nothing. NanoDet's warp is the same for both.
package struct ValidationFit: Sendable, Hashable {
  /// The pixels of the longer side.
  package var longestSide: Int
  /// Whether pictures that shrink are averaged over areas (YOLOv5, YOLOv7) and not interpolated (YOLOv10).
  package var averagesWhenShrinking: Bool
}

/// Fits a picture into the input of a network as the model's card prescribes.
package struct Preprocessor: Sendable {
  private let spec: PreprocessSpec
  private let normalization: Normalization
  private let order: ApusImage.ChannelOrder

  /// Prepares what a specification states.
  ///
  /// Samples are normalised on the scale 0 to 1, `(s / 255 - mean / 255) / (deviation / 255)` with each step
  /// in single precision: to the bit what NanoDet's `_normalize` computes, and YOLOv5's division by
  /// 255. Where every deviation is 1, the network takes samples as they are, and nothing is divided.
  package init(_ spec: PreprocessSpec) {
    self.spec = spec
    let divisor: Float = spec.standardDeviation.allSatisfy { $0 == 1 } ? 1 : 255
    normalization = Normalization(
      divisor: divisor, mean: spec.mean.map { $0 / divisor },
      deviation: spec.standardDeviation.map { $0 / divisor })
    order = spec.channelOrder == .rgb ? .rgb : .bgr
  }

  /// The letterbox for an input of the given size.
  ///
  /// - Parameters:
  ///   - stride: where given, the input is cut down to the smallest rectangle of its multiples that holds
  ///     the picture.
  ///   - validation: where given, pictures are fitted as upstream's validation does.
  package func letterbox(
    width: Int, height: Int, minimumRectangleStride stride: Int? = nil,
    validation: ValidationFit? = nil
  ) -> Letterbox {
    let color = spec.padColor.count == 3 ? spec.padColor : [114, 114, 114]
    let padding =
      spec.channelOrder == .rgb
      ? Color(red: color[0], green: color[1], blue: color[2])
      : Color(red: color[2], green: color[1], blue: color[0])
    return Letterbox(
      width: width, height: height, mode: spec.fit == .stretch ? .stretch : .fit,
      alignment: spec.fit == .letterboxTopLeft ? .topLeft : .center,
      minimumRectangleStride: stride, longestSide: validation?.longestSide,
      rounding: validation == nil ? .nearest : .up, padding: padding, interpolation: .linear,
      shrinkInterpolation: spec.interpolation == .area
        || (validation?.averagesWhenShrinking ?? false)
        ? .area : .linear,
      warp: spec.interpolation == .warp ? .singlePrecision : nil)
  }

  /// The picture as the network's input `[1, 3, H, W]`, and how it was fitted.
  ///
  /// What lies outside a warped picture's smallest rectangle is 0 in the input, hence of the
  /// mean colour: NanoDet pads what is normalised already (`stack_batch_img`).
  package func input(
    _ image: Image, letterbox: Letterbox
  ) throws(ImageError) -> (tensor: Tensor, geometry: LetterboxGeometry) {
    guard letterbox.warp != nil else {
      let (fitted, geometry) = try image.letterboxed(letterbox)
      let values = try fitted.planar(order: order, normalization: normalization)
      return (Tensor(values, shape: [1, 3, fitted.height, fitted.width]), geometry)
    }
    let geometry = try letterbox.geometry(imageWidth: image.width, imageHeight: image.height)
    let content = try image.content(of: letterbox, geometry)
    var values = try content.planar(order: order, normalization: normalization)
    if geometry.right > 0 || geometry.bottom > 0 {
      values = Self.padded(values, geometry)
    }
    return (Tensor(values, shape: [1, 3, geometry.height, geometry.width]), geometry)
  }

  /// What the samples of each channel of the input become, `[3, 256]`, and what lies beside the picture, `[3]`: the
  /// same numbers as in the tensor.
  package func numbers(
    _ letterbox: Letterbox
  ) throws(ImageError) -> (values: [Float], frame: [Float]) {
    let values = try normalization.table()
    if letterbox.warp != nil { return (values, [0, 0, 0]) }
    let color = letterbox.padding
    let samples =
      order == .rgb
      ? [color.red, color.green, color.blue] : [color.blue, color.green, color.red]
    return (values, samples.enumerated().map { values[256 * $0.offset + Int($0.element)] })
  }

  /// The picture's pixels of 3 samples as they lie in the input, and whether the input's first channel is the last
  /// sample.
  package func content(
    _ image: Image, _ letterbox: Letterbox, _ geometry: LetterboxGeometry
  ) throws(ImageError) -> (image: Image, isReversed: Bool) {
    let content = try image.content(of: letterbox, geometry)
    let pixels = content.format == .bgr ? content : content.converted(to: .rgb)
    return (pixels, (order == .rgb) != (pixels.format == .rgb))
  }

  /// Three planes of the content's size within planes of the input's size, 0 elsewhere.
  private static func padded(_ values: [Float], _ geometry: LetterboxGeometry) -> [Float] {
    let (rows, columns) = (geometry.contentHeight, geometry.contentWidth)
    var padded = [Float](repeating: 0, count: 3 * geometry.height * geometry.width)
    for row in 0..<3 * rows {
      let line = row / rows * geometry.height + row % rows
      let start = line * geometry.width
      padded.replaceSubrange(
        start..<start + columns, with: values[row * columns..<(row + 1) * columns])
    }
    return padded
  }
}
