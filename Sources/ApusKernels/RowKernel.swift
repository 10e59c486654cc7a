internal import CApusKernels

/// Kernels that reduce along one axis: softmax, sums.
@safe public struct RowKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_row_f32_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [RowKernel] {
    unsafe entries(apus_row_f32_kernel_at).map { unsafe RowKernel(entry: $0) }
  }

  /// Softmax over the first axis of `[length, inner]`; both regions may be the same.
  public func softmax(
    length: Int, inner: Int, _ source: FloatRegion, into destination: FloatRegion
  ) {
    precondition(length > 0 && inner > 0)
    precondition(source.count == length * inner && destination.count == length * inner)
    unsafe entry.pointee.softmax(source.base, destination.base, Int64(length), Int64(inner))
  }

  /// The sum of all elements.
  public func sum(_ source: FloatRegion) -> Float {
    unsafe entry.pointee.sum(source.base, Int64(source.count))
  }
}
