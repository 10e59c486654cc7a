internal import CApusKernels

/// Winograd's transforms: 3x3 convolutions of floats, or of bytes, with a quarter of the multiplications.
@safe public struct WinogradKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_winograd_kernel>

  /// The side of a block of output pixels that is computed from one window.
  public static let blockSide = 4
  /// The numbers of a transformed window, each of which meets weights of its own.
  public static let products = 36
  /// The most output channels of a panel.
  public static let mostColumns = 64

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [WinogradKernel] {
    unsafe entries(apus_winograd_kernel_at).map { unsafe WinogradKernel(entry: $0) }
  }

  /// The fastest kernel of a product, `float32` or `int16`, that an instruction set includes.
  public static func fastest(_ product: Product, isa: ISA) -> WinogradKernel? {
    pick(isa, among: all.filter { unsafe $0.entry.pointee.product == product.cValue })
  }

  /// What transformed windows are multiplied as instead of the windows; nil where there are no transforms.
  public static func product(insteadOf product: Product) -> Product? {
    switch product {
    case .float32: .float32
    case .uint8: .int16
    case .bfloat16, .int16: nil
    }
  }

  /// Whether a tile can multiply transformed windows.
  public static func multiplies(_ tile: TileKernel) -> Bool {
    (tile.product == .float32 || tile.product == .int16) && !tile.isDepthwise && tile.quads == 1
      && tile.columns <= mostColumns
  }

  /// Whether the sums of `int8` weights `[outputs, inputs, 3, 3]` with any bytes are small enough for the transforms
  /// of integers, which know them modulo 2^26.
  public static func reaches(_ weights: [UInt8], outputs: Int, inputs: Int) -> Bool {
    precondition(weights.count == outputs * inputs * 9)
    return unsafe weights.withUnsafeBytes { source in
      unsafe apus_winograd_reaches(
        source.assumingMemoryBound(to: Int8.self).baseAddress, Int64(outputs), Int64(inputs)) != 0
    }
  }

  /// Transforms weights `[outputs, inputs, 3, 3]`, given as the bytes of floats or `int8`, and packs those of each
  /// product one after the other.
  public static func pack(
    _ weights: [UInt8], outputs: Int, inputs: Int, tile: TileKernel
  ) -> [UInt8] {
    let isFloat = tile.product == .float32
    precondition(weights.count == outputs * inputs * 9 * (isFloat ? 4 : 1))
    let size = tile.product.byteCount
    let bytes = outputs * inputs * size
    let transformed = unsafe [UInt8](unsafeUninitializedCapacity: products * bytes) {
      buffer, initialised in
      let target = UnsafeMutableRawBufferPointer(buffer)
      unsafe weights.withUnsafeBytes { source in
        if isFloat {
          unsafe apus_winograd_weights(
            source.assumingMemoryBound(to: Float.self).baseAddress, Int64(outputs), Int64(inputs),
            target.assumingMemoryBound(to: Float.self).baseAddress)
        } else {
          unsafe apus_winograd_weights_s8(
            source.assumingMemoryBound(to: Int8.self).baseAddress, Int64(outputs), Int64(inputs),
            target.assumingMemoryBound(to: Int16.self).baseAddress)
        }
      }
      initialised = products * bytes
    }
    return (0..<products).flatMap { product in
      tile.pack(
        Array(transformed[product * bytes..<(product + 1) * bytes]), outputs: outputs,
        segments: 1, length: inputs, steps: steps(inputs, tile), quads: 1)
    }
  }

  /// Groups of 4 bytes in the transformed channels of a window.
  static func steps(_ inputs: Int, _ tile: TileKernel) -> Int {
    (inputs * tile.product.byteCount + 3) / 4
  }
}

/// A 3x3 convolution of channels-last maps by Winograd's transforms, with everything decided.
@safe public final class WinogradConvolution: @unchecked Sendable {
  // Invariant of @unchecked Sendable: nothing changes after `init`; the pointers lead to constants.
  private var description: apus_winograd

  /// Blocks of output pixels of one image.
  public let blocks: Int
  /// Blocks that are multiplied together.
  public let group: Int
  /// Panels of output channels.
  public let panels: Int
  /// Bytes of all weights.
  public let weightBytes: Int
  /// Words of 4 bytes of scratch memory that a call needs.
  public let scratch: Int

  /// Puts a convolution together; nil where memories do not hold what would be read.
  ///
  /// - Parameters:
  ///   - transform: of the product that `tile` multiplies.
  ///   - finish: of its sums.
  ///   - group: blocks that are multiplied together.
  ///   - panelBlock: panels that are multiplied before their sums are transformed.
  ///   - weights: as `WinogradKernel.pack` leaves them.
  ///   - source: a map of the size, strides and border of those that will be read.
  ///   - origin: input pixels from pixel (0, 0) to the first window, y then x: minus the padding.
  ///   - destination: likewise, of those that will be written.
  public init?(
    transform: WinogradKernel, tile: TileKernel, finish: FinishKernel, group: Int, panelBlock: Int,
    finishing: Finishing, weights: FloatRegion, source: MapRegion, origin: [Int],
    destination: MapRegion, residual: MapRegion?
  ) {
    let (inputs, outputs) = (source.layout.channels, destination.layout.channels)
    let (height, width) = (destination.layout.height, destination.layout.width)
    let sizes = 1..<1 << 20
    guard WinogradKernel.multiplies(tile),
      source.element == (tile.product == .float32 ? .float32 : .uint8),
      unsafe transform.entry.pointee.product == tile.product.cValue,
      destination.element.byteCount == (finish.kind == .integersToUInt8 ? 1 : 4),
      origin.count == 2,
      origin.allSatisfy({ abs($0) < 1 << 20 }), sizes.contains(inputs), sizes.contains(outputs),
      sizes.contains(group), sizes.contains(panelBlock), sizes.contains(height),
      sizes.contains(width),
      residual.map({
        $0.element == destination.element && $0.layout.height == height && $0.layout.width == width
          && $0.layout.channels == outputs
      }) ?? true
    else { return nil }
    let panels = (outputs + tile.columns - 1) / tile.columns
    let panelBytes = tile.packedBytes(
      outputs: 1, segments: 1, length: inputs,
      steps: WinogradKernel.steps(inputs, tile), quads: 1)
    // The first byte of the first window and the last one of the last window that is read.
    let (row, pixel) = (source.layout.rowStride, source.layout.pixelStride)
    let first = origin[0] * row + origin[1] * pixel
    let last =
      first + (height + 1) * row + (width + 1) * pixel
      + inputs * source.element.byteCount
    guard WinogradKernel.products * panels * panelBytes <= weights.count * 4,
      finishing.holds(panels * tile.columns), source.layout.base + first >= 0,
      last <= source.bytesAhead
    else { return nil }
    self.panels = panels
    self.group = group
    weightBytes = WinogradKernel.products * panels * panelBytes
    self.origin = first
    unsafe description = apus_winograd(
      transform: transform.entry, tile: tile.entry, finish: finish.entry,
      out_height: Int64(height), out_width: Int64(width), in_channels: Int64(inputs),
      out_channels: Int64(outputs), src_row_stride: Int64(row), src_pixel_stride: Int64(pixel),
      group: Int64(group), panel_block: Int64(min(panelBlock, panels)),
      panel_bytes: Int64(panelBytes),
      weights: UnsafeRawPointer(weights.base).assumingMemoryBound(to: UInt8.self),
      values: unsafe finishing.cValue, dst_element: Int64(destination.element.byteCount),
      dst_row_stride: Int64(destination.layout.rowStride),
      dst_pixel_stride: Int64(destination.layout.pixelStride),
      residual_row_stride: Int64(residual?.layout.rowStride ?? 0),
      residual_pixel_stride: Int64(residual?.layout.pixelStride ?? 0))
    blocks = unsafe Int(apus_winograd_blocks(&description))
    scratch = unsafe Int(apus_winograd_scratch(&description)) / 4
  }

  /// Bytes from channel 0 of pixel (0, 0) to that of the first window.
  private let origin: Int

  /// Computes the blocks `blocks` of the panels `panels`.
  ///
  /// The maps are as those given to `init`, the scratch memory is aligned as `FloatMemory` is.
  public func callAsFunction(
    blocks: Range<Int>, panels: Range<Int>, source: MapRegion, residual: MapRegion?,
    into destination: MapRegion, scratch: FloatRegion
  ) {
    precondition(blocks.lowerBound >= 0 && blocks.upperBound <= self.blocks)
    precondition(panels.lowerBound >= 0 && panels.upperBound <= self.panels)
    precondition(scratch.count >= self.scratch)
    unsafe withUnsafePointer(to: description) { description in
      unsafe apus_winograd_convolve(
        description, source.map.base + origin, destination.map.base, residual?.map.base,
        scratch.base, Int64(blocks.lowerBound), Int64(blocks.upperBound),
        Int64(panels.lowerBound), Int64(panels.upperBound))
    }
  }
}
