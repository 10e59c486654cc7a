import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

extension PlanBuilder {
  /// Where a step writes a value as maps.
  struct FeatureTarget {
    /// The maps.
    let map: FeatureMap
    /// The table that takes elements of the value's own grid to that of `map`, where they differ.
    let table: [UInt8]?
  }

  /// Words behind every buffer of maps: windows may be read some way past the end.
  static let slack = 64

  /// Reserves maps of their own.
  mutating func allocateMap(
    _ shape: Shape, element: FeatureElement, grid: FeatureGrid, border: [Int]
  ) -> FeatureMap {
    let (images, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
    let pixel = channels * element.byteCount
    let row = (width + border[1] + border[3]) * pixel
    let image = (height + border[0] + border[2]) * row
    let place = allocate((images * image + 3) / 4 + Self.slack)
    return FeatureMap(
      element: element, grid: grid, place: place, base: border[0] * row + border[1] * pixel,
      images: images, height: height, width: width, channels: channels, pixelStride: pixel,
      rowStride: row, imageStride: image, border: border)
  }

  /// Makes room for a value: in the joint it goes into, or by itself.
  ///
  /// - Parameters:
  ///   - id: the value; the stored one where it is quantised.
  ///   - requantises: whether the step can pass its elements through a table.
  mutating func target(
    _ id: ValueID, shape: Shape, element: FeatureElement, grid: FeatureGrid = FeatureGrid(),
    requantises: Bool = false
  ) -> FeatureTarget {
    if let slice = uses.slices[id], let whole = joint(slice.joint, element: element, like: shape) {
      let table = element == .uint8 ? grid.table(to: whole.grid) : nil
      let isOwn = readers.isRead(id, once: graph, quantised)
      if table == nil || (requantises && isOwn) {
        let part = whole.channels(slice.channel..<slice.channel + shape[1])
        placed.insert(id)
        hold(id, as: part)
        return FeatureTarget(map: part, table: table)
      }
    }
    let map = allocateMap(shape, element: element, grid: grid, border: uses.border(id))
    hold(id, as: map)
    return FeatureTarget(map: map, table: nil)
  }

  /// The maps of a joint, which are made when the first value is written into them; nil where it holds elements of
  /// another type.
  mutating func joint(
    _ id: ValueID, element: FeatureElement, like shape: Shape? = nil
  ) -> FeatureMap? {
    if let map = joints[id] { return map.element == element ? map : nil }
    guard let whole = graph[id].fact.fixedShape else { return nil }
    if let shape, [0, 2, 3].contains(where: { whole[$0] != shape[$0] }) { return nil }
    guard (element == .uint8) == (quantised.grids[id] != nil) else { return nil }
    let grid = quantised.grids[id] ?? FeatureGrid()
    var map: FeatureMap?
    if let slice = uses.slices[id], let outer = joint(slice.joint, element: element, like: whole),
      grid == outer.grid
    {
      map = outer.channels(slice.channel..<slice.channel + whole[1])
      placed.insert(id)
    }
    joints[id] =
      map ?? allocateMap(whole, element: element, grid: grid, border: uses.border(id))
    return joints[id]
  }

  /// A value as maps of real numbers, with at least the border that its readers need; nil where it is none.
  mutating func feature(_ id: ValueID?, element: FeatureElement) -> FeatureMap? {
    guard let id, let shape = graph[id].fact.fixedShape, shape.rank == 4, shape.count > 0,
      graph[id].fact.dtype == .float32
    else { return nil }
    if let map = map(id), map.element == element { return map }
    guard let (place, _) = floats(id) else { return nil }
    let map = allocateMap(
      shape, element: element, grid: FeatureGrid(), border: uses.border(id))
    emitConversion(
      .import(FeatureImportStep(source: place, destination: map)), of: id)
    hold(id, as: map)
    return map
  }

  /// The stored maps behind a value, with the border that its readers need.
  func quantisedMap(_ id: ValueID?) -> FeatureMap? {
    guard let id, let stored = quantised.behind(id), let map = map(stored),
      let shape = graph[id].fact.fixedShape, shape.rank == 4, map.element == .uint8,
      // Of what is read in planes the elements lie in one row.
      shape.dimensions == [map.images, map.channels, map.height, map.width]
    else { return nil }
    return map
  }

  /// Whether some reader of a stored value works on maps, or whoever runs the plan may.
  func isReadAsMaps(_ stored: ValueID) -> Bool {
    readers.nodes(of: stored).map { graph.nodes[$0].outputs[0] }.contains { value in
      readers.isOutput(value)
        || readers.nodes(of: value).map { graph.nodes[$0].op }.contains { op in
          op is Conv || op is Concat || op is MaxPool || op is AveragePool || op is Resize
            || op is Split || op is Slice || op is any KernelPairFunction
        }
    }
  }

  /// Maps with a border of at least `reach` pixels: these, or a copy.
  mutating func bordered(_ map: FeatureMap, by reach: [Int], for site: Site) -> FeatureMap {
    if zip(map.border, reach).allSatisfy({ $0 >= $1 }) { return map }
    let copy = allocateMap(
      [map.images, map.channels, map.height, map.width], element: map.element, grid: map.grid,
      border: reach)
    emit(.feature(.gather(FeatureGatherStep(source: map, destination: copy))), for: site)
    return copy
  }

  /// 256 bytes as a constant, each table once.
  mutating func table(_ bytes: [UInt8]) -> Place {
    if let place = tables[bytes] { return place }
    let place = constant(bytes: bytes)
    tables[bytes] = place
    return place
  }
}

extension GraphReaders {
  /// Whether one node alone reads a value, through DequantizeLinear where it is stored.
  func isRead(_ id: ValueID, once graph: Graph, _ quantised: QuantisedValues) -> Bool {
    guard !isOutput(id) else { return false }
    guard quantised.grids[id] != nil else { return nodes(of: id).count == 1 }
    let values = nodes(of: id).map { graph.nodes[$0].outputs[0] }
    return !values.contains { isOutput($0) }
      && values.reduce(0) { $0 + nodes(of: $1).count } == 1
  }
}
