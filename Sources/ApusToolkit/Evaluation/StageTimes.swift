/// How long the stages took for each picture, in seconds.
public struct StageTimes: Sendable, Hashable {
  /// Reading and decoding the file.
  public var decode: [Double] = []
  /// Fitting the picture into the input.
  public var preprocess: [Double] = []
  /// Running the network; of a batch, its share.
  public var inference: [Double] = []
  /// Decoding and suppression.
  public var postprocess: [Double] = []

  /// No pictures.
  public init() {}
}
