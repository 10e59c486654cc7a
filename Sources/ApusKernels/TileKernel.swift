internal import CApusKernels

/// What a convolution of channels-last maps multiplies and sums.
public enum Product: CaseIterable, Hashable, Sendable {
  /// Floats, summed as floats.
  case float32
  /// Numbers of 16 bits, summed as floats.
  case bfloat16
  /// `uint8` maps and `int8` weights, summed as `int32`.
  case uint8
  /// `int16` numbers, summed as `int32`: transformed windows and weights of Winograd's convolution.
  case int16

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .bfloat16, .int16: 2
    case .uint8: 1
    }
  }

  var cValue: apus_product {
    switch self {
    case .float32: APUS_PRODUCT_F32
    case .bfloat16: APUS_PRODUCT_BF16
    case .uint8: APUS_PRODUCT_U8S8
    case .int16: APUS_PRODUCT_S16
    }
  }
}

/// A register tile of convolutions over channels-last maps.
@safe public struct TileKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_tile_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [TileKernel] {
    unsafe entries(apus_tile_kernel_at).map { unsafe TileKernel(entry: $0) }
  }

  /// What it multiplies.
  public var product: Product {
    Product.allCases.first { unsafe $0.cValue == entry.pointee.product } ?? .float32
  }
  /// Whether each output channel sees only the input channel of its own number.
  public var isDepthwise: Bool { unsafe entry.pointee.depthwise != 0 }
  /// The most pixels of one tile.
  public var rows: Int { unsafe Int(entry.pointee.rows) }
  /// Output channels of one panel.
  public var columns: Int { unsafe Int(entry.pointee.columns) }
  /// The most groups of 4 bytes that one step multiplies.
  public var quads: Int { unsafe Int(entry.pointee.quads) }

  /// Instructions that multiply and add one vector of weights in a step: more than one where sums of two products
  /// are added by an instruction of their own, and where bytes are widened before.
  public var instructionsPerStep: Int {
    let addsApart = isa == .avx2 || isa == .avx512
    return switch product {
    case .float32: 1
    case .bfloat16: addsApart ? 2 : 1
    case .uint8: addsApart ? 4 : 1
    case .int16: addsApart ? 2 : 1
    }
  }

  /// The kernels of the fastest instruction set that `isa` includes and that has any.
  public static func candidates(_ product: Product, isDepthwise: Bool, isa: ISA) -> [TileKernel] {
    let all = all.filter { $0.product == product && $0.isDepthwise == isDepthwise }
    for candidate in isa.included.reversed() {
      let found = all.filter { $0.isa == candidate }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The kernel of a name.
  public static func named(_ name: String) -> TileKernel? { all.first { $0.name == name } }

  /// Bytes of packed weights.
  public func packedBytes(outputs: Int, segments: Int, length: Int, steps: Int, quads: Int) -> Int {
    var layout = layout(
      outputs: outputs, segments: segments, length: length, steps: steps, quads: quads)
    return unsafe Int(apus_panel_bytes(&layout))
  }

  /// Packs weights `[outputs, segments, length]`, given as the bytes of their elements.
  public func pack(
    _ weights: [UInt8], outputs: Int, segments: Int, length: Int, steps: Int, quads: Int
  ) -> [UInt8] {
    precondition(weights.count == outputs * segments * length * product.byteCount)
    var layout = layout(
      outputs: outputs, segments: segments, length: length, steps: steps, quads: quads)
    let count = unsafe Int(apus_panel_bytes(&layout))
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      unsafe weights.withUnsafeBytes { source in
        unsafe apus_pack_panels(&layout, source.baseAddress, buffer.baseAddress)
      }
      initialised = count
    }
  }

  private func layout(
    outputs: Int, segments: Int, length: Int, steps: Int, quads: Int
  ) -> apus_panel_layout {
    apus_panel_layout(
      product: product.cValue, depthwise: isDepthwise ? 1 : 0, columns: Int64(columns),
      lane: unsafe entry.pointee.lane, quads: Int64(quads), outputs: Int64(outputs),
      segments: Int64(segments), length: Int64(length), steps: Int64(steps))
  }
}

/// What is done with the sums of tiles.
@safe public struct FinishKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_finish_kernel>

  /// From what to what.
  public enum Kind: CaseIterable, Hashable, Sendable {
    case integersToUInt8, integersToFloat, floatsToFloat, floatsToBFloat16

    var cValue: apus_finish_kind {
      switch self {
      case .integersToUInt8: APUS_FINISH_I32_U8
      case .integersToFloat: APUS_FINISH_I32_F32
      case .floatsToFloat: APUS_FINISH_F32_F32
      case .floatsToBFloat16: APUS_FINISH_F32_BF16
      }
    }
  }

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [FinishKernel] {
    unsafe entries(apus_finish_kernel_at).map { unsafe FinishKernel(entry: $0) }
  }

  /// From what to what.
  var kind: Kind {
    Kind.allCases.first { unsafe $0.cValue == entry.pointee.kind } ?? .floatsToFloat
  }

  /// The fastest kernel of a kind that an instruction set includes.
  public static func pick(_ kind: Kind, isa: ISA) -> FinishKernel? {
    pick(isa, among: all.filter { unsafe $0.entry.pointee.kind == kind.cValue })
  }
}
