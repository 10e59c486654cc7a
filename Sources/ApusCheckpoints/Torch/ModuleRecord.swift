internal import ApusTensor

/// The record of an `nn.Module`: its class by name, and what its state holds.
public struct ModuleRecord: Sendable {
  /// The object itself.
  public let value: CheckpointValue
  /// The class, as `models.yolo.Model`.
  public let className: String

  init?(_ value: CheckpointValue) {
    guard let name = value.className, value.attribute("_modules")?.rawEntries != nil,
      value.attribute("_parameters")?.rawEntries != nil
    else { return nil }
    self.value = value
    className = name
  }

  /// The class without its package: `Model`.
  public var shortClassName: String {
    className.split(separator: ".").last.map(String.init) ?? className
  }

  /// The module's own parameters in order; those that are `None` are left out.
  public var parameters: [(name: String, value: CheckpointValue)] { present("_parameters") }

  /// The module's own buffers in order, persistent or not; those that are `None` are left out.
  public var buffers: [(name: String, value: CheckpointValue)] { present("_buffers") }

  /// The names of buffers that a state leaves out.
  public var nonPersistentBuffers: Set<String> {
    Set((value.attribute("_non_persistent_buffers_set")?.list ?? []).compactMap(\.string))
  }

  /// The children in order; those that are `None` are left out.
  public var children: [(name: String, module: ModuleRecord)] {
    present("_modules").compactMap { child in child.value.module.map { (child.name, $0) } }
  }

  /// A child by its name.
  public func child(_ name: String) -> ModuleRecord? { value.attribute("_modules")?[name]?.module }

  /// A parameter, buffer or child under the name, else an attribute such as `stride` or `names`.
  public subscript(name: String) -> CheckpointValue? {
    for table in ["_parameters", "_buffers", "_modules"] {
      if let found = value.attribute(table)?[name], !found.isNone { return found }
    }
    return value.attribute(name)
  }

  /// The attributes that are not part of PyTorch's own bookkeeping, such as `nc`, `yaml`, `i`, `f`.
  public var attributes: [(name: String, value: CheckpointValue)] {
    value.attributes.filter { !$0.name.hasPrefix("_") }
  }

  private func present(_ table: String) -> [(name: String, value: CheckpointValue)] {
    (value.attribute(table)?.namedEntries ?? []).filter { !$0.value.isNone }
  }

  /// All tensors in PyTorch's order: of each module its parameters, its persistent buffers, then its
  /// children.
  public func stateDict() throws(CheckpointError) -> [NamedTensor] {
    var cache = TensorCache(contents: value.contents)
    var result: [NamedTensor] = []
    try collect(prefix: "", depth: 0, cache: &cache, into: &result)
    return result
  }

  private func collect(
    prefix: String, depth: Int, cache: inout TensorCache, into result: inout [NamedTensor]
  ) throws(CheckpointError) {
    let limits = value.contents.limits
    // A module may be shared, so a small file can declare a tree of any size, or a cycle.
    cache.visits += 1 + value.states.reduce(0) { $0 + ($1.rawEntries?.count ?? 0) }
    for table in ["_parameters", "_buffers", "_modules"] {
      let entries = value.attribute(table)?.rawEntries ?? []
      cache.visits += entries.count
      cache.nameBytes += entries.count * prefix.utf8.count
    }
    guard depth < limits.moduleDepth, cache.visits <= limits.stateEntries,
      cache.nameBytes <= limits.nameBytes
    else {
      throw value.place.error(
        .tooLarge, "the modules are nested too deeply or too often at '\(prefix.prefix(120))'",
        expected: "at most \(limits.moduleDepth) levels and \(limits.stateEntries) entries",
        remedy: Remedy.limits)
    }
    for parameter in parameters where parameter.value.isTensor {
      result.append(
        NamedTensor(
          name: prefix + parameter.name, tensor: try cache.tensor(parameter.value),
          role: .parameter))
    }
    let hidden = nonPersistentBuffers
    for buffer in buffers where !hidden.contains(buffer.name) && buffer.value.isTensor {
      result.append(
        NamedTensor(
          name: prefix + buffer.name, tensor: try cache.tensor(buffer.value), role: .buffer))
    }
    for child in children {
      try child.module.collect(
        prefix: prefix + child.name + ".", depth: depth + 1, cache: &cache, into: &result)
    }
  }
}

/// Tensors that were already read, so that shared ones are copied once.
struct TensorCache {
  let contents: CheckpointContents
  /// Entries of modules looked at so far.
  var visits = 0
  /// Bytes of prefixes handed down so far.
  var nameBytes = 0
  private var tensors: [PickleReference: Tensor] = [:]
  private var byteCount = 0
  private let storedBytes: Int

  init(contents: CheckpointContents) {
    self.contents = contents
    storedBytes = contents.storages.values.reduce(0) { $0 + $1.bytes.count }
  }

  mutating func tensor(_ value: CheckpointValue) throws(CheckpointError) -> Tensor {
    if let known = tensors[value.reference] { return known }
    let tensor = try value.tensor()
    byteCount += tensor.byteCount
    // Many views of one storage are more than the file holds.
    guard byteCount <= max(4 * storedBytes, contents.limits.smallBytes) else {
      throw value.place.error(
        .tooLarge, "the tensors overlap in \(storedBytes) bytes of storages",
        expected: "at most four times as many bytes of tensors", remedy: Remedy.limits)
    }
    tensors[value.reference] = tensor
    return tensor
  }
}
