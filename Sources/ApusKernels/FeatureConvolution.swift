internal import CApusKernels

/// A convolution of channels-last maps with everything decided: ready to be run again and again.
@safe public final class FeatureConvolution: @unchecked Sendable {
  // Invariant of @unchecked Sendable: nothing changes after `init`; the pointers lead to constants.
  private var description: apus_feature_convolution
  private let offsets: UnsafeMutablePointer<Int64>

  /// Rows of the output.
  public let rows: Int
  /// Panels of output channels.
  public let panels: Int

  /// How windows are read.
  public struct Reading {
    /// Bytes from the first byte of a window to each of its segments.
    public var offsets: [Int]
    /// Steps of a segment.
    public var steps: Int
    /// Groups of 4 bytes in a step.
    public var quads: Int
    /// Input pixels from window to window along y, then x.
    public var strides: [Int]
    /// Pixels between output rows where tiles run over the ends of rows, or 0.
    public var virtualWidth: Int
    /// Panels that are multiplied before the next rows are.
    public var panelBlock: Int

    /// Makes the description.
    public init(
      offsets: [Int], steps: Int, quads: Int, strides: [Int], virtualWidth: Int, panelBlock: Int
    ) {
      self.offsets = offsets
      self.steps = steps
      self.quads = quads
      self.strides = strides
      self.virtualWidth = virtualWidth
      self.panelBlock = panelBlock
    }
  }

  /// Puts a convolution together; nil where memories do not hold what would be read.
  ///
  /// - Parameters:
  ///   - sources: the maps that will be read, of one size, strides and border; at least one.
  ///   - origin: input pixels from pixel (0, 0) to the first window, y then x: minus the padding.
  ///   - destination: likewise, of those that will be written.
  ///   - weights: as `TileKernel.pack` leaves them.
  public init?(
    tile: TileKernel, finish: FinishKernel, reading: Reading, finishing: Finishing,
    weights: FloatRegion, panelBytes: Int, sources: [MapRegion], origin: [Int],
    destination: MapRegion, residual: MapRegion?
  ) {
    guard let source = sources.first else { return nil }
    let outputs = destination.layout.channels
    let panels = (outputs + tile.columns - 1) / tile.columns
    let window = Self.reach(of: reading, tile: tile)
    guard reading.steps > 0, reading.quads > 0, reading.quads <= tile.quads,
      reading.panelBlock > 0, !reading.offsets.isEmpty, panelBytes > 0, origin.count == 2,
      reading.offsets.allSatisfy({ abs($0) < 1 << 40 }), reading.strides.count == 2,
      reading.strides.allSatisfy({ $0 > 0 && $0 < 1 << 20 }), reading.virtualWidth >= 0,
      panelBytes >= Self.panelBytes(reading, tile: tile),
      panels * panelBytes <= weights.count * 4, finishing.holds(panels * tile.columns),
      residual.map({
        $0.element == destination.element && $0.layout.height == destination.layout.height
          && $0.layout.width == destination.layout.width && $0.layout.channels == outputs
      }) ?? true, source.element.byteCount == tile.product.byteCount
    else { return nil }
    // The first byte of the first window and the last one that the last window reads.
    let first = origin[0] * source.layout.rowStride + origin[1] * source.layout.pixelStride
    let rowStep = reading.strides[0] * source.layout.rowStride
    let pixelStep = reading.strides[1] * source.layout.pixelStride
    let channels = tile.isDepthwise ? (panels - 1) * tile.columns * source.element.byteCount : 0
    let height = destination.layout.height
    let width = destination.layout.width
    let last =
      first + (height - 1) * rowStep + (width - 1) * pixelStep + channels + window.upperBound
    // Tiles that run over the ends of rows must not run over the rows themselves.
    guard sources.allSatisfy({ $0.layout.base + first + window.lowerBound >= 0 }),
      sources.allSatisfy({ last <= $0.bytesAhead }),
      reading.virtualWidth == 0 || reading.virtualWidth >= width,
      reading.virtualWidth == 0 || reading.virtualWidth * pixelStep == rowStep
    else { return nil }

    rows = height
    self.panels = panels
    unsafe offsets = .allocate(capacity: reading.offsets.count)
    for (index, offset) in reading.offsets.enumerated() {
      unsafe (offsets + index).initialize(to: Int64(offset + first))
    }
    unsafe description = apus_feature_convolution(
      tile: tile.entry, finish: finish.entry, out_height: Int64(height), out_width: Int64(width),
      out_channels: Int64(outputs), src_row_step: Int64(rowStep),
      src_pixel_step: Int64(pixelStep), src_element: Int64(source.element.byteCount),
      offsets: UnsafePointer(offsets), segments: Int64(reading.offsets.count),
      steps: Int64(reading.steps), quads: Int64(reading.quads), panel_bytes: Int64(panelBytes),
      panel_block: Int64(reading.panelBlock), virtual_width: Int64(reading.virtualWidth),
      weights: UnsafeRawPointer(weights.base).assumingMemoryBound(to: UInt8.self),
      values: unsafe finishing.cValue,
      bias_element: 4, dst_row_stride: Int64(destination.layout.rowStride),
      dst_pixel_stride: Int64(destination.layout.pixelStride),
      dst_element: Int64(destination.element.byteCount),
      residual_row_stride: Int64(residual?.layout.rowStride ?? 0),
      residual_pixel_stride: Int64(residual?.layout.pixelStride ?? 0))
  }

  deinit {
    unsafe offsets.deallocate()
  }

  /// Computes output rows `rows` of the panels `panels`; the maps are as those given to `init`.
  public func callAsFunction(
    rows: Range<Int>, panels: Range<Int>, source: MapRegion, residual: MapRegion?,
    into destination: MapRegion
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows)
    precondition(panels.lowerBound >= 0 && panels.upperBound <= self.panels)
    unsafe withUnsafePointer(to: description) { description in
      unsafe apus_feature_convolve(
        description, source.map.base, destination.map.base, residual?.map.base,
        Int64(rows.lowerBound), Int64(rows.upperBound), Int64(panels.lowerBound),
        Int64(panels.upperBound))
    }
  }

  /// The bytes that one window touches, from its first one on.
  private static func reach(of reading: Reading, tile: TileKernel) -> Range<Int> {
    let length =
      tile.isDepthwise
      ? tile.columns * tile.product.byteCount : reading.steps * reading.quads * 4
    let low = reading.offsets.min() ?? 0
    let high = reading.offsets.max() ?? 0
    return low..<high + length
  }

  private static func panelBytes(_ reading: Reading, tile: TileKernel) -> Int {
    tile.packedBytes(
      outputs: 1, segments: reading.offsets.count,
      length: tile.isDepthwise ? 1 : reading.steps * reading.quads * 4 / tile.product.byteCount,
      steps: reading.steps, quads: reading.quads)
  }
}
