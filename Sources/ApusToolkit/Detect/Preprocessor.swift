import ApusGraph
import ApusImage
import ApusTensor

/// Fits a picture into the input of a network as the model's card prescribes.
struct Preprocessor: Sendable {
  let spec: PreprocessSpec
  let normalization: Normalization
  let order: ApusImage.ChannelOrder

  init(_ spec: PreprocessSpec) {
    self.spec = spec
    normalization = Normalization(divisor: 1, mean: spec.mean, deviation: spec.standardDeviation)
    order = spec.channelOrder == .rgb ? .rgb : .bgr
  }

  /// The letterbox for an input of the given size.
  ///
  /// - Parameter stride: where given, the input is cut down to the smallest rectangle of its multiples that
  ///   holds the picture.
  func letterbox(width: Int, height: Int, minimumRectangleStride stride: Int? = nil) -> Letterbox {
    let color = spec.padColor.count == 3 ? spec.padColor : [114, 114, 114]
    let padding =
      spec.channelOrder == .rgb
      ? Color(red: color[0], green: color[1], blue: color[2])
      : Color(red: color[2], green: color[1], blue: color[0])
    return Letterbox(
      width: width, height: height, mode: spec.fit == .stretch ? .stretch : .fit,
      alignment: spec.fit == .letterboxTopLeft ? .topLeft : .center,
      minimumRectangleStride: stride, padding: padding, interpolation: .linear,
      shrinkInterpolation: spec.interpolation == .area ? .area : .linear)
  }

  /// The picture as the network's input `[1, 3, H, W]`, and how it was fitted.
  func input(
    _ image: Image, letterbox: Letterbox
  ) throws(ImageError) -> (tensor: Tensor, geometry: LetterboxGeometry) {
    let (fitted, geometry) = try image.letterboxed(letterbox)
    let values = try fitted.planar(order: order, normalization: normalization)
    return (Tensor(values, shape: [1, 3, fitted.height, fitted.width]), geometry)
  }
}
