/// Some adjacent words, of 4 bytes each, of one of the two memories of a plan.
public struct Place: Hashable, Sendable {
  /// The memories of a plan.
  public enum Memory: String, Hashable, Sendable {
    /// Activations: written and reused while the plan runs.
    case arena
    /// Weights and other constants: written once when the plan is loaded.
    case constants
  }

  /// Which memory.
  public let memory: Memory
  /// The first word.
  public let offset: Int
  /// The number of words.
  public let count: Int

  /// Makes a place.
  public init(_ memory: Memory, offset: Int, count: Int) {
    self.memory = memory
    self.offset = offset
    self.count = count
  }
}

extension Place: CustomStringConvertible {
  /// `arena[1024 ..+ 400]`.
  public var description: String { "\(memory.rawValue)[\(offset) ..+ \(count)]" }
}
