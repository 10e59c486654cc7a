/// How a picture becomes the network's input: one statement for training, calibration, inference and board.
public struct PreprocessSpec: Hashable, Sendable, Codable {
  /// The order of the colour channels.
  public enum ChannelOrder: String, Hashable, Sendable, Codable {
    case rgb, bgr
  }
  /// How the picture is fitted to the input size.
  public enum Fit: String, Hashable, Sendable, Codable {
    /// Scaled with its proportions kept; the rest is padding on both sides.
    case letterboxCentred
    /// Scaled with its proportions kept; the rest is padding on the right and at the bottom.
    case letterboxTopLeft
    /// Scaled to the input size, proportions lost.
    case stretch
  }
  /// How pixels are interpolated.
  public enum Interpolation: String, Hashable, Sendable, Codable {
    /// Between pixel centres; `area` averages where the picture shrinks.
    case linear, area
    /// Between pixel corners, as OpenCV's `warpPerspective` does for NanoDet: the origin stays in place.
    case warp
  }

  /// The order of the colour channels in the input.
  public var channelOrder = ChannelOrder.rgb
  /// How the picture is fitted.
  public var fit = Fit.letterboxCentred
  /// How pixels are interpolated.
  public var interpolation = Interpolation.linear
  /// The colour of the padding, 0 to 255, in the order of the channels.
  public var padColor: [UInt8] = [114, 114, 114]
  /// Subtracted from each channel, on the scale 0 to 255.
  public var mean: [Float] = [0, 0, 0]
  /// What each channel is divided by, after the mean is subtracted.
  public var standardDeviation: [Float] = [255, 255, 255]

  /// RGB, centred letterbox padded with 114, divided by 255: what the YOLO families use.
  public init() {}
}
