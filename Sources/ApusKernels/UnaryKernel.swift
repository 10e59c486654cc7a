internal import CApusKernels

/// Elementwise functions of one argument.
@safe public struct UnaryKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_unary_f32_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [UnaryKernel] {
    unsafe entries(apus_unary_f32_kernel_at).map { unsafe UnaryKernel(entry: $0) }
  }

  /// Computes `destination[i] = activation(source[i])`; both may be the same region.
  public func callAsFunction(
    _ activation: Activation, _ source: FloatRegion, into destination: FloatRegion
  ) {
    precondition(source.count == destination.count)
    unsafe entry.pointee.run(
      activation.cValue, source.base, destination.base, Int64(source.count))
  }
}
