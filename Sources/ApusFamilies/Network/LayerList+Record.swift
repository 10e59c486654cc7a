package import ApusCheckpoints

extension LayerList {
  /// More layers than this are no detector.
  static let maximumLayers = 1000

  /// Reads all layers but the last from the record of upstream's `Model`.
  ///
  /// - Returns: the layers, and the last module, which is the head, with the layers that it reads.
  package static func read(
    _ model: ModuleRecord
  ) throws(FamilyError) -> (layers: LayerList, head: RecordedModule, headSources: [Int]) {
    guard let list = model.child("model") else {
      throw FamilyError(
        .badRecord, at: model.className, "has no list of layers under the name 'model'")
    }
    let modules = list.children
    guard modules.count >= 2, modules.count <= maximumLayers else {
      throw FamilyError(
        .badRecord, at: model.className,
        "has \(modules.count) layers, expected 2 to \(maximumLayers)")
    }
    var layers: [Layer] = []
    for (index, child) in modules.dropLast().enumerated() {
      let module = RecordedModule(child.module, path: path(index))
      let sources = try sources(of: module, index: index)
      let block = try BlockCatalogue.block(module)
      guard block.readsSeveral || sources.count == 1 else {
        throw module.bad("reads \(sources.count) layers, expected 1")
      }
      layers.append(Layer(block, from: sources, className: module.className))
    }
    let last = RecordedModule(modules[modules.count - 1].module, path: path(layers.count))
    return (LayerList(layers), last, try sources(of: last, index: layers.count))
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
