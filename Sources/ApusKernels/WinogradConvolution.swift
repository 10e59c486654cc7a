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

  /// Packs weights `[outputs, inputs, 3, 3]`, given as the bytes of floats or `int8`.
  ///
  /// Floats are transformed, and the panels of each product follow one another. Integers are as large as before:
  /// the elements of the panels of each tap, in the order in which `transform` leaves those of each product.
  public static func pack(
    _ weights: [UInt8], outputs: Int, inputs: Int, tile: TileKernel
  ) -> [UInt8] {
    func panels(_ elements: [UInt8]) -> [UInt8] {
      tile.pack(
        elements, outputs: outputs, segments: 1, length: inputs, steps: steps(inputs, tile),
        quads: 1)
    }
    let count = outputs * inputs
    guard tile.product == .float32 else {
      precondition(weights.count == count * 9)
      return (0..<9).flatMap { tap -> [UInt8] in
        var words = [UInt8](repeating: 0, count: 2 * count)
        for index in 0..<count { words[2 * index] = weights[index * 9 + tap] }
        let packed = panels(words)
        let rest = productBytes(packed.count, tile.product) - packed.count
        return (0..<packed.count / 2).map { packed[2 * $0] }
          + [UInt8](repeating: 0, count: rest / 2)
      }
    }
    let bytes = count * MemoryLayout<Float>.stride
    precondition(weights.count == bytes * 9)
    let transformed = unsafe [UInt8](unsafeUninitializedCapacity: products * bytes) {
      buffer, initialised in
      unsafe weights.withUnsafeBytes { source in
        unsafe apus_winograd_weights(
          source.assumingMemoryBound(to: Float.self).baseAddress, Int64(outputs), Int64(inputs),
          UnsafeMutableRawBufferPointer(buffer).assumingMemoryBound(to: Float.self).baseAddress)
      }
      initialised = products * bytes
    }
    return (0..<products).flatMap { product in
      panels(Array(transformed[product * bytes..<(product + 1) * bytes]))
    }
  }

  /// Transforms the weights `range` of `count` packed `int8` weights; each is 9 bytes of `source` and 36 `int16`
  /// of `destination`.
  public func transform(
    _ range: Range<Int>, of count: Int, _ source: FloatRegion, into destination: FloatRegion
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    precondition(count * 9 <= source.count * 4 && count * Self.products <= destination.count * 2)
    guard let weights = unsafe entry.pointee.weights else {
      preconditionFailure("weights of floats are transformed when they are packed")
    }
    let from = unsafe UnsafeRawPointer(source.base).assumingMemoryBound(to: Int8.self)
    let to = unsafe UnsafeMutableRawPointer(destination.base).assumingMemoryBound(to: Int16.self)
    unsafe weights(
      from + range.lowerBound, Int64(count), Int64(range.count), to + range.lowerBound,
      Int64(count))
  }

  /// Bytes from the panels of a product, which are so many themselves, to those of the next one.
  ///
  /// Those of integers are written side by side: they lie an odd number of cache lines apart, since distances of a
  /// power of two would have them displace each other from the cache.
  static func productBytes(_ panelBytes: Int, _ product: Product) -> Int {
    guard product == .int16 else { return panelBytes }
    let lines = (panelBytes + 63) / 64
    return (lines % 2 == 0 ? lines + 1 : lines) * 64
  }

  /// The weights of `int8` that `transform` makes a tile's panels of, those between panels too.
  public static func transformedCount(outputs: Int, inputs: Int, tile: TileKernel) -> Int {
    let panels = tile.packedBytes(
      outputs: outputs, segments: 1, length: inputs, steps: steps(inputs, tile), quads: 1)
    return productBytes(panels, tile.product) / tile.product.byteCount
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
    let productBytes = WinogradKernel.productBytes(panels * panelBytes, tile.product)
    guard WinogradKernel.products * productBytes <= weights.count * 4,
      finishing.holds(panels * tile.columns), source.layout.base + first >= 0,
      last <= source.bytesAhead
    else { return nil }
    self.panels = panels
    self.group = group
    weightBytes = WinogradKernel.products * productBytes
    self.origin = first
    unsafe description = apus_winograd(
      transform: transform.entry, tile: tile.entry, finish: finish.entry,
      out_height: Int64(height), out_width: Int64(width), in_channels: Int64(inputs),
      out_channels: Int64(outputs), src_row_stride: Int64(row), src_pixel_stride: Int64(pixel),
      group: Int64(group), panel_block: Int64(min(panelBlock, panels)),
      panel_bytes: Int64(panelBytes), product_bytes: Int64(productBytes),
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
