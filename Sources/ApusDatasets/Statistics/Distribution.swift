/// How a quantity is distributed: mean, quantiles, extremes and a histogram.
public struct Distribution: Sendable, Hashable, Encodable {
  /// The arithmetic mean.
  public let mean: Double
  /// The least value.
  public let least: Double
  /// The quantile of 5 %, as all quantiles linear between the two nearest values (NumPy's default).
  public let p5: Double
  /// The quantile of 10 %.
  public let p10: Double
  /// The quantile of 25 %.
  public let p25: Double
  /// The median.
  public let p50: Double
  /// The quantile of 75 %.
  public let p75: Double
  /// The quantile of 90 %.
  public let p90: Double
  /// The quantile of 95 %.
  public let p95: Double
  /// The greatest value.
  public let greatest: Double
  /// Counts by bin: one more than there are edges, see ``DatasetStatistics/Bins``.
  public let counts: [Int]

  /// The distribution of finite values; nil where there are none.
  init?(_ values: [Double], edges: [Double]) {
    guard let sum = Self.sum(values) else { return nil }
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
    mean = sum / Double(sorted.count)
    least = sorted[0]
    greatest = sorted[sorted.count - 1]
    (p5, p10, p25, p50) = (quantile(0.05), quantile(0.1), quantile(0.25), quantile(0.5))
    (p75, p90, p95) = (quantile(0.75), quantile(0.9), quantile(0.95))
    counts = Self.counts(sorted: sorted, edges: edges)
  }

  private static func sum(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +)
  }

  private static func counts(sorted: [Double], edges: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    var bin = 0
    for value in sorted {
      while bin < edges.count, value >= edges[bin] { bin += 1 }
      counts[bin] += 1
    }
    return counts
  }

  /// The bin of a value: the number of edges that are not above it.
  static func bin(of value: Double, edges: [Double]) -> Int {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if value >= edges[middle] { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// How many objects stand in a picture.
public struct Density: Sendable, Hashable, Encodable {
  /// The mean.
  public let mean: Double
  /// The median.
  public let p50: Double
  /// The quantile of 95 %.
  public let p95: Double
  /// The most.
  public let most: Int

  /// The density of counts by picture; nil where there is no picture.
  init?(_ counts: [Int]) {
    guard let all = Distribution(counts.map(Double.init), edges: []) else { return nil }
    mean = all.mean
    p50 = all.p50
    p95 = all.p95
    most = Int(all.greatest)
  }
}
