// Globals, calls, instances and persistent ids: recorded, never carried out.

extension PickleMachine {
  /// Carries out an opcode that names, calls or builds something.
  mutating func object(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .ext1: try push(.extensionCode(Int(try cursor.unsigned(1))))
    case .ext2: try push(.extensionCode(Int(try cursor.unsigned(2))))
    case .ext4: try push(.extensionCode(Int(try cursor.unsigned(4))))
    case .global: try push(.global(try globalLines()))
    case .stackGlobal:
      let name = try pop()
      guard case .string(let text) = self[name], case .string(let module) = self[try pop()] else {
        throw cursor.error("a global without a name", expected: "two strings on the stack")
      }
      try push(.global(PickleGlobal(module: module, name: text)))
    case .reduce, .newObj:
      let arguments = try pop()
      try call(try pop(), arguments, isCall: opcode == .reduce)
    case .newObjEx:
      let keywords = try pop()
      let arguments = try pop()
      try call(try pop(), arguments, keywords: keywords, isCall: false)
    case .inst:
      let callable = try make(.global(try globalLines()))
      try call(callable, try make(.tuple(try popMarked())), isCall: true)
    case .obj:
      let parts = try popMarked()
      guard let callable = parts.first else {
        throw cursor.error("an instance without a class", expected: "a class after the mark")
      }
      try call(callable, try make(.tuple(Array(parts.dropFirst()))), isCall: true)
    case .build:
      let state = try pop()
      states[try top(), default: []].append(state)
    case .persID: try push(.persistent(try make(.string(try cursor.textLine()))))
    default: try push(.persistent(try pop()))
    }
  }

  private mutating func globalLines() throws(PickleError) -> PickleGlobal {
    let module = try cursor.textLine()
    return PickleGlobal(module: module, name: try cursor.textLine())
  }

  /// Pushes what a call stands for: a plain container where that is known, a record otherwise.
  private mutating func call(
    _ callable: PickleReference, _ arguments: PickleReference,
    keywords: PickleReference? = nil, isCall: Bool
  ) throws(PickleError) {
    report(callable, arguments)
    if isCall, case .global(let global) = self[callable],
      let plain = try container(global, arguments)
    {
      try push(plain)
    } else {
      try push(
        .object(PickleObject(callable: callable, arguments: arguments, keywords: keywords)))
    }
  }

  /// Notes a call that can only mean program code.
  private mutating func report(_ callable: PickleReference, _ arguments: PickleReference) {
    guard case .global(let global) = self[callable] else { return }
    var handed: [PickleNode] = []
    if case .tuple(let items) = self[arguments] { handed = items.map { self[$0] } }
    guard let culprit = DangerousGlobals.culprit(global, handed) else { return }
    dangerousCalls.append(
      DangerousCall(
        callable: culprit, offset: cursor.start, opcode: cursor.opcode?.name ?? "call"))
  }

  /// The container that a call of a well-known callable makes.
  private mutating func container(
    _ global: PickleGlobal, _ arguments: PickleReference
  ) throws(PickleError) -> PickleNode? {
    guard case .tuple(let items) = self[arguments] else { return nil }
    switch global.description {
    case "collections.OrderedDict", "builtins.dict":
      return items.isEmpty ? .dictionary([]) : try dictionary(ofPairs: items)
    case "collections.defaultdict": return items.count <= 1 ? .dictionary([]) : nil
    case "builtins.set", "builtins.frozenset": return try elements(items).map { .set($0) }
    case "builtins.list": return try elements(items).map { .list($0) }
    case "builtins.tuple": return try elements(items).map { .tuple($0) }
    case "builtins.bytes", "builtins.bytearray":
      if items.isEmpty { return .bytes([]) }
      if items.count == 1, case .bytes(let bytes) = self[items[0]] { return .bytes(bytes) }
      return try latin1(items)
    case "_codecs.encode": return try latin1(items)
    case "copyreg._reconstructor":
      guard items.count == 3, case .global(let base) = self[items[1]],
        base.description == "builtins.object"
      else { return nil }
      return .object(
        PickleObject(callable: items[0], arguments: Self.emptyTuple, keywords: nil))
    default: return nil
    }
  }

  /// The elements of the only argument; none without an argument.
  private mutating func elements(
    _ arguments: [PickleReference]
  ) throws(PickleError) -> [PickleReference]? {
    if arguments.isEmpty { return [] }
    guard arguments.count == 1 else { return nil }
    switch self[arguments[0]] {
    case .list(let items), .tuple(let items), .set(let items):
      try charge(items.count)
      return items
    default: return nil
    }
  }

  /// A dictionary made of a list of pairs.
  private mutating func dictionary(
    ofPairs arguments: [PickleReference]
  ) throws(PickleError) -> PickleNode? {
    guard let pairs = try elements(arguments) else { return nil }
    var entries: [PickleEntry] = []
    for pair in pairs {
      switch self[pair] {
      case .list(let items) where items.count == 2, .tuple(let items) where items.count == 2:
        entries.append(PickleEntry(key: items[0], value: items[1]))
      default: return nil
      }
    }
    return .dictionary(entries)
  }

  /// Bytes that protocols below 3 write as text in Latin-1.
  private mutating func latin1(_ arguments: [PickleReference]) throws(PickleError) -> PickleNode? {
    guard arguments.count == 2, case .string(let text) = self[arguments[0]],
      case .string(let encoding) = self[arguments[1]],
      ["latin1", "latin-1", "iso-8859-1"].contains(encoding)
    else { return nil }
    try charge(text.utf8.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard scalar.value < 256 else { return nil }
      bytes.append(UInt8(scalar.value))
    }
    return .bytes(bytes)
  }
}
