/// The score that a detection must exceed, for all classes and for single ones.
///
/// The comparison is strict, as upstream: at 0 every positive score passes, at 1 none does.
public struct ConfidenceThresholds: Sendable, Hashable {
  /// The threshold of every class that has none of its own.
  public let base: Float
  /// The thresholds of single classes, by class index.
  public let perClass: [Int: Float]

  /// Thresholds that have been checked elsewhere to be numbers in `0...1`.
  public init(_ base: Float, perClass: [Int: Float] = [:]) {
    self.base = base
    self.perClass = perClass
  }

  /// The threshold of a class.
  public subscript(classID: Int) -> Float { perClass[classID] ?? base }

  /// The least threshold of any of `classCount` classes: no box whose objectness is at or below it
  /// can pass.
  public func least(classCount: Int) -> Float {
    let own = perClass.filter { (0..<classCount).contains($0.key) }
    guard let least = own.values.min() else { return base }
    return own.count >= classCount ? least : min(base, least)
  }

  /// The thresholds of classes `0..<classCount`, one by one.
  public func table(classCount: Int) -> [Float] { (0..<classCount).map { self[$0] } }
}

extension ConfidenceThresholds {
  /// Reads "0.25", "person=0.4,car=0.25" or "0.25,person=0.4".
  ///
  /// Entries are parted by commas; a class is named by its name or index; the entry without a name
  /// is the threshold of all others, `base` where there is none.
  public static func parse(
    _ text: String, names: ClassNames, base: Float = 0.25
  ) throws(ThresholdError) -> ConfidenceThresholds {
    var common: Float?
    var perClass: [Int: Float] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let entry = trimmed(part)
      guard !entry.isEmpty else { throw ThresholdError(.emptyEntry, entry: entry, in: text) }
      guard let sign = entry.lastIndex(of: "=") else {
        let value = try number(entry, entry: entry, text: text)
        guard common == nil else { throw ThresholdError(.repeated, entry: entry, in: text) }
        common = value
        continue
      }
      let name = trimmed(entry[..<sign])
      let value = try number(
        trimmed(entry[entry.index(after: sign)...]), entry: entry, text: text)
      let classID: Int
      do {
        classID = try names.index(of: name)
      } catch {
        throw ThresholdError(.unknownClass(error), entry: entry, in: text)
      }
      guard perClass.updateValue(value, forKey: classID) == nil else {
        throw ThresholdError(.repeated, entry: entry, in: text)
      }
    }
    return ConfidenceThresholds(common ?? base, perClass: perClass)
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  private static func number(
    _ digits: String, entry: String, text: String
  ) throws(ThresholdError) -> Float {
    guard let value = Float(digits), value.isFinite else {
      throw ThresholdError(.notANumber, entry: entry, in: text)
    }
    guard (0...1).contains(value) else {
      throw ThresholdError(.outOfRange, entry: entry, in: text)
    }
    return value
  }
}

/// Thresholds that cannot be read: which entry, and why.
public struct ThresholdError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with an entry.
  public enum Reason: Sendable, Hashable {
    /// Nothing stands between two commas.
    case emptyEntry
    /// The threshold is no number.
    case notANumber
    /// The threshold lies outside `0...1`.
    case outOfRange
    /// The class, or the common threshold, was given before.
    case repeated
    /// The model has no class of that name.
    case unknownClass(UnknownClass)
  }

  /// What is wrong.
  public let reason: Reason
  /// The entry at fault.
  public let entry: String
  /// All of the text.
  public let text: String

  init(_ reason: Reason, entry: String, in text: String) {
    self.reason = reason
    self.entry = entry
    self.text = text
  }

  /// Which entry is wrong, why, and how thresholds are written.
  public var description: String {
    let fault =
      switch reason {
      case .emptyEntry: "an entry is empty"
      case .notANumber: "\"\(entry)\" has no number"
      case .outOfRange: "\"\(entry)\" lies outside 0 to 1"
      case .repeated: "\"\(entry)\" sets a threshold for the second time"
      case .unknownClass(let unknown): "in \"\(entry)\": \(unknown)"
      }
    return "confidence thresholds \"\(text)\": \(fault); "
      + "write them as 0.25 or 0.25,person=0.4"
  }
}
