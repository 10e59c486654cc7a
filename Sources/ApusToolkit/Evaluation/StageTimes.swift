/// How long the stages took for each picture, in seconds of the wall clock.
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

extension StageTimes {
  /// What a stage took, over all pictures, in milliseconds.
  public struct Summary: Sendable, Hashable, Encodable {
    /// The mean.
    public let mean: Double
    /// The median.
    public let p50: Double
    /// What nine of ten pictures do not exceed.
    public let p90: Double
    /// What 99 of 100 pictures do not exceed.
    public let p99: Double

    /// The summary of times in seconds; nil of none.
    ///
    /// Between two times percentiles are interpolated, as numpy does by default.
    public init?(seconds: [Double]) {
      guard !seconds.isEmpty else { return nil }
      let sorted = seconds.sorted()
      func percentile(_ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let (lower, upper) = (Int(place), min(Int(place) + 1, sorted.count - 1))
        return 1000 * (sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower]))
      }
      mean = 1000 * seconds.reduce(0, +) / Double(seconds.count)
      p50 = percentile(0.5)
      p90 = percentile(0.9)
      p99 = percentile(0.99)
    }
  }

  /// The stages in their order, with their summaries; empty without pictures.
  public var stages: [(name: String, summary: Summary)] {
    [
      ("decode", decode), ("preprocess", preprocess), ("inference", inference),
      ("postprocess", postprocess),
    ].compactMap { name, seconds in Summary(seconds: seconds).map { (name, $0) } }
  }

  /// The mean of pre-process, inference and post-process together, in milliseconds: `i_time`; nil without pictures.
  ///
  /// Reading and decoding files is not in it.
  public var meanTime: Double? {
    guard !inference.isEmpty else { return nil }
    let total = (preprocess + inference + postprocess).reduce(0, +)
    return 1000 * total / Double(inference.count)
  }

  /// Pictures a second, of `meanTime`.
  public var framesPerSecond: Double? { meanTime.flatMap { $0 > 0 ? 1000 / $0 : nil } }
}
