/// What a stage took for each picture, in numbers that a reader compares.
struct StageSummary {
  let name: String
  /// The arithmetic mean, in seconds.
  let mean: Double
  /// The median, and the times that 90 and 99 of 100 pictures do not exceed, in seconds.
  let p50: Double
  /// See ``p50``.
  let p90: Double
  /// See ``p50``.
  let p99: Double
  /// The longest time, in seconds.
  let greatest: Double

  /// Sums up times in seconds; nil where there are none.
  init?(_ name: String, _ seconds: [Double]) {
    let sorted = seconds.sorted()
    guard let greatest = sorted.last else { return nil }
    /// Between the two nearest of the sorted times, as `numpy.percentile` does by default.
    func percentile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let lower = Int(place)
      let upper = min(lower + 1, sorted.count - 1)
      return sorted[lower] + (sorted[upper] - sorted[lower]) * (place - Double(lower))
    }
    self.name = name
    self.greatest = greatest
    mean = sorted.reduce(0, +) / Double(sorted.count)
    p50 = percentile(0.5)
    p90 = percentile(0.9)
    p99 = percentile(0.99)
  }
}
