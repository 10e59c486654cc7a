// Lists, tuples, sets and dictionaries.

extension PickleMachine {
  /// Carries out an opcode that makes or fills a container.
  mutating func container(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .emptyList: try push(.list([]))
    case .list: try push(.list(try popMarked()))
    case .emptyTuple: push(Self.emptyTuple)
    case .tuple: try push(.tuple(try popMarked()))
    case .tuple1: try push(.tuple([try pop()]))
    case .tuple2:
      let last = try pop()
      try push(.tuple([try pop(), last]))
    case .tuple3:
      let last = try pop()
      let middle = try pop()
      try push(.tuple([try pop(), middle, last]))
    case .emptyDict: try push(.dictionary([]))
    case .dict: try push(.dictionary(try entries(try popMarked())))
    case .emptySet: try push(.set([]))
    case .frozenSet: try push(.set(try popMarked()))
    case .append: try append([try pop()])
    case .appends, .addItems: try append(try popMarked())
    case .setItem:
      let value = try pop()
      try set([PickleEntry(key: try pop(), value: value)])
    default: try set(try entries(try popMarked()))
    }
  }

  private func entries(_ items: [PickleReference]) throws(PickleError) -> [PickleEntry] {
    guard items.count.isMultiple(of: 2) else {
      throw cursor.error("a key without a value", expected: "an even number of objects")
    }
    return stride(from: 0, to: items.count, by: 2).map {
      PickleEntry(key: items[$0], value: items[$0 + 1])
    }
  }

  /// Appends to the container on top of the stack.
  private mutating func append(_ items: [PickleReference]) throws(PickleError) {
    let target = try top()
    let node = self[target]
    // The document lets go of the object while it grows, so that it grows in place.
    self[target] = .none
    switch consume node {
    case .list(var list):
      list += items
      self[target] = .list(list)
    case .set(var set):
      set += items
      self[target] = .set(set)
    case .object(var object):
      object.items += items
      self[target] = .object(object)
    default: throw cursor.error("elements for an object that holds none", expected: "a list")
    }
  }

  /// Sets entries of the container on top of the stack.
  private mutating func set(_ entries: [PickleEntry]) throws(PickleError) {
    let target = try top()
    let node = self[target]
    self[target] = .none
    switch consume node {
    case .dictionary(var dictionary):
      dictionary += entries
      self[target] = .dictionary(dictionary)
    case .object(var object):
      object.entries += entries
      self[target] = .object(object)
    default:
      throw cursor.error("entries for an object that holds none", expected: "a dictionary")
    }
  }
}
