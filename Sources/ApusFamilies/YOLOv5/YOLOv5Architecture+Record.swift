package import ApusCheckpoints
import ApusTensor

extension YOLOv5Architecture {
  /// More layers than this are no YOLOv5.
  static let maximumLayers = 1000

  /// Reads layers and head from the record of upstream's `Model`.
  package init(_ model: ModuleRecord) throws(FamilyError) {
    guard let list = model.child("model") else {
      throw FamilyError(
        .badRecord, at: model.className, "has no list of layers under the name 'model'")
    }
    let modules = list.children
    guard modules.count >= 2, modules.count <= Self.maximumLayers else {
      throw FamilyError(
        .badRecord, at: model.className,
        "has \(modules.count) layers, expected 2 to \(Self.maximumLayers)")
    }
    layers = []
    for (index, child) in modules.dropLast().enumerated() {
      let module = RecordedModule(child.module, path: Self.path(index))
      let sources = try Self.sources(of: module, index: index)
      let block = try BlockCatalogue.block(module)
      if !(block is Concatenation), sources.count != 1 {
        throw module.bad("reads \(sources.count) layers, expected 1")
      }
      layers.append(Layer(block, from: sources, className: module.className))
    }
    let last = RecordedModule(modules[modules.count - 1].module, path: Self.path(layers.count))
    head = try Head(last, sources: try Self.sources(of: last, index: layers.count))
  }

  /// The layers that a module's `f` names: negative numbers count back from the module itself.
  private static func sources(
    of module: RecordedModule, index: Int
  ) throws(FamilyError) -> [Int] {
    guard let recorded = module.record["f"] else { throw module.bad("'f' is missing") }
    let numbers = recorded.int.map { [$0] } ?? (recorded.list ?? []).compactMap(\.int)
    guard !numbers.isEmpty else { throw module.bad("'f' is \(recorded), expected layers") }
    var sources: [Int] = []
    for number in numbers {
      let source = number < 0 ? index + number : number
      guard source < index, source >= (index == 0 ? -1 : 0) else {
        throw module.bad("reads layer \(number), but only layers before it exist")
      }
      sources.append(source)
    }
    return sources
  }
}

extension YOLOv5Architecture.Head {
  /// Reads the record of upstream's `Detect`.
  init(_ module: RecordedModule, sources: [Int]) throws(FamilyError) {
    guard module.className == "Detect" else {
      throw module.bad("is the last layer, expected a 'Detect'")
    }
    self.sources = sources
    classCount = try module.integer("nc", in: 1...100_000)
    let levels = try module.integer("nl", in: 1...16)
    let count = try module.integer("na", in: 1...64)
    convolutions = []
    for child in try module.child("m").children() {
      let convolution = try Convolution(child)
      guard convolution.outputChannels == count * (5 + classCount) else {
        throw child.bad(
          "makes \(convolution.outputChannels) channels, expected \(count) anchors · "
            + "(5 + \(classCount) classes) = \(count * (5 + classCount))")
      }
      convolutions.append(convolution)
    }
    guard convolutions.count == levels, sources.count == levels else {
      throw module.bad(
        "has \(convolutions.count) convolutions and \(sources.count) sources for \(levels) levels")
    }
    gridAnchors = try Self.anchors(module, levels: levels, count: count)
    recordedStrides = try Self.strides(module, levels: levels)
    hasAnchorGrid = module.record.buffers.contains { $0.name == "anchor_grid" }
  }

  /// The buffer `anchors`: `[levels, anchors, 2]`, already divided by the strides.
  private static func anchors(
    _ module: RecordedModule, levels: Int, count: Int
  ) throws(FamilyError) -> [[[Float]]] {
    guard let tensor = try module.tensor("anchors"),
      tensor.shape.dimensions == [levels, count, 2]
    else { throw module.bad("has no tensor 'anchors' of [\(levels), \(count), 2]") }
    let numbers = tensor.floats
    // 0 occurs: upstream fills untrained levels with 0, 1, 2 … until autoanchor has run.
    guard numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw module.bad("'anchors' holds \(numbers), expected numbers of at least 0")
    }
    return (0..<levels).map { level in
      (0..<count).map { anchor in
        let place = 2 * (level * count + anchor)
        return [numbers[place], numbers[place + 1]]
      }
    }
  }

  /// The attribute `stride`, nil where it is missing.
  private static func strides(
    _ module: RecordedModule, levels: Int
  ) throws(FamilyError) -> [Int]? {
    guard let numbers = try module.tensor("stride")?.floats else { return nil }
    let strides = numbers.compactMap(Int.init(exactly:))
    guard strides.count == levels, numbers.count == levels,
      strides.allSatisfy({ (1...4096).contains($0) })
    else { throw module.bad("'stride' holds \(numbers), expected \(levels) whole numbers") }
    return strides
  }
}
