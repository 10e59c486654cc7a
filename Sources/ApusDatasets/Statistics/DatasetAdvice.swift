import Foundation

/// What statistics say about the network, the labels or the splits, with the numbers it follows from.
public struct DatasetAdvice: Sendable, Hashable, Encodable {
  /// What it is about.
  public enum Topic: String, Sendable, Hashable, Encodable, CaseIterable {
    /// The labels themselves.
    case labels
    /// The splits.
    case splits
    /// Classes with few objects.
    case balance
    /// The size of the network's input.
    case inputSize
    /// Cutting pictures into parts.
    case tiling
    /// The levels of the network.
    case strides
    /// The shape of the network's input.
    case inputShape
    /// Classes of different scale.
    case scale
    /// How many objects stand in a picture.
    case density
    /// Objects that suppression takes for one.
    case crowding
    /// Pictures without objects.
    case backgrounds
  }

  /// How much depends on it.
  public enum Weight: String, Sendable, Hashable, Encodable, CaseIterable {
    /// Without doing something, results suffer.
    case act
    /// It is worth a trial.
    case consider
    /// Good to know.
    case note
  }

  /// What it is about.
  public let topic: Topic
  /// How much depends on it.
  public let weight: Weight
  /// What was seen, with its numbers.
  public let finding: String
  /// What to do about it.
  public let suggestion: String
  /// The numbers of the finding, by name.
  public let numbers: [String: Double]

  init(
    _ topic: Topic, _ weight: Weight, _ finding: String, _ suggestion: String,
    _ numbers: [String: Double]
  ) {
    self.topic = topic
    self.weight = weight
    self.finding = finding
    self.suggestion = suggestion
    self.numbers = numbers
  }

  /// All that statistics say, what to act on first.
  static func all(of statistics: DatasetStatistics) -> [DatasetAdvice] {
    guard statistics.objects.count > 0 else {
      let pictures = Double(statistics.pictures.count)
      return [
        DatasetAdvice(
          .labels, .act, "None of \(statistics.pictures.count) pictures has an object.",
          "Check that the label files lie where the format expects them (apus data check).",
          ["pictures": pictures])
      ]
    }
    let found =
      statistics.labelAdvice + statistics.splitAdvice + statistics.balanceAdvice
      + statistics.inputSizeAdvice + statistics.tilingAdvice + statistics.strideAdvice
      + statistics.inputShapeAdvice + statistics.scaleAdvice + statistics.densityAdvice
      + statistics.crowdingAdvice + statistics.backgroundAdvice
    return Weight.allCases.flatMap { weight in found.filter { $0.weight == weight } }
  }
}

/// Numbers as advice has them.
enum Wording {
  /// `12.3`, without its fraction from 100 on.
  static func pixels(_ value: Double) -> String {
    String(format: value < 99.95 ? "%.1f" : "%.0f", value)
  }

  /// `12.3 %`; small shares keep two digits that say something.
  static func percent(_ share: Double) -> String {
    let value = share * 100
    return String(format: value > 0 && value < 0.1 ? "%.3f %%" : "%.1f %%", value)
  }

  /// `640`, or `480x640` (height, width).
  static func size(_ input: DatasetStatistics.InputSize) -> String {
    input.height == input.width ? "\(input.width)" : "\(input.height)x\(input.width)"
  }

  /// Names in a row, at most `limit` of them.
  static func names(_ names: [String], atMost limit: Int = 5) -> String {
    let shown = names.prefix(limit).map { name in
      name.count > 40 ? "\(name.prefix(39))…" : name
    }
    let rest = names.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// `1 object`, `2 objects`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}

extension DatasetStatistics.InputSize {
  /// The least size of multiples of 32 that is at least this one times a factor.
  func scaled(by factor: Double) -> DatasetStatistics.InputSize {
    func side(_ side: Int) -> Int {
      32 * max(1, Int((min(Double(side) * factor, 1e6) / 32 - 1e-9).rounded(.up)))
    }
    return DatasetStatistics.InputSize(height: side(height), width: side(width))
  }
}
