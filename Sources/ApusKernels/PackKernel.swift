internal import CApusKernels

/// Packs pixels into the panels that the matrix tiles read.
@safe public struct PackKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_pack_f32_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [PackKernel] {
    unsafe entries(apus_pack_f32_kernel_at).map { unsafe PackKernel(entry: $0) }
  }

  /// Packs the rows `depth` of the panel of `width` pixels that starts at `pixel`.
  ///
  /// Row k is tap `k / channels` of channel `k % channels`; what lies outside the input, and the
  /// columns from `count` on, become 0. The destination is `[depth.count, width]`.
  public func pixels(
    _ window: Window, _ source: FloatRegion, channels: Int, depth: Range<Int>, pixel: Int,
    count: Int, width: Int, into destination: FloatRegion
  ) {
    precondition(source.count == channels * window.inputPixels && channels > 0)
    precondition(destination.count == depth.count * width && count > 0 && count <= width)
    precondition(depth.lowerBound >= 0 && depth.upperBound <= channels * window.taps)
    precondition(pixel >= 0 && pixel + count <= window.outputPixels)
    unsafe withUnsafePointer(to: window.cValue) {
      unsafe entry.pointee.pixels(
        $0, source.base, Int64(channels), Int64(depth.lowerBound), Int64(depth.upperBound),
        Int64(pixel), Int64(count), Int64(width), destination.base)
    }
  }
}
