public import ApusBoxes
import ApusDatasets
import ApusGraph
import Foundation

/// Confidence thresholds of single classes in a file: written by an evaluation, taken by detection.
///
/// JSON: `{"base": 0.25, "classes": {"person": 0.41}, "goal": "f1", "model": "<sha256>", "data": "data.yaml"}`.
/// `base` is needed; classes are named by their names or indices.
public struct ThresholdFile: Sendable, Hashable {
  /// The threshold of every class that has none of its own.
  public var base: Double
  /// The thresholds of single classes, by name or index.
  public var classes: [String: Double]
  /// What they were chosen for, such as `f1`.
  public var goal: String?
  /// SHA-256 of the file that the model's weights came from (`ModelCard.sourceHash`), in hexadecimal.
  public var model: String?
  /// The data set that they were chosen on.
  public var data: String?

  private static let keys = ["base", "classes", "goal", "model", "data"]

  /// Thresholds by name.
  public init(
    base: Double, classes: [String: Double], goal: String? = nil, model: String? = nil,
    data: String? = nil
  ) {
    self.base = base
    self.classes = classes
    self.goal = goal
    self.model = model
    self.data = data
  }

  /// The thresholds of a model's classes; a name that does not lead back to its class is replaced by the index.
  ///
  /// - Throws: `ApusError` where neither leads back: another class has the index for its name.
  public init(
    _ thresholds: ConfidenceThresholds, names: ClassNames, goal: String? = nil,
    model: String? = nil, data: String? = nil
  ) throws(ApusError) {
    // The digits that a person would write: 0.3, not the 0.30000001192092896 of binary32.
    func number(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
    var byName: [String: Double] = [:]
    for (classID, value) in thresholds.perClass {
      let key = [names[classID], "\(classID)"].first { (try? names.index(of: $0)) == classID }
      guard let key else {
        throw .failure(
          "the class \(classID), \"\(names[classID])\", cannot be told from another by its name or number; give"
            + " every class a name of its own")
      }
      byName[key] = number(value)
    }
    self.init(
      base: number(thresholds.base), classes: byName, goal: goal, model: model, data: data)
  }

  /// Reads a file strictly: nothing may be repeated, unknown, or no number from 0 to 1.
  ///
  /// - Throws: `ApusError` naming the file and the entry.
  public init(reading path: String) throws(ApusError) {
    let json: JSON
    do {
      json = try JSON(reading: URL(fileURLWithPath: path), atMost: 16 << 20, depth: 8)
    } catch {
      throw .failure("\(error)")
    }
    guard let members = json.object else {
      throw Self.wrong(path, "the file", "an object with \"base\" and \"classes\"")
    }
    for key in members.keys.sorted() where !Self.keys.contains(key) {
      let nearest = NearestName.find(key, among: Self.keys).map { "; did you mean \"\($0)\"?" }
      throw Self.wrong(
        path, "the entry \"\(key.prefix(60))\"",
        "only \(Self.keys.joined(separator: ", "))\(nearest ?? "")")
    }
    guard let base = members["base"] else {
      throw Self.wrong(
        path, "the file", "an entry \"base\", the threshold of classes without their own")
    }
    let classes = members["classes"] ?? .object([:])
    guard let entries = classes.object else {
      throw Self.wrong(path, "\"classes\"", "an object of names and thresholds")
    }
    func text(_ key: String) throws(ApusError) -> String? {
      guard let value = members[key], value != .null else { return nil }
      guard let text = value.text else { throw Self.wrong(path, "\"\(key)\"", "a text") }
      return text
    }
    var thresholds: [String: Double] = [:]
    for (name, value) in entries {
      thresholds[name] = try Self.threshold(value, of: "the class \"\(name.prefix(60))\"", path)
    }
    self.init(
      base: try Self.threshold(base, of: "\"base\"", path), classes: thresholds,
      goal: try text("goal"), model: try text("model"), data: try text("data"))
  }

  private static func threshold(
    _ value: JSON, of place: String, _ path: String
  ) throws(ApusError) -> Double {
    guard let number = value.double, (0...1).contains(number) else {
      throw wrong(path, place, "a number from 0 to 1")
    }
    return number
  }

  private static func wrong(_ path: String, _ place: String, _ expected: String) -> ApusError {
    .failure(
      "'\(path)': in \(place): expected \(expected); write thresholds as"
        + #" {"base": 0.25, "classes": {"person": 0.41}}"#)
  }

  /// The thresholds by class index.
  ///
  /// - Parameter path: the file, for errors.
  /// - Throws: `ApusError` where a class is not among the names, or named twice.
  public func thresholds(
    for names: ClassNames, file path: String
  ) throws(ApusError) -> ConfidenceThresholds {
    var found: [Int: Float] = [:]
    for (name, value) in classes.sorted(by: { $0.key < $1.key }) {
      let classID: Int
      do {
        classID = try names.index(of: name)
      } catch {
        throw .failure(
          "'\(path)': \(error); the thresholds are of another model, or the name is misspelt")
      }
      guard found.updateValue(Float(value), forKey: classID) == nil else {
        throw .failure(
          "'\(path)': the class \"\(names[classID])\" has two thresholds, the second as"
            + " \"\(name)\"; leave one")
      }
    }
    return ConfidenceThresholds(Float(base), perClass: found)
  }

  /// A sentence where the thresholds were chosen for other weights than a model's; nil where that is not so.
  public func mismatch(with model: Model) -> String? {
    let hash = model.graph.card.sourceHash
    guard let chosen = self.model, !chosen.isEmpty, !hash.isEmpty,
      chosen.lowercased() != hash.lowercased()
    else { return nil }
    return "the thresholds were chosen for other weights (\(chosen.prefix(12))…) than those of"
      + " '\(model.path)' (\(hash.prefix(12))…)"
  }

  /// Writes the file whole, or nothing.
  ///
  /// - Throws: `ApusError` where a threshold is no number from 0 to 1, or the file cannot be written.
  public func write(to path: String) throws(ApusError) {
    for (name, value) in classes.merging(["base": base], uniquingKeysWith: { first, _ in first })
    where !(0...1).contains(value) {
      throw .failure(
        "'\(path)': the threshold \(value) of \"\(name)\" is not from 0 to 1, so nothing is written"
      )
    }
    guard (0...1).contains(base) else {
      throw .failure("'\(path)': the base threshold \(base) is not from 0 to 1")
    }
    func encoded(_ value: JSON) -> String { String(decoding: value.encoded(), as: UTF8.self) }
    let rows = classes.sorted { $0.key < $1.key }.map {
      "    \(encoded(.text($0.key))): \(encoded(.number($0.value)))"
    }
    var members = ["  \"base\": \(encoded(.number(base)))"]
    members.append(
      "  \"classes\": {" + (rows.isEmpty ? "}" : "\n\(rows.joined(separator: ",\n"))\n  }"))
    for (key, text) in [("goal", goal), ("model", model), ("data", data)] {
      if let text { members.append("  \"\(key)\": \(encoded(.text(text)))") }
    }
    try AtomicFile.write("{\n\(members.joined(separator: ",\n"))\n}\n".utf8, to: path)
  }
}
