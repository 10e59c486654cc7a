/// One object of a pickle, by its place in the document's list.
public struct PickleReference: Hashable, Sendable {
  let index: Int32
}

/// A class or function that a pickle names; it is never looked up.
public struct PickleGlobal: Hashable, Sendable, CustomStringConvertible {
  /// The module, as Python 3 calls it.
  public let module: String
  /// The name inside the module; it may contain dots.
  public let name: String

  init(module: String, name: String) {
    // Protocols below 3 use the names of Python 2.
    self.module =
      switch module {
      case "__builtin__": "builtins"
      case "copy_reg": "copyreg"
      default: module
      }
    self.name = name
  }

  /// `module.name`.
  public var description: String { module + "." + name }
}

/// A key and its value.
public struct PickleEntry: Hashable, Sendable {
  /// The key.
  public let key: PickleReference
  /// The value.
  public let value: PickleReference
}

/// The record of a call or of a new instance that the pickle asked for.
public struct PickleObject: Hashable, Sendable {
  /// What is called, or the class of the instance: mostly a global.
  public let callable: PickleReference
  /// The arguments: mostly a tuple.
  public let arguments: PickleReference
  /// The arguments with names of NEWOBJ_EX.
  public let keywords: PickleReference?
  /// Elements appended afterwards, as to a subclass of list.
  public internal(set) var items: [PickleReference] = []
  /// Entries set afterwards, as on a subclass of dict.
  public internal(set) var entries: [PickleEntry] = []
}

/// One object of a pickle.
public enum PickleNode: Hashable, Sendable {
  /// `None`.
  case none
  /// `True` or `False`.
  case boolean(Bool)
  /// An integer of at most 64 bits.
  case integer(Int)
  /// A wider integer as text: decimal, or `0x` and the bits of its two's complement.
  case largeInteger(String)
  /// A `float`.
  case double(Double)
  /// A `str`.
  case string(String)
  /// A `bytes` or `bytearray`, or a Python 2 `str` that is no text.
  case bytes([UInt8])
  /// A `list`.
  case list([PickleReference])
  /// A `tuple`.
  case tuple([PickleReference])
  /// A `set` or `frozenset`.
  case set([PickleReference])
  /// A `dict` or one of its kin in `collections`, in the order of insertion; a later key wins.
  case dictionary([PickleEntry])
  /// A class or function, only named.
  case global(PickleGlobal)
  /// A call or an instance, only recorded.
  indirect case object(PickleObject)
  /// An object outside of the pickle, by its persistent id.
  case persistent(PickleReference)
  /// An object of the extension registry, by its code.
  case extensionCode(Int)
}

/// A call that can only mean that a pickle tries to run program code.
public struct DangerousCall: Hashable, Sendable {
  /// What would be called.
  public let callable: String
  /// The byte of the opcode that calls it.
  public let offset: Int
  /// The name of that opcode.
  public let opcode: String
}

/// All objects of one pickle.
///
/// The objects refer to each other by number, so sharing and cycles are kept and no nesting is too
/// deep to hold or to free.
public struct PickleDocument: Sendable {
  /// The objects in the order they were made.
  let nodes: [PickleNode]
  /// The states that BUILD attached, in order.
  let states: [PickleReference: [PickleReference]]
  /// The object that the pickle stands for.
  public let root: PickleReference
  /// Calls that can only mean program code; none was carried out.
  public let dangerousCalls: [DangerousCall]

  /// Interprets the pickle at the start of `bytes`, running nothing.
  public init(
    bytes: [UInt8], file: String = "pickle", limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) {
    var end = 0
    self = try Self.read(
      bytes, from: &end, place: CheckpointError.Place(file: file), limits: limits)
  }

  init(
    nodes: [PickleNode], states: [PickleReference: [PickleReference]], root: PickleReference,
    dangerousCalls: [DangerousCall]
  ) {
    self.nodes = nodes
    self.states = states
    self.root = root
    self.dangerousCalls = dangerousCalls
  }

  /// The object behind a reference.
  public subscript(reference: PickleReference) -> PickleNode { nodes[Int(reference.index)] }

  /// The number of objects.
  public var count: Int { nodes.count }

  /// The references of all objects.
  var references: some Sequence<PickleReference> {
    nodes.indices.lazy.map { PickleReference(index: Int32($0)) }
  }

  /// The states that BUILD attached to an object, in order.
  public func states(of reference: PickleReference) -> [PickleReference] {
    states[reference] ?? []
  }

  /// The string behind a reference, if it is one.
  func string(_ reference: PickleReference) -> String? {
    if case .string(let text) = self[reference] { text } else { nil }
  }

  /// The integer behind a reference, if it is one.
  func integer(_ reference: PickleReference) -> Int? {
    switch self[reference] {
    case .integer(let value): value
    case .boolean(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The global behind a reference, if it is one.
  func global(_ reference: PickleReference) -> PickleGlobal? {
    if case .global(let global) = self[reference] { global } else { nil }
  }

  /// The elements of a list, tuple or set.
  func elements(_ reference: PickleReference) -> [PickleReference]? {
    switch self[reference] {
    case .list(let items), .tuple(let items), .set(let items): items
    default: nil
    }
  }

  /// The name of the callable and the arguments of a recorded call.
  func call(_ reference: PickleReference) -> (name: String, arguments: [PickleReference])? {
    guard case .object(let object) = self[reference], let global = global(object.callable) else {
      return nil
    }
    return (global.description, elements(object.arguments) ?? [])
  }

  /// Interprets the pickle at `position`, which moves behind it.
  static func read(
    _ bytes: [UInt8], from position: inout Int, place: CheckpointError.Place,
    limits: CheckpointLimits
  ) throws(CheckpointError) -> PickleDocument {
    var machine = PickleMachine(bytes: bytes, position: position, limits: limits)
    do {
      let document = try machine.run()
      position = machine.cursor.position
      return document
    } catch {
      var place = place
      place.offset = error.offset
      place.opcode = error.opcode?.name
      throw place.error(
        error.isLimit ? .tooLarge : .corruptPickle, error.problem, expected: error.expected,
        remedy: error.isLimit ? Remedy.limits : Remedy.copyAgain)
    }
  }
}
