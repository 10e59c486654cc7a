package import ApusCheckpoints
package import ApusTensor

/// The tensors of a model by name, each to be used exactly once.
package struct WeightState: Sendable {
  /// A tensor that a network needs.
  package struct Requirement: Sendable, Hashable {
    /// The name, such as `model.0.conv.weight`.
    package let name: String
    /// The sizes.
    package let shape: [Int]

    /// A tensor of a name and sizes.
    package init(name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }
  }

  private let tensors: [String: Tensor]
  private let order: [String]

  /// The tensors of a saved state.
  package init(_ state: [NamedTensor]) {
    order = state.map(\.name)
    tensors = Dictionary(state.map { ($0.name, $0.tensor) }) { first, _ in first }
  }

  /// A tensor as float32, whatever type it is stored in.
  package func tensor(_ name: String) -> Tensor? { tensors[name]?.converted(to: .float32) }

  /// Compares the state with what a network needs and lists every difference.
  ///
  /// - Parameter ignored: names of tensors that the network may leave unused.
  package func check(
    against needed: [Requirement], ignoring ignored: (String) -> Bool
  ) throws(FamilyError) {
    var problems: [String] = []
    var used: Set<String> = []
    for requirement in needed {
      guard used.insert(requirement.name).inserted else {
        problems.append("\(requirement.name) is needed twice")
        continue
      }
      guard let tensor = tensors[requirement.name] else {
        problems.append("missing: \(requirement.name) \(requirement.shape)")
        continue
      }
      let shape = tensor.shape.dimensions
      if shape != requirement.shape {
        problems.append("\(requirement.name) is \(shape), expected \(requirement.shape)")
      } else if !tensor.dtype.isFloatingPoint {
        problems.append("\(requirement.name) is of type \(tensor.dtype), expected floats")
      }
    }
    for name in order where !used.contains(name) && !ignored(name) {
      problems.append("left over: \(name) \(tensors[name]?.shape.dimensions ?? [])")
    }
    guard problems.isEmpty else {
      throw FamilyError(
        .weights,
        "the tensors do not fit the modules (\(problems.count) differences):\n  "
          + problems.joined(separator: "\n  "))
    }
  }
}
