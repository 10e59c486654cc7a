/// What a model is and how it is used: travels with the graph and with every artefact made from it.
public struct ModelCard: Hashable, Sendable, Codable {
  /// How one output of the network is to be read.
  public struct Head: Hashable, Sendable, Codable {
    /// What the numbers of an output are.
    public enum Content: String, Hashable, Sendable, Codable {
      /// Raw numbers of anchors and classes, `[N, anchors * (5 + classes), H, W]`, before the sigmoid.
      case anchorGrid
      /// Decoded boxes, `[N, boxes, 5 + classes]`: centre x, y, width, height in input pixels, objectness,
      /// classes.
      case boxesWithObjectness
      /// Finished detections, `[N, boxes, 6]`: x1, y1, x2, y2 in input pixels, score, class.
      case detections
      /// Anything else.
      case other
    }
    /// The name of the graph's output.
    public var output: String
    /// What its numbers are.
    public var content: Content
    /// Input pixels per cell, for grids.
    public var stride: Int?

    /// A head of the given content.
    public init(output: String, content: Content, stride: Int? = nil) {
      self.output = output
      self.content = content
      self.stride = stride
    }
  }

  /// The detector family, such as `YOLOv5`; empty where unknown.
  public var family = ""
  /// The size within the family, such as `n`; empty where unknown.
  public var variant = ""
  /// The names of the classes, by class id.
  public var classNames: [String] = []
  /// Input pixels per cell of each level, finest first.
  public var strides: [Int] = []
  /// Widths and heights of the anchors in input pixels, `[level][anchor][2]`.
  public var anchors: [[[Float]]] = []
  /// Height and width of the network's input in pixels.
  public var inputSize: [Int] = []
  /// How a picture becomes the network's input.
  public var preprocess = PreprocessSpec()
  /// How the outputs are to be read, in order.
  public var heads: [Head] = []
  /// Detections below this score are not shown.
  public var confidenceThreshold: Float = 0.25
  /// Boxes of one class that overlap more than this are one object.
  public var iouThreshold: Float = 0.45
  /// The licence of the weights; empty where unknown.
  public var licence = ""
  /// SHA-256 of the file the weights came from, in hexadecimal; empty where unknown.
  public var sourceHash = ""

  /// A card that says nothing.
  public init() {}
}

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
    case linear, area
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
