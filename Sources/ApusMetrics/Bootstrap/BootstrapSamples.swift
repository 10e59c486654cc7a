/// What result sets reach on resampled pictures, and how sure their differences are.
public struct BootstrapSamples: Sendable {
  /// What is compared.
  public enum Measure: String, Sendable, CaseIterable {
    /// COCO's AP at IoU 0.5 to 0.95.
    case ap
    /// COCO's AP at IoU 0.5.
    case ap50
  }

  /// A difference and what resampling says of it.
  public struct Interval: Sendable, Hashable {
    /// The difference on the pictures as they are.
    public let estimate: Double
    /// The lower end, the 2.5th percentile of the resamples.
    public let low: Double
    /// The upper end, the 97.5th percentile.
    public let high: Double
    /// The share of resamples in which the difference is above 0, half of those where it is 0.
    public let probabilityAbove: Double
    /// How many resamples had something to measure.
    public let resamples: Int

    /// How many pictures with an object there were to draw from.
    public let pictures: Int

    /// What the interval says: whether it lies above 0, below, or has 0 in it.
    ///
    /// Of fewer than ``leastPictures`` pictures it says nothing: drawn again they hardly differ, and the
    /// interval is narrow without being sure.
    public var verdict: Verdict {
      guard pictures >= Self.leastPictures else { return .undecided }
      return low > 0 ? .better : high < 0 ? .worse : .undecided
    }

    /// From how many pictures on an interval is trusted.
    public static let leastPictures = 5
  }

  /// What an interval says of a difference.
  public enum Verdict: String, Sendable, Hashable, Encodable {
    /// All of the interval lies above 0.
    case better
    /// All of the interval lies below 0.
    case worse
    /// The interval has 0 in it, or there are too few pictures to say.
    case undecided
  }

  /// What one result set reaches on one resample: by category, and the mean over the categories.
  package struct Values: Sendable {
    /// AP and AP50 of the mean; nil where no category has an object.
    package let mean: (ap: Double, ap50: Double)?
    /// AP and AP50 by category; nil where the category has no object.
    package let classes: [(ap: Double, ap50: Double)?]

    init(classes: [(ap: Double, ap50: Double)?]) {
      self.classes = classes
      let present = classes.compactMap(\.self)
      let count = Double(present.count)
      mean =
        present.isEmpty
        ? nil
        : (
          present.reduce(0) { $0 + $1.ap } / count, present.reduce(0) { $0 + $1.ap50 } / count
        )
    }

    fileprivate subscript(measure: Measure, category: Int?) -> Double? {
      let pair = category.map { classes[$0] } ?? mean
      return measure == .ap ? pair?.ap : pair?.ap50
    }
  }

  private let observed: [Values]
  private let categories: [Int]
  /// How many pictures have an object of each category, and of any.
  private let pictures: (byCategory: [Int], all: Int)
  /// What every result set reaches, by resample.
  private var drawn: [[Values]] = []

  init(observed: [Values], categories: [Int], pictures: (byCategory: [Int], all: Int)) {
    self.observed = observed
    self.categories = categories
    self.pictures = pictures
  }

  mutating func add(_ values: [[Values]]) { drawn += values }

  /// What a result set reaches on the pictures as they are; nil where there is no object.
  ///
  /// - Parameter category: a category's identifier; nil for the mean over the categories.
  public func value(of set: Int, _ measure: Measure, category: Int? = nil) -> Double? {
    guard let position = position(of: category) else { return nil }
    return observed[set][measure, position]
  }

  /// By how much a result set is better than another; nil where there is nothing to measure.
  ///
  /// - Parameters:
  ///   - set: the position of the one.
  ///   - other: the position of the other, which is subtracted.
  ///   - category: a category's identifier; nil for the mean over the categories.
  public func difference(
    of set: Int, from other: Int, _ measure: Measure, category: Int? = nil
  ) -> Interval? {
    guard let value = value(of: set, measure, category: category),
      let reference = self.value(of: other, measure, category: category),
      let position = position(of: category)
    else { return nil }
    let differences = differences(of: set, from: other, measure, category: category)
    guard !differences.isEmpty else { return nil }
    let above = differences.reduce(0.0) { $0 + ($1 > 0 ? 1 : $1 == 0 ? 0.5 : 0) }
    return Interval(
      estimate: value - reference, low: Self.quantile(0.025, of: differences),
      high: Self.quantile(0.975, of: differences),
      probabilityAbove: above / Double(differences.count), resamples: differences.count,
      pictures: position.map { pictures.byCategory[$0] } ?? pictures.all)
  }

  /// The differences on the resamples that have something to measure, ascending.
  package func differences(
    of set: Int, from other: Int, _ measure: Measure, category: Int? = nil
  ) -> [Double] {
    guard let position = position(of: category) else { return [] }
    return drawn.compactMap { values -> Double? in
      guard let value = values[set][measure, position],
        let reference = values[other][measure, position]
      else { return nil }
      return value - reference
    }.sorted()
  }

  /// The position of a category, itself nil for the mean; nil for a category that is not evaluated.
  private func position(of category: Int?) -> Int?? {
    guard let category else { return .some(nil) }
    return categories.firstIndex(of: category).map { .some($0) }
  }

  /// A quantile of ascending numbers, between two of them in proportion, as numpy takes it.
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * (place - Double(lower))
  }
}
