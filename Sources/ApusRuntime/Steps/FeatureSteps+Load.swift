import ApusKernels
import ApusPlan

extension Loader {
  func load(_ operation: FeatureOperation) throws(RuntimeError) -> LoadedStep {
    switch operation {
    case .convolution(let step): try load(step)
    case .winograd(let step): try load(step)
    case .winogradWeights(let step): try load(step)
    case .import(let step): try load(step)
    case .export(let step): try load(step)
    case .gather(let step): try load(step)
    case .shuffle(let step): try load(step)
    case .pool(let step): try load(step)
    case .pair(let step): try load(step)
    case .interpolate(let step): try load(step)
    case .unary(let step): try load(step)
    }
  }

  private func load(_ step: FeatureImportStep) throws(RuntimeError) -> LoadedStep {
    let to = try maps(step.destination)
    let kernels = try mapKernels(step.destination.element)
    let source = try memories(step.source)
    let plane = step.destination.channels * step.destination.height * step.destination.width
    try require(source, plane * to.count, "source")
    let grid = MapGrid(step.destination.grid)
    return rows(of: to) { image, rows in
      kernels.fromPlanes(
        source.part(offset: image * plane, count: plane), into: to[image], grid: grid, rows: rows)
    }
  }

  private func load(_ step: FeatureExportStep) throws(RuntimeError) -> LoadedStep {
    let from = try maps(step.source)
    let kernels = try mapKernels(step.source.element)
    let destination = try memories(step.destination)
    let plane = step.source.channels * step.source.height * step.source.width
    try require(destination, plane * from.count, "destination")
    let grid = MapGrid(step.source.grid)
    return rows(of: from, clears: false) { image, rows in
      kernels.toPlanes(
        from[image], into: destination.part(offset: image * plane, count: plane), grid: grid,
        rows: rows)
    }
  }

  private func load(_ step: FeatureGatherStep) throws(RuntimeError) -> LoadedStep {
    let (from, to) = try pair(step.source, step.destination)
    let kernels = try mapKernels(step.source.element)
    var table: FloatRegion?
    if let place = step.table {
      let bytes = try memories(place)
      try require(bytes, 64, "table")
      guard step.source.element == .uint8 else {
        throw RuntimeError(.plan, "a table is for uint8 elements, not \(step.source.element)")
      }
      table = bytes
    }
    let bytes = table
    guard let y = step.rows, let x = step.columns else {
      guard step.rows == nil, step.columns == nil, step.source.height == step.destination.height,
        step.source.width == step.destination.width
      else { throw RuntimeError(.plan, "a copy does not change the size of a map") }
      return rows(of: to) { image, rows in
        kernels.gather(from[image], places: nil, table: bytes, into: to[image], rows: rows)
      }
    }
    guard y.count == step.destination.height, x.count == step.destination.width,
      y.allSatisfy({ $0 >= 0 && $0 < step.source.height }),
      x.allSatisfy({ $0 >= 0 && $0 < step.source.width })
    else { throw RuntimeError(.plan, "places lie outside the map") }
    return rows(of: to) { image, rows in
      kernels.gather(from[image], places: (y, x), table: bytes, into: to[image], rows: rows)
    }
  }

  private func load(_ step: FeatureShuffleStep) throws(RuntimeError) -> LoadedStep {
    let (from, to) = try pair(step.source, step.destination)
    let kernels = try mapKernels(step.source.element)
    guard step.groups > 0, step.source.channels % step.groups == 0,
      step.source.height == step.destination.height, step.source.width == step.destination.width
    else { throw RuntimeError(.plan, "\(step.groups) groups do not fit the maps") }
    return rows(of: to) { image, rows in
      kernels.shuffle(from[image], groups: step.groups, into: to[image], rows: rows)
    }
  }

  private func load(_ step: FeaturePoolStep) throws(RuntimeError) -> LoadedStep {
    let (from, to) = try pair(step.source, step.destination)
    let kernels = try mapKernels(step.source.element)
    let window = Window(step.window)
    guard step.window.input == [step.source.height, step.source.width],
      step.window.output == [step.destination.height, step.destination.width],
      (step.window.kernel + step.window.strides + step.window.dilations).allSatisfy({ $0 > 0 }),
      step.window.padding.allSatisfy({ $0 >= 0 }), step.window.meetsEveryWindow
    else { throw RuntimeError(.plan, "the window does not fit the maps") }
    let pooling: MapPooling
    switch step.pooling {
    case .maximum: pooling = .maximum
    case .average(let includePadding): pooling = includePadding ? .paddedMean : .mean
    }
    let grids = (MapGrid(step.source.grid), MapGrid(step.destination.grid))
    return rows(of: to) { image, rows in
      kernels.pool(
        from[image], pooling: pooling, window: window, grids: grids, into: to[image], rows: rows)
    }
  }

  private func load(_ step: FeaturePairStep) throws(RuntimeError) -> LoadedStep {
    let (left, to) = try pair(step.left, step.destination)
    let right = try maps(step.right)
    let kernels = try mapKernels(step.left.element)
    let isPixel = step.right.height == 1 && step.right.width == 1
    guard step.function == .add || step.function == .multiply,
      step.right.element == step.left.element, right.count == left.count,
      step.right.channels == step.left.channels,
      isPixel
        || (step.right.height == step.left.height && step.right.width == step.left.width),
      step.left.height == step.destination.height, step.left.width == step.destination.width
    else { throw RuntimeError(.plan, "the maps of a pair differ in size") }
    let activation = Activation(step.activation)
    let grids = (
      left: MapGrid(step.left.grid), right: MapGrid(step.right.grid),
      result: MapGrid(step.destination.grid)
    )
    let isProduct = step.function == .multiply
    return rows(of: to) { image, rows in
      kernels.pair(
        left[image], right[image], product: isProduct, activation: activation, grids: grids,
        into: to[image], rows: rows)
    }
  }

  private func load(_ step: FeatureInterpolateStep) throws(RuntimeError) -> LoadedStep {
    let (from, to) = try pair(step.source, step.destination)
    let kernels = try mapKernels(step.source.element)
    guard step.rows.count == step.destination.height, step.columns.count == step.destination.width,
      (step.rows + step.columns).allSatisfy(\.isFinite)
    else { throw RuntimeError(.plan, "places do not fit the map") }
    let places = (rows: step.rows, columns: step.columns)
    let grids = (MapGrid(step.source.grid), MapGrid(step.destination.grid))
    return rows(of: to) { image, rows in
      kernels.interpolate(from[image], places: places, grids: grids, into: to[image], rows: rows)
    }
  }

  private func load(_ step: FeatureUnaryStep) throws(RuntimeError) -> LoadedStep {
    let (from, to) = try pair(step.source, step.destination)
    let kernels = try mapKernels(step.source.element)
    guard step.source.element != .uint8, step.source.height == step.destination.height,
      step.source.width == step.destination.width
    else { throw RuntimeError(.plan, "a function of floats does not fit the maps") }
    let activation = Activation(step.function)
    return rows(of: to) { image, rows in
      kernels.activate(activation, from[image], into: to[image], rows: rows)
    }
  }
}

extension Loader {
  /// The images of a map.
  func maps(_ map: FeatureMap) throws(RuntimeError) -> [MapRegion] {
    let region = try memories(map.place)
    guard map.images > 0, map.images < 1 << 20, map.imageStride >= 0, map.imageStride < 1 << 40,
      map.base >= 0, map.base < 1 << 40, map.border.count == 4,
      map.element != .uint8
        || ((0...255).contains(map.grid.zero) && map.grid.scale > 0 && map.grid.scale.isFinite)
    else { throw RuntimeError(.plan, "a feature map is described by numbers that make no sense") }
    var images: [MapRegion] = []
    for image in 0..<map.images {
      let layout = MapLayout(
        base: map.base + image * map.imageStride, height: map.height, width: map.width,
        channels: map.channels, pixelStride: map.pixelStride, rowStride: map.rowStride,
        border: map.border)
      let zero = map.element == .uint8 ? UInt8(map.grid.zero) : 0
      guard
        let found = MapRegion(
          region, element: MapElement(map.element), layout: layout, zero: zero)
      else {
        throw RuntimeError(.plan, "a feature map lies outside its place \(map.place)")
      }
      images.append(found)
    }
    return images
  }

  func mapKernels(_ element: FeatureElement) throws(RuntimeError) -> MapKernels {
    guard let found = MapKernels.pick(MapElement(element), isa: kernels.isa) else {
      throw RuntimeError(.plan, "no kernels for maps of \(element.rawValue)")
    }
    return found
  }

  /// Two maps of one element type, number of images and channels.
  private func pair(
    _ source: FeatureMap, _ destination: FeatureMap
  ) throws(RuntimeError) -> ([MapRegion], [MapRegion]) {
    guard source.element == destination.element, source.images == destination.images,
      source.channels == destination.channels
    else { throw RuntimeError(.plan, "source and destination differ in type, images or channels") }
    return (try maps(source), try maps(destination))
  }

  /// Cuts the rows of every image into tasks; the first task of an image clears its border.
  private func rows(
    of maps: [MapRegion], clears: Bool = true,
    _ body: @escaping @Sendable (_ image: Int, _ rows: Range<Int>) -> Void
  ) -> LoadedStep {
    guard let layout = maps.first?.layout else { return LoadedStep(tasks: 0) { _, _ in } }
    let height = layout.height
    let (tasks, length) = cut(height, unit: layout.width * layout.channels)
    return LoadedStep(tasks: tasks * maps.count) { task, _ in
      let (image, part) = (task / tasks, task % tasks)
      if clears && part == 0 { maps[image].clearBorder() }
      body(image, part * length..<min(height, (part + 1) * length))
    }
  }
}

extension MapElement {
  init(_ element: FeatureElement) {
    switch element {
    case .float32: self = .float32
    case .bfloat16: self = .bfloat16
    case .uint8: self = .uint8
    }
  }
}

extension MapGrid {
  init(_ grid: FeatureGrid) { self.init(scale: grid.scale, zero: grid.zero) }
}
