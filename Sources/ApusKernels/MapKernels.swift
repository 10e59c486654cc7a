internal import CApusKernels

/// The kernels that move, pool, add and resize channels-last maps of one element type.
@safe public struct MapKernels: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_map_kernels>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [MapKernels] {
    unsafe entries(apus_map_kernels_at).map { unsafe MapKernels(entry: $0) }
  }

  /// The element type it works on.
  public var element: MapElement {
    MapElement.allCases.first { unsafe $0.cValue == entry.pointee.element } ?? .float32
  }

  /// The fastest kernels for an element type that an instruction set includes.
  public static func pick(_ element: MapElement, isa: ISA) -> MapKernels? {
    pick(isa, among: all.filter { $0.element == element })
  }

  /// `[channels, height, width]` planes to rows of a map.
  public func fromPlanes(
    _ source: FloatRegion, into destination: MapRegion, grid: MapGrid, rows: Range<Int>
  ) {
    let layout = destination.layout
    precondition(destination.element == element && covers(rows, layout.height))
    precondition(source.count == layout.channels * layout.height * layout.width)
    unsafe entry.pointee.from_planes(
      source.base, destination.map, grid.cValue, Int64(rows.lowerBound), Int64(rows.upperBound))
  }

  /// Rows of a map to `[channels, height, width]` planes.
  public func toPlanes(
    _ source: MapRegion, into destination: FloatRegion, grid: MapGrid, rows: Range<Int>
  ) {
    let layout = source.layout
    precondition(source.element == element && covers(rows, layout.height))
    precondition(destination.count == layout.channels * layout.height * layout.width)
    unsafe entry.pointee.to_planes(
      source.map, destination.base, grid.cValue, Int64(rows.lowerBound), Int64(rows.upperBound))
  }

  /// Rows of a map copied, from the places `places` where they are not the same, through a table of 256 bytes.
  public func gather(
    _ source: MapRegion, places: (rows: [Int32], columns: [Int32])?, table: FloatRegion?,
    into destination: MapRegion, rows: Range<Int>
  ) {
    let (from, to) = (source.layout, destination.layout)
    precondition(source.element == element && destination.element == element)
    precondition(from.channels == to.channels && covers(rows, to.height))
    precondition(table.map { $0.count >= 64 && element == .uint8 } ?? true)
    let bytes = unsafe table.map {
      unsafe UnsafeRawPointer($0.base).assumingMemoryBound(to: UInt8.self)
    }
    guard let places else {
      precondition(from.height == to.height && from.width == to.width)
      unsafe entry.pointee.gather(
        source.map, destination.map, nil, nil, bytes, Int64(rows.lowerBound),
        Int64(rows.upperBound))
      return
    }
    precondition(places.rows.count == to.height && places.columns.count == to.width)
    unsafe places.rows.withUnsafeBufferPointer { y in
      unsafe places.columns.withUnsafeBufferPointer { x in
        unsafe entry.pointee.gather(
          source.map, destination.map, y.baseAddress, x.baseAddress, bytes,
          Int64(rows.lowerBound), Int64(rows.upperBound))
      }
    }
  }

  /// Channels of equal groups interleaved.
  public func shuffle(
    _ source: MapRegion, groups: Int, into destination: MapRegion, rows: Range<Int>
  ) {
    precondition(source.element == element && sameSize(source, destination))
    precondition(groups > 0 && source.layout.channels % groups == 0)
    precondition(covers(rows, destination.layout.height))
    unsafe entry.pointee.shuffle(
      source.map, destination.map, Int64(groups), Int64(rows.lowerBound), Int64(rows.upperBound))
  }

  /// Pooling of windows that are cut at the edge.
  public func pool(
    _ source: MapRegion, pooling: MapPooling, window: Window, grids: (MapGrid, MapGrid),
    into destination: MapRegion, rows: Range<Int>
  ) {
    precondition(source.element == element && destination.element == element)
    precondition(source.layout.channels == destination.layout.channels)
    precondition(covers(rows, destination.layout.height))
    let description = apus_pool_window(
      pool: pooling.cValue, kernel_h: Int64(window.kernel.height),
      kernel_w: Int64(window.kernel.width), stride_h: Int64(window.stride.height),
      stride_w: Int64(window.stride.width), dilation_h: Int64(window.dilation.height),
      dilation_w: Int64(window.dilation.width), pad_top: Int64(window.padding.top),
      pad_left: Int64(window.padding.left))
    unsafe entry.pointee.pool(
      source.map, destination.map, description, grids.0.cValue, grids.1.cValue,
      Int64(rows.lowerBound), Int64(rows.upperBound))
  }

  /// Sums or products of two maps; the right one may be a single pixel.
  public func pair(
    _ left: MapRegion, _ right: MapRegion, product: Bool, activation: Activation,
    grids: (left: MapGrid, right: MapGrid, result: MapGrid), into destination: MapRegion,
    rows: Range<Int>
  ) {
    precondition(left.element == element && right.element == element)
    precondition(sameSize(left, destination) && covers(rows, destination.layout.height))
    precondition(
      sameSize(right, destination)
        || (right.layout.height == 1 && right.layout.width == 1
          && right.layout.channels == left.layout.channels)
    )
    unsafe entry.pointee.pair(
      product ? APUS_PAIR_MULTIPLY : APUS_PAIR_ADD, activation.cValue, left.map, right.map,
      destination.map, grids.left.cValue, grids.right.cValue, grids.result.cValue,
      Int64(rows.lowerBound), Int64(rows.upperBound))
  }

  /// Linear resizing to places with fractions.
  public func interpolate(
    _ source: MapRegion, places: (rows: [Float], columns: [Float]), grids: (MapGrid, MapGrid),
    into destination: MapRegion, rows: Range<Int>
  ) {
    precondition(source.element == element && destination.element == element)
    precondition(source.layout.channels == destination.layout.channels)
    precondition(
      places.rows.count == destination.layout.height
        && places.columns.count == destination.layout.width)
    precondition(covers(rows, destination.layout.height))
    unsafe places.rows.withUnsafeBufferPointer { y in
      unsafe places.columns.withUnsafeBufferPointer { x in
        guard let y = y.baseAddress, let x = x.baseAddress else { return }
        unsafe entry.pointee.interpolate(
          source.map, destination.map, y, x, grids.0.cValue, grids.1.cValue,
          Int64(rows.lowerBound), Int64(rows.upperBound))
      }
    }
  }

  /// A function of every element of floats.
  public func activate(
    _ activation: Activation, _ source: MapRegion, into destination: MapRegion, rows: Range<Int>
  ) {
    precondition(source.element == element && element != .uint8)
    precondition(sameSize(source, destination) && covers(rows, destination.layout.height))
    unsafe entry.pointee.activate(
      activation.cValue, source.map, destination.map, Int64(rows.lowerBound),
      Int64(rows.upperBound))
  }

  private func covers(_ rows: Range<Int>, _ height: Int) -> Bool {
    rows.lowerBound >= 0 && rows.upperBound <= height
  }

  private func sameSize(_ a: MapRegion, _ b: MapRegion) -> Bool {
    a.element == b.element && a.layout.height == b.layout.height
      && a.layout.width == b.layout.width && a.layout.channels == b.layout.channels
  }
}

/// What pooling does with a window of a channels-last map.
public enum MapPooling: Hashable, Sendable {
  case maximum
  /// The mean of the pixels inside the map.
  case mean
  /// The mean with what lies around the map counted as 0.
  case paddedMean

  var cValue: apus_pool {
    switch self {
    case .maximum: APUS_POOL_MAX
    case .mean: APUS_POOL_MEAN
    case .paddedMean: APUS_POOL_MEAN_PADDED
    }
  }
}
