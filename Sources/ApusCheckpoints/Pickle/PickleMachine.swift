/// The pickle machine: a stack, a memo and a growing list of objects; it calls nothing.
struct PickleMachine {
  var cursor: PickleCursor
  var nodes: [PickleNode] = [.none, .boolean(false), .boolean(true), .tuple([])]
  var states: [PickleReference: [PickleReference]] = [:]
  var dangerousCalls: [DangerousCall] = []
  private(set) var stack: [PickleReference] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleReference] = [:]
  private var copied = 0
  private let limits: CheckpointLimits

  /// The objects that every document starts with, so that they cost nothing to repeat.
  static let none = PickleReference(index: 0)
  static let emptyTuple = PickleReference(index: 3)
  static func boolean(_ value: Bool) -> PickleReference { PickleReference(index: value ? 2 : 1) }

  init(bytes: [UInt8], position: Int, limits: CheckpointLimits) {
    cursor = PickleCursor(bytes: bytes, position: position)
    self.limits = limits
  }

  /// Carries out the opcodes up to STOP.
  mutating func run() throws(PickleError) -> PickleDocument {
    while true {
      let opcode = try cursor.next()
      switch opcode.group {
      case .number: try number(opcode)
      case .text: try text(opcode)
      case .container: try container(opcode)
      case .memory: try memory(opcode)
      case .object: try object(opcode)
      case .stream:
        if try stream(opcode) {
          let root = try pop()
          return PickleDocument(
            nodes: nodes, states: states, root: root, dangerousCalls: dangerousCalls)
        }
      }
    }
  }

  /// PROTO, FRAME and STOP; true at STOP.
  private mutating func stream(_ opcode: PickleOpcode) throws(PickleError) -> Bool {
    switch opcode {
    case .proto:
      let version = try cursor.byte()
      guard version <= 5 else {
        throw cursor.error("pickle protocol \(version)", expected: "protocol 0 to 5")
      }
    case .frame:
      let length = try cursor.unsigned(8)
      guard length <= UInt64(cursor.bytes.count - cursor.position) else {
        throw cursor.error(
          "a frame of \(length) bytes is longer than the pickle",
          expected: "a frame within the pickle")
      }
    default: return true
    }
    return false
  }

  /// The stack, the marks and the memo.
  private mutating func memory(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .mark: marks.append(stack.count)
    case .popMark: _ = try popMarked()
    case .pop:
      // As in Python: POP on an empty frame removes its mark.
      if stack.count > (marks.last ?? 0) { stack.removeLast() } else { _ = try popMarked() }
    case .dup: stack.append(try top())
    case .get: try recall(try cursor.numberLine())
    case .binGet: try recall(Int(try cursor.byte()))
    case .longBinGet: try recall(Int(try cursor.unsigned(4)))
    case .put: try remember(try cursor.numberLine())
    case .binPut: try remember(Int(try cursor.byte()))
    case .longBinPut: try remember(Int(try cursor.unsigned(4)))
    default: try remember(memo.count)
    }
  }

  private mutating func remember(_ index: Int) throws(PickleError) {
    guard memo.count < limits.pickleObjects else { throw tooMany("memo entries") }
    memo[index] = try top()
  }

  private mutating func recall(_ index: Int) throws(PickleError) {
    guard let reference = memo[index] else {
      throw cursor.error("memo entry \(index) was never stored", expected: "an earlier object")
    }
    stack.append(reference)
  }

  private func tooMany(_ what: String) -> PickleError {
    cursor.error(
      "the pickle makes too many \(what)", expected: "at most \(limits.pickleObjects)",
      isLimit: true)
  }

  /// Adds an object without pushing it.
  mutating func make(_ node: PickleNode) throws(PickleError) -> PickleReference {
    guard nodes.count < min(limits.pickleObjects, Int(Int32.max)) else { throw tooMany("objects") }
    nodes.append(node)
    return PickleReference(index: Int32(nodes.count - 1))
  }

  mutating func push(_ reference: PickleReference) { stack.append(reference) }

  mutating func push(_ node: PickleNode) throws(PickleError) { stack.append(try make(node)) }

  /// Counts elements that are copied out of an existing object: the only way to make more of them
  /// than the pickle has bytes.
  mutating func charge(_ count: Int) throws(PickleError) {
    copied += count
    guard copied <= limits.pickleObjects else { throw tooMany("copies of elements") }
  }

  func top() throws(PickleError) -> PickleReference {
    guard stack.count > (marks.last ?? 0), let last = stack.last else {
      throw cursor.error("the stack is empty", expected: "an object to work on")
    }
    return last
  }

  mutating func pop() throws(PickleError) -> PickleReference {
    let last = try top()
    stack.removeLast()
    return last
  }

  /// The objects above the last mark; both are removed.
  mutating func popMarked() throws(PickleError) -> [PickleReference] {
    guard let mark = marks.popLast() else {
      throw cursor.error("there is no mark on the stack", expected: "an earlier MARK")
    }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  /// The object behind a reference.
  subscript(reference: PickleReference) -> PickleNode {
    get { nodes[Int(reference.index)] }
    set { nodes[Int(reference.index)] = newValue }
  }
}
