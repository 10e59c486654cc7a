public import ApusTensor

/// One object of a checkpoint: a number, a text, a container, a tensor, or the record of an object
/// of an unknown class.
///
/// A value is a place in the file's list of objects, so it is cheap to copy, and cycles cost nothing
/// until someone walks them.
public struct CheckpointValue: Sendable {
  /// What kinds of objects a pickle holds.
  public enum Kind: String, Sendable {
    case none, boolean, integer, double, string, bytes, list, tuple, set, dictionary
    case tensor, module, object, global, storage
  }

  let contents: CheckpointContents
  let reference: PickleReference

  var document: PickleDocument { contents.document }
  var place: CheckpointError.Place { contents.place }
  var node: PickleNode { document[reference] }

  func value(_ reference: PickleReference) -> CheckpointValue {
    CheckpointValue(contents: contents, reference: reference)
  }

  /// What the object is.
  public var kind: Kind {
    switch node {
    case .none: .none
    case .boolean: .boolean
    case .integer, .largeInteger: .integer
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .list: .list
    case .tuple: .tuple
    case .set: .set
    case .dictionary: .dictionary
    case .global, .extensionCode: .global
    case .persistent: .storage
    case .object:
      if isTensor {
        .tensor
      } else if isSize {
        .tuple
      } else {
        module == nil ? .object : .module
      }
    }
  }

  /// A number that is the same for the same object: two values that share it share one object.
  public var identity: Int { Int(reference.index) }

  /// Whether the object is `None`.
  public var isNone: Bool { node == .none }

  // MARK: Containers

  /// The elements of a list, tuple, set, `torch.Size` or instance of a subclass of list.
  public var list: [CheckpointValue]? {
    if let items = document.elements(reference) { return items.map(value) }
    guard case .object(let object) = node else { return nil }
    if isSize, let call = document.call(reference), let first = call.arguments.first {
      return document.elements(first)?.map(value)
    }
    return object.items.isEmpty ? nil : object.items.map(value)
  }

  private var isSize: Bool { document.call(reference)?.name == "torch.Size" }

  /// The entries as the pickle has them.
  var rawEntries: [PickleEntry]? {
    switch node {
    case .dictionary(let entries): entries
    case .object(let object): object.entries.isEmpty ? nil : object.entries
    default: nil
    }
  }

  /// The keys and values of a dictionary in the order of insertion; of entries with the same
  /// text as key, only the last value, at the place of the first.
  public var entries: [(key: CheckpointValue, value: CheckpointValue)]? {
    guard let raw = rawEntries else { return nil }
    var places: [String: Int] = [:]
    var result: [(key: CheckpointValue, value: CheckpointValue)] = []
    for entry in raw {
      if let text = document.string(entry.key) {
        if let place = places[text] {
          result[place].value = value(entry.value)
          continue
        }
        places[text] = result.count
      }
      result.append((value(entry.key), value(entry.value)))
    }
    return result
  }

  /// The values of a dictionary whose keys are texts, in the order of insertion; others are left out.
  public var namedEntries: [(name: String, value: CheckpointValue)] {
    (entries ?? []).compactMap { entry in entry.key.string.map { ($0, entry.value) } }
  }

  /// The value of a dictionary under a text.
  public subscript(key: String) -> CheckpointValue? {
    rawEntries?.last { document.string($0.key) == key }.map { value($0.value) }
  }

  /// The element of a list at an index, or the value of a dictionary under an integer.
  public subscript(index: Int) -> CheckpointValue? {
    if let raw = rawEntries {
      return raw.last { document.integer($0.key) == index }.map { value($0.value) }
    }
    guard let list, list.indices.contains(index) else { return nil }
    return list[index]
  }

  // MARK: Objects

  /// The class of an instance or the callable of a call, as `models.yolo.Model`; nil for the others.
  public var className: String? {
    guard case .object(let object) = node else { return nil }
    return document.global(object.callable)?.description
  }

  /// The class or function that the object names without calling it.
  public var globalName: String? { document.global(reference)?.description }

  /// The arguments of the recorded call.
  public var arguments: [CheckpointValue]? {
    guard case .object(let object) = node else { return nil }
    return document.elements(object.arguments)?.map(value)
  }

  /// The state that was attached, where it is not a plain dictionary of attributes.
  public var states: [CheckpointValue] { document.states(of: reference).map(value) }

  /// The attributes of an object in the order of its state.
  ///
  /// A state is a dictionary, or a pair of a dictionary and one of slots.
  public var attributes: [(name: String, value: CheckpointValue)] {
    var result: [(name: String, value: CheckpointValue)] = []
    for state in states {
      if case .tuple(let parts) = state.node, parts.count == 2 {
        result += value(parts[0]).namedEntries + value(parts[1]).namedEntries
      } else {
        result += state.namedEntries
      }
    }
    return result
  }

  /// An attribute of an object.
  public func attribute(_ name: String) -> CheckpointValue? {
    for state in states.reversed() {
      if case .tuple(let parts) = state.node, parts.count == 2 {
        if let found = value(parts[1])[name] ?? value(parts[0])[name] { return found }
      } else if let found = state[name] {
        return found
      }
    }
    return nil
  }

  /// The object as a module of PyTorch, if it has parameters, buffers and children.
  public var module: ModuleRecord? { ModuleRecord(self) }

  // MARK: Tensors

  /// Whether the object is a tensor or parameter of PyTorch.
  public var isTensor: Bool {
    guard let name = document.call(TensorRecord.unwrap(document, reference))?.name else {
      return false
    }
    return name.hasPrefix("torch._utils._rebuild_") || name == "torch._tensor._rebuild_from_type_v2"
  }

  /// Whether the object is a tensor that was wrapped as a parameter.
  public var isParameter: Bool {
    guard let call = document.call(reference) else { return false }
    let name =
      call.name == "torch._tensor._rebuild_from_type_v2"
      ? call.arguments.first.flatMap(document.global)?.description ?? "" : call.name
    return name.hasPrefix("torch._utils._rebuild_parameter")
  }

  /// Type and sizes of a tensor without reading its numbers.
  public var tensorType: (dtype: DType, shape: [Int])? {
    guard let record = try? TensorRecord(document, reference, place: place) else { return nil }
    return (record.dtype, record.sizes)
  }

  /// The numbers of a tensor, or of an array of NumPy.
  public func tensor() throws(CheckpointError) -> Tensor {
    if let record = try TensorRecord(document, reference, place: place) {
      return try record.tensor(contents, place: place)
    }
    if let array = try NumpyRecord.array(self) { return array }
    throw place.error(
      .unexpectedValue, "\(self) is no tensor", expected: "a tensor", remedy: Remedy.saveAgain)
  }

  /// The tensors of a dictionary of nothing else, or nil if this is none.
  public func tensorDictionary() throws(CheckpointError) -> [NamedTensor]? {
    let entries = namedEntries
    guard !entries.isEmpty, entries.contains(where: { $0.value.isTensor }) else { return nil }
    var cache = TensorCache(contents: contents)
    var result: [NamedTensor] = []
    for entry in entries where entry.value.isTensor {
      result.append(NamedTensor(name: entry.name, tensor: try cache.tensor(entry.value)))
    }
    return result
  }
}
