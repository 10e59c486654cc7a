package import ApusTensor

/// A tensor of a network's saved state: what upstream's `state_dict` lists.
package struct StateEntry: Sendable, Hashable {
  /// What a tensor is to its module.
  package enum Role: String, Sendable {
    /// A trained parameter.
    case parameter
    /// Saved with the parameters, but not trained.
    case buffer
  }

  /// The name, such as `model.0.conv.weight`.
  package let name: String
  /// The sizes.
  package let shape: [Int]
  /// Parameter or buffer.
  package let role: Role
  /// The type upstream keeps it in.
  package let dtype: DType
  /// Whether nodes read it; the others are bookkeeping, which a file may lack.
  package let isRead: Bool

  /// A tensor of a name and sizes.
  package init(
    name: String, shape: [Int], role: Role = .parameter, dtype: DType = .float32,
    isRead: Bool = true
  ) {
    self.name = name
    self.shape = shape
    self.role = role
    self.dtype = dtype
    self.isRead = isRead
  }

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }
}

extension [StateEntry] {
  /// The number of trained numbers.
  package var parameterCount: Int {
    reduce(0) { $0 + ($1.role == .parameter ? $1.count : 0) }
  }
}
