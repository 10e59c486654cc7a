package import ApusCheckpoints
package import ApusTensor

/// The tensors of a model by name, each to be used exactly once.
package struct WeightState: Sendable {
  private let tensors: [String: Tensor]
  private let order: [String]

  /// The tensors of a saved state.
  package init(_ state: [NamedTensor]) {
    order = state.map(\.name)
    tensors = Dictionary(state.map { ($0.name, $0.tensor) }) { first, _ in first }
  }

  /// A tensor as float32, whatever type it is stored in.
  package func tensor(_ name: String) -> Tensor? { tensors[name]?.converted(to: .float32) }

  /// The names, in the order of the file.
  package var names: [String] { order }

  /// The sizes of a tensor; nil where there is none of that name.
  package func shape(_ name: String) -> [Int]? { tensors[name]?.shape.dimensions }

  /// Compares the state with what a network has.
  ///
  /// - Throws: a `FamilyError` that lists every difference.
  package func check(against entries: [StateEntry]) throws(FamilyError) {
    let problems = differences(from: entries)
    guard problems.isEmpty else { throw Self.error(problems) }
  }

  /// Every difference from what a network has: missing, left over, of another shape or type.
  package func differences(from entries: [StateEntry]) -> [String] {
    var problems: [String] = []
    var used: Set<String> = []
    for entry in entries {
      guard used.insert(entry.name).inserted else {
        problems.append("\(entry.name) is needed twice")
        continue
      }
      guard let tensor = tensors[entry.name] else {
        if entry.isRead { problems.append("missing: \(entry.name) \(entry.shape)") }
        continue
      }
      let shape = tensor.shape.dimensions
      if shape != entry.shape, entry.isRead || entry.role == .parameter {
        problems.append("\(entry.name) is \(shape), expected \(entry.shape)")
      } else if entry.isRead, !tensor.dtype.isFloatingPoint {
        problems.append("\(entry.name) is of type \(tensor.dtype), expected floats")
      }
    }
    for name in order where !used.contains(name) {
      problems.append("left over: \(name) \(tensors[name]?.shape.dimensions ?? [])")
    }
    return problems
  }

  /// More differences than this are counted, not listed: they tell that the file is something else.
  private static let listed = 60

  /// The error that lists differences.
  package static func error(_ problems: [String]) -> FamilyError {
    let rest = problems.count - listed
    return FamilyError(
      .weights,
      "the tensors do not fit the network (\(problems.count) difference\(problems.count == 1 ? "" : "s")):\n  "
        + problems.prefix(listed).joined(separator: "\n  ")
        + (rest > 0 ? "\n  and \(rest) more" : ""))
  }
}
