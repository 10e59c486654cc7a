/// What a model is and how it is used: travels with the graph and with every artefact made from it.
public struct ModelCard: Hashable, Sendable, Codable {
  /// How one output of the network is to be read.
  public struct Head: Hashable, Sendable, Codable {
    /// What the numbers of an output are.
    public enum Content: String, Hashable, Sendable, Codable {
      /// Raw numbers of anchors and classes, `[N, anchors * (5 + classes), H, W]`, before the sigmoid.
      case anchorGrid
      /// The same with the cells before the numbers, `[N, anchors, H, W, 5 + classes]`.
      case anchorCells
      /// Raw distances from a cell to the four edges as distributions, `[N, 4 * bins, H, W]`.
      case distanceGrid
      /// Raw numbers of classes, `[N, classes, H, W]`.
      case classGrid
      /// `distanceGrid` and `classGrid` in one output, in this order of channels.
      case distanceClassGrid
      /// `classGrid` and `distanceGrid` in one output, in this order of channels.
      case classDistanceGrid
      /// All levels in one, `[N, cells, classes + 4 * bins]`, finest level first.
      case classDistanceCells
      /// Distances with the cells before the numbers, `[N, cells, 4 * bins]`: of the level of `stride`, or of all
      /// levels without one, finest first.
      case distanceCells
      /// Classes of the same cells, `[N, cells, classes]`.
      case classCells
      /// Decoded boxes, `[N, boxes, 5 + classes]`: centre x, y, width, height in input pixels, objectness,
      /// classes.
      case boxesWithObjectness
      /// Decoded boxes, `[N, 4 + classes, boxes]`: centre x, y, width, height in input pixels, classes.
      case boxesWithClasses
      /// Finished detections, `[N, boxes, 6]`: x1, y1, x2, y2 in input pixels, score, class.
      case detections
      /// Finished detections of all pictures, `[detections, 7]`: picture, x1, y1, x2, y2 in input pixels,
      /// class, score.
      case detectionRows
      /// How many of the detections count, `[N, 1]`; with the three outputs that follow.
      case detectionCount
      /// Corners in input pixels, `[N, detections, 4]`.
      case detectionBoxes
      /// Scores, `[N, detections]`.
      case detectionScores
      /// Class ids, `[N, detections]`.
      case detectionClasses
      /// Anything else.
      case other
    }
    /// The name of the graph's output.
    public var output: String
    /// What its numbers are.
    public var content: Content
    /// Input pixels per cell, for grids.
    public var stride: Int?
    /// Whether scores (of anchors: all numbers) are through the sigmoid already, where they are raw by the
    /// content; nil stands for no.
    public var hasProbabilities: Bool?
    /// The number of steps of a distance's distribution; nil where there are no distances.
    public var bins: Int?
    /// The values of these steps, where they are not 0, 1, 2, …: exports may hold them rounded.
    public var binValues: [Float]?
    /// Where in its cell the point lies from which distances are measured: 0.5 the centre, 0 the corner.
    public var cellOffset: Float?

    /// A head of the given content.
    public init(
      output: String, content: Content, stride: Int? = nil, hasProbabilities: Bool? = nil,
      bins: Int? = nil, binValues: [Float]? = nil, cellOffset: Float? = nil
    ) {
      self.output = output
      self.content = content
      self.stride = stride
      self.hasProbabilities = hasProbabilities
      self.bins = bins
      self.binValues = binValues
      self.cellOffset = cellOffset
    }
  }

  /// How detections of one object become one.
  public enum Suppression: String, Hashable, Sendable, Codable {
    /// Boxes of one class that overlap are one object: YOLOv5 and YOLOv7.
    case classwise
    /// The same over all pairs of box and class, by torchvision's rules: NanoDet.
    case nanodet
    /// The best pairs of box and class, nothing suppressed: YOLOv10.
    case topK
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
  /// How detections of one object become one.
  public var suppression = Suppression.classwise
  /// The licence of the weights; empty where unknown.
  public var licence = ""
  /// SHA-256 of the file the weights came from, in hexadecimal; empty where unknown.
  public var sourceHash = ""

  /// A card that says nothing.
  public init() {}
}

extension ModelCard {
  /// Reads a card; what it does not say keeps its default, so that cards of older versions stay readable.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<T: Decodable>(_ key: CodingKeys, into value: inout T) throws {
      if let found = try values.decodeIfPresent(T.self, forKey: key) { value = found }
    }
    try read(.family, into: &family)
    try read(.variant, into: &variant)
    try read(.classNames, into: &classNames)
    try read(.strides, into: &strides)
    try read(.anchors, into: &anchors)
    try read(.inputSize, into: &inputSize)
    try read(.preprocess, into: &preprocess)
    try read(.heads, into: &heads)
    try read(.confidenceThreshold, into: &confidenceThreshold)
    try read(.iouThreshold, into: &iouThreshold)
    try read(.suppression, into: &suppression)
    try read(.licence, into: &licence)
    try read(.sourceHash, into: &sourceHash)
  }
}
