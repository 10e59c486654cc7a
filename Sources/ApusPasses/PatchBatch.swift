import ApusGraph

/// Patches of one graph that do not touch one another, so that they can be applied together.
struct PatchBatch {
  private(set) var patches: [Patch] = []
  private var replaced: Set<ValueID> = []
  private var read: Set<ValueID> = []
  private var newOutputs: Set<ValueID> = []

  /// Adds a patch.
  ///
  /// - Returns: false where it has to wait until the patches already here are applied.
  /// - Throws: `Miss` where a caller would no longer find an output by its name.
  mutating func add(_ patch: Patch, in index: GraphIndex) throws(Miss) -> Bool {
    var outputs: Set<ValueID> = []
    for old in patch.replacedValues where index.isOutput(old) {
      let name = index.graph[old].name
      if patch.replacesByConstant(old) { throw Miss("output '\(name)' would be a constant") }
      guard let new = patch.existingReplacement(of: old) else { continue }
      if index.isOutput(new) || index.producer(of: new) == nil {
        throw Miss("output '\(name)' would be the same value as '\(index.graph[new].name)'")
      }
      guard outputs.insert(new).inserted else { throw Miss("two outputs would be one value") }
    }
    let replaces = patch.replacedValues
    guard replaces.contains(where: { index.isOutput($0) || !index.consumers(of: $0).isEmpty })
    else {
      throw Miss("nothing reads what would be replaced", isNear: false)
    }
    let reads = patch.readValues
    guard newOutputs.isDisjoint(with: outputs), replaced.isDisjoint(with: reads),
      replaced.isDisjoint(with: replaces), read.isDisjoint(with: replaces)
    else { return false }
    patches.append(patch)
    replaced.formUnion(replaces)
    read.formUnion(reads)
    newOutputs.formUnion(outputs)
    return true
  }
}
