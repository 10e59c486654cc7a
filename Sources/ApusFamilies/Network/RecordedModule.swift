package import ApusCheckpoints
package import ApusTensor

/// The record of a module with the place it has in the model: what blocks are read from.
package struct RecordedModule: Sendable {
  /// The record.
  package let record: ModuleRecord
  /// The place, such as `model.4.m.0`.
  package let path: String
  let depth: Int

  /// A module is never nested deeper than this in a network that can be run.
  static let maximumDepth = 32

  /// The outermost module of a part.
  package init(_ record: ModuleRecord, path: String) {
    self.init(record, path: path, depth: 0)
  }

  private init(_ record: ModuleRecord, path: String, depth: Int) {
    self.record = record
    self.path = path
    self.depth = depth
  }

  /// The class without its package.
  package var className: String { record.shortClassName }

  /// The class with its package.
  package var fullClassName: String { record.className }

  /// The child of a name.
  package func child(_ name: String) throws(FamilyError) -> RecordedModule {
    guard let child = record.child(name) else {
      throw bad("has no module '\(name)'")
    }
    return try inside(child, name)
  }

  /// The children in order.
  package func children() throws(FamilyError) -> [RecordedModule] {
    var result: [RecordedModule] = []
    for child in record.children { result.append(try inside(child.module, child.name)) }
    return result
  }

  private func inside(_ child: ModuleRecord, _ name: String) throws(FamilyError) -> RecordedModule {
    guard depth < Self.maximumDepth else {
      throw bad("modules are nested more than \(Self.maximumDepth) deep")
    }
    return RecordedModule(child, path: "\(path).\(name)", depth: depth + 1)
  }

  /// Whether the module has a parameter, buffer or child of that name.
  package func has(_ name: String) -> Bool { record[name].map { !$0.isNone } ?? false }

  /// A truth value.
  package func flag(_ name: String) throws(FamilyError) -> Bool {
    guard let value = record[name]?.bool else { throw missing(name, "a truth value") }
    return value
  }

  /// A number.
  package func number(_ name: String) throws(FamilyError) -> Double {
    guard let value = record[name]?.double else { throw missing(name, "a number") }
    return value
  }

  /// An integer within bounds.
  package func integer(
    _ name: String, in range: ClosedRange<Int> = 1...Self.largest
  ) throws(FamilyError) -> Int {
    guard let value = record[name]?.int else { throw missing(name, "an integer") }
    return try checked(value, name, range)
  }

  /// Two integers, height first; a single one counts for both.
  package func pair(
    _ name: String, in range: ClosedRange<Int> = 1...Self.largest
  ) throws(FamilyError) -> [Int] {
    if let single = record[name]?.int {
      let size = try checked(single, name, range)
      return [size, size]
    }
    return try integers(name, count: 2, in: range)
  }

  /// A list of integers within bounds.
  package func integers(
    _ name: String, count: Int, in range: ClosedRange<Int>
  ) throws(FamilyError) -> [Int] {
    let numbers = (record[name]?.list ?? []).compactMap(\.int)
    guard numbers.count == count else { throw missing(name, "\(count) integers") }
    for number in numbers { _ = try checked(number, name, range) }
    return numbers
  }

  /// A tensor, nil where the module has none of that name.
  package func tensor(_ name: String) throws(FamilyError) -> Tensor? {
    guard let value = record[name], value.isTensor else { return nil }
    do throws(CheckpointError) {
      return try value.tensor()
    } catch {
      throw FamilyError(.checkpoint, at: path, "\(error)")
    }
  }

  /// The attribute `stride` of a head, input pixels per cell of each level; nil where it is missing.
  package func strides(levels: Int) throws(FamilyError) -> [Int]? {
    guard let numbers = try tensor("stride")?.floats else { return nil }
    let strides = numbers.compactMap(Int.init(exactly:))
    guard strides.count == levels, numbers.count == levels,
      strides.allSatisfy({ (1...4096).contains($0) })
    else { throw bad("'stride' holds \(numbers), expected \(levels) whole numbers") }
    return strides
  }

  /// A text.
  package func text(_ name: String) throws(FamilyError) -> String {
    guard let value = record[name]?.string else { throw missing(name, "a text") }
    return value
  }

  /// The largest number of channels or pixels that is believed.
  package static let largest = 1 << 20

  private func checked(
    _ value: Int, _ name: String, _ range: ClosedRange<Int>
  ) throws(FamilyError) -> Int {
    guard range.contains(value) else {
      throw bad("'\(name)' is \(value), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private func missing(_ name: String, _ expected: String) -> FamilyError {
    let found = record[name].map { "is \($0)" } ?? "is missing"
    return bad("'\(name)' \(found), expected \(expected)")
  }

  /// An error at this module.
  package func bad(_ message: String) -> FamilyError {
    FamilyError(.badRecord, at: "\(path) (\(record.className))", message)
  }
}
