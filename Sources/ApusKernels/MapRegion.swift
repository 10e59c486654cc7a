internal import CApusKernels

/// What the elements of a channels-last map are.
public enum MapElement: CaseIterable, Hashable, Sendable {
  case float32, bfloat16, uint8

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .uint8: 1
    }
  }

  var cValue: apus_element {
    switch self {
    case .float32: APUS_ELEMENT_F32
    case .bfloat16: APUS_ELEMENT_BF16
    case .uint8: APUS_ELEMENT_U8
    }
  }
}

/// What a `uint8` element q stands for: `(q - zero) * scale`.
public struct MapGrid: Hashable, Sendable {
  /// The distance of two neighbours.
  public var scale: Float
  /// The element that stands for 0.
  public var zero: Int

  /// Makes a grid.
  public init(scale: Float = 1, zero: Int = 0) {
    self.scale = scale
    self.zero = zero
  }

  var cValue: apus_grid { apus_grid(scale: scale, zero: Int32(zero)) }
}

/// Size and strides of one image of a channels-last map; strides and `base` in bytes.
public struct MapLayout: Hashable, Sendable {
  /// Bytes from the start of the memory to channel 0 of pixel (0, 0).
  public var base: Int
  /// Rows.
  public var height: Int
  /// Columns.
  public var width: Int
  /// Channels of a pixel.
  public var channels: Int
  /// Between neighbouring pixels.
  public var pixelStride: Int
  /// Between neighbouring rows.
  public var rowStride: Int
  /// Pixels around the map: top, left, bottom, right.
  public var border: [Int]

  /// Makes a layout.
  public init(
    base: Int, height: Int, width: Int, channels: Int, pixelStride: Int, rowStride: Int,
    border: [Int] = [0, 0, 0, 0]
  ) {
    self.base = base
    self.height = height
    self.width = width
    self.channels = channels
    self.pixelStride = pixelStride
    self.rowStride = rowStride
    self.border = border
  }

  /// A map without gaps, with the border around it.
  public init(
    height: Int, width: Int, channels: Int, element: MapElement, border: [Int] = [0, 0, 0, 0]
  ) {
    let pixel = channels * element.byteCount
    let row = (width + border[1] + border[3]) * pixel
    self.init(
      base: border[0] * row + border[1] * pixel, height: height, width: width, channels: channels,
      pixelStride: pixel, rowStride: row, border: border)
  }

  /// The bytes of map and border, from the first to the one past the last; nil where numbers make no sense.
  func extent(of element: MapElement) -> Range<Int>? {
    let size = element.byteCount
    guard height > 0, width > 0, channels > 0, border.count == 4, border.allSatisfy({ $0 >= 0 }),
      pixelStride >= channels * size, rowStride >= 0,
      [base, height, width, channels, pixelStride, rowStride].allSatisfy({ $0 < 1 << 40 }),
      border.allSatisfy({ $0 < 1 << 20 }),
      rowStride.multipliedReportingOverflow(by: height + border[0] + border[2]).overflow == false,
      pixelStride.multipliedReportingOverflow(by: width + border[1] + border[3]).overflow == false
    else { return nil }
    let first = base - border[0] * rowStride - border[1] * pixelStride
    let last =
      base + (height - 1 + border[2]) * rowStride + (width - 1 + border[3]) * pixelStride
    return first..<last + channels * size
  }
}

/// One image of a channels-last map in a memory that outlives it.
@safe public struct MapRegion: @unchecked Sendable {
  // Invariant of @unchecked Sendable: as for FloatMemory, tasks write disjoint elements.
  let map: apus_map
  /// What the elements are.
  public let element: MapElement
  /// Size and strides.
  public let layout: MapLayout
  private let border: UInt32
  private let hasBorder: Bool
  /// Bytes of the memory from channel 0 of pixel (0, 0) on.
  let bytesAhead: Int

  /// A map in a region; nil where it or its border would lie outside.
  ///
  /// - Parameter zero: the element that stands for 0, which the border holds.
  public init?(_ region: FloatRegion, element: MapElement, layout: MapLayout, zero: UInt8 = 0) {
    let bytes = region.count * MemoryLayout<Float>.stride
    guard let extent = layout.extent(of: element), extent.lowerBound >= 0,
      extent.upperBound <= bytes
    else { return nil }
    let base = unsafe UnsafeMutableRawPointer(region.base).advanced(by: layout.base)
    unsafe map = apus_map(
      base: base.assumingMemoryBound(to: UInt8.self), height: Int64(layout.height),
      width: Int64(layout.width), channels: Int64(layout.channels),
      pixel_stride: Int64(layout.pixelStride), row_stride: Int64(layout.rowStride))
    self.element = element
    self.layout = layout
    bytesAhead = bytes - layout.base
    border = element == .uint8 ? UInt32(zero) : 0
    hasBorder = layout.border.contains { $0 > 0 }
  }

  /// Some channels of a rectangle of pixels, which lies inside.
  init(_ whole: MapRegion, rows: Range<Int>, columns: Range<Int>, channels: Range<Int>) {
    let offset =
      rows.lowerBound * whole.layout.rowStride + columns.lowerBound * whole.layout.pixelStride
      + channels.lowerBound * whole.element.byteCount
    var layout = whole.layout
    layout.base += offset
    (layout.height, layout.width, layout.channels) = (rows.count, columns.count, channels.count)
    layout.border = [0, 0, 0, 0]
    unsafe map = apus_map(
      base: whole.map.base.advanced(by: offset), height: Int64(rows.count),
      width: Int64(columns.count), channels: Int64(channels.count),
      pixel_stride: whole.map.pixel_stride, row_stride: whole.map.row_stride)
    element = whole.element
    self.layout = layout
    bytesAhead = whole.bytesAhead - offset
    border = whole.border
    hasBorder = false
  }

  /// Sets the pixels around the map to the element that stands for 0.
  public func clearBorder() {
    guard hasBorder else { return }
    var value = border
    unsafe apus_map_border(
      map, element.cValue, &value, Int64(layout.border[0]), Int64(layout.border[1]),
      Int64(layout.border[2]), Int64(layout.border[3]))
  }
}
