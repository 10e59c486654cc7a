/// The names of a model's classes, in the order of their indices.
public struct ClassNames: Sendable, Hashable {
  /// The names: the class with index `i` is called `names[i]`.
  public let names: [String]

  /// The given names, in order.
  public init(_ names: [String]) { self.names = names }

  /// Stand-ins for a model that carries no names: "class0", "class1" and so on.
  public init(count: Int) { names = (0..<count).map { "class\($0)" } }

  /// The number of classes.
  public var count: Int { names.count }

  /// The name of a class, or "class12" for an index that has none.
  public subscript(classID: Int) -> String {
    names.indices.contains(classID) ? names[classID] : "class\(classID)"
  }

  /// The index of the class that `text` names, by its name or by its index in digits.
  ///
  /// An exact name wins over one that differs in case only, and a name wins over an index. Where
  /// two classes share a name, the first is meant.
  public func index(of text: String) throws(UnknownClass) -> Int {
    if let exact = names.firstIndex(of: text) { return exact }
    let lowered = text.lowercased()
    if let loose = names.firstIndex(where: { $0.lowercased() == lowered }) { return loose }
    if let number = Int(text), names.indices.contains(number) { return number }
    throw UnknownClass(text: text, nearest: nearest(to: text), count: names.count)
  }

  /// The name closest to `text`, if one is close enough to be what was meant.
  public func nearest(to text: String) -> String? {
    NearestName.find(text, among: names)
  }
}

/// Nobody's name: what was asked for, and what was perhaps meant.
public struct UnknownClass: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text that names no class.
  public let text: String
  /// The name most like it, if any is.
  public let nearest: String?
  /// The number of classes there are.
  public let count: Int

  /// The error for a text that names none of `count` classes.
  public init(text: String, nearest: String?, count: Int) {
    self.text = text
    self.nearest = nearest
    self.count = count
  }

  /// What is unknown, what was expected and what was perhaps meant.
  public var description: String {
    let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
    let range = count > 0 ? "one of the model's \(count) names or an index 0 to \(count - 1)" : ""
    return "unknown class \"\(text)\"" + (range.isEmpty ? "" : ": expected \(range)") + hint
  }
}
