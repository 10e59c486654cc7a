public import ApusTensor

/// A node as a model file of some operator-set version has it: what operators are read from and
/// written to.
///
/// The graph holds one canonical form of every operator, that of the newest version. Reading an older
/// record may turn an attribute into an input (`addConstantInput`), writing an older one turns a constant
/// input into an attribute (`takeConstantInput`).
public struct OperatorRecord: Sendable {
  /// One input of the node.
  public enum Input: Sendable {
    /// An optional input that is left out.
    case absent
    /// A value; with its elements where they are constant.
    case value(constant: Tensor?)
    /// An input that the operator added to the record: a new constant.
    case added(Tensor)
  }

  /// The operator set version the record is read or written with.
  public let opset: Int
  /// Attributes by name.
  public var attributes: [String: Attribute]
  /// Inputs in order.
  public private(set) var inputs: [Input]
  /// The number of outputs the node has.
  public let outputCount: Int

  /// A record with the given parts.
  public init(
    opset: Int, attributes: [String: Attribute] = [:], inputs: [Input] = [], outputCount: Int = 1
  ) {
    self.opset = opset
    self.attributes = attributes
    self.inputs = inputs
    self.outputCount = outputCount
  }

  /// Whether the input is given.
  public func hasInput(_ index: Int) -> Bool {
    guard index < inputs.count else { return false }
    if case .absent = inputs[index] { return false }
    return true
  }

  /// The elements of a constant input.
  public func constantInput(_ index: Int) -> Tensor? {
    guard index < inputs.count else { return nil }
    switch inputs[index] {
    case .absent: return nil
    case .value(let constant): return constant
    case .added(let tensor): return tensor
    }
  }

  /// Gives the node one more constant input; inputs between the last one and it are absent.
  public mutating func addConstantInput(_ tensor: Tensor, at index: Int) {
    while inputs.count <= index { inputs.append(.absent) }
    inputs[index] = .added(tensor)
  }

  /// Removes a constant input that an older version holds as an attribute, and returns its elements.
  ///
  /// - Returns: nil where the input is absent.
  public mutating func takeConstantInput(
    _ index: Int, named name: String
  ) throws(OperatorError) -> Tensor? {
    guard hasInput(index) else { return nil }
    guard let constant = constantInput(index) else {
      throw OperatorError(
        "input '\(name)' must be a constant in operator set \(opset); export with a newer opset")
    }
    inputs[index] = .absent
    while let last = inputs.last, case .absent = last { inputs.removeLast() }
    return constant
  }
}

extension OperatorRecord {
  /// An integer attribute, or the default.
  public func int(_ name: String, default value: Int) throws(OperatorError) -> Int {
    try int(name) ?? value
  }

  /// An integer attribute, or nil where it is absent.
  public func int(_ name: String) throws(OperatorError) -> Int? {
    guard let attribute = attributes[name] else { return nil }
    guard case .int(let value) = attribute else { throw mismatch(name, attribute, "an integer") }
    return Int(value)
  }

  /// A float attribute, or the default.
  public func float(_ name: String, default value: Float) throws(OperatorError) -> Float {
    try float(name) ?? value
  }

  /// A float attribute, or nil where it is absent.
  public func float(_ name: String) throws(OperatorError) -> Float? {
    guard let attribute = attributes[name] else { return nil }
    guard case .float(let value) = attribute else { throw mismatch(name, attribute, "a float") }
    return value
  }

  /// A string attribute, or the default.
  public func string(_ name: String, default value: String) throws(OperatorError) -> String {
    guard let attribute = attributes[name] else { return value }
    guard case .string(let text) = attribute else { throw mismatch(name, attribute, "a string") }
    return text
  }

  /// A list of integers, or nil where it is absent.
  public func ints(_ name: String) throws(OperatorError) -> [Int]? {
    guard let attribute = attributes[name] else { return nil }
    guard case .ints(let values) = attribute else {
      throw mismatch(name, attribute, "a list of integers")
    }
    return values.map { Int($0) }
  }

  /// A list of floats, or nil where it is absent.
  public func floats(_ name: String) throws(OperatorError) -> [Float]? {
    guard let attribute = attributes[name] else { return nil }
    guard case .floats(let values) = attribute else {
      throw mismatch(name, attribute, "a list of floats")
    }
    return values
  }

  /// A tensor attribute, or nil where it is absent.
  public func tensor(_ name: String) throws(OperatorError) -> Tensor? {
    guard let attribute = attributes[name] else { return nil }
    guard case .tensor(let value) = attribute else { throw mismatch(name, attribute, "a tensor") }
    return value
  }

  /// Sets an integer attribute.
  public mutating func set(_ name: String, _ value: Int) { attributes[name] = .int(Int64(value)) }

  /// Sets an integer attribute to 1 or 0.
  public mutating func set(_ name: String, _ value: Bool) { attributes[name] = .int(value ? 1 : 0) }

  /// Sets a float attribute.
  public mutating func set(_ name: String, _ value: Float) { attributes[name] = .float(value) }

  /// Sets a string attribute.
  public mutating func set(_ name: String, _ value: String) { attributes[name] = .string(value) }

  /// Sets a list of integers.
  public mutating func set(_ name: String, _ values: [Int]) {
    attributes[name] = .ints(values.map(Int64.init))
  }

  /// Sets a list of floats.
  public mutating func set(_ name: String, _ values: [Float]) { attributes[name] = .floats(values) }

  /// Sets a tensor attribute.
  public mutating func set(_ name: String, _ value: Tensor) { attributes[name] = .tensor(value) }

  /// Fails where the version written to is older than the operator.
  public func require(opset needed: Int) throws(OperatorError) {
    if opset < needed {
      throw OperatorError("needs operator set \(needed), but the file is of operator set \(opset)")
    }
  }

  private func mismatch(
    _ name: String, _ attribute: Attribute, _ expected: String
  ) -> OperatorError {
    OperatorError("attribute '\(name)' must be \(expected), but is a \(attribute.kindName)")
  }
}
