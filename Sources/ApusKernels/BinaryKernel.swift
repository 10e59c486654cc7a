internal import CApusKernels

/// Elementwise functions of two arguments.
@safe public struct BinaryKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_binary_f32_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [BinaryKernel] {
    unsafe entries(apus_binary_f32_kernel_at).map { unsafe BinaryKernel(entry: $0) }
  }

  /// Computes `destination[i] = left[i] op right[i]`.
  ///
  /// A side with a single element counts as that element repeated. The destination may be a side of
  /// its own size.
  public func callAsFunction(
    _ operation: BinaryOperation, _ left: FloatRegion, _ right: FloatRegion,
    into destination: FloatRegion
  ) {
    let count = destination.count
    precondition(left.count == count || left.count == 1)
    precondition(right.count == count || right.count == 1)
    unsafe entry.pointee.run(
      operation.cValue, left.base, left.count == count ? 1 : 0, right.base,
      right.count == count ? 1 : 0, destination.base, Int64(count))
  }
}

/// An elementwise function of two arguments that the kernels compute.
public enum BinaryOperation: String, CaseIterable, Sendable {
  /// The sum.
  case add
  /// The difference.
  case subtract
  /// The product.
  case multiply
  /// The quotient.
  case divide
  /// The larger; NaN where either is.
  case maximum
  /// The smaller; NaN where either is.
  case minimum

  var cValue: apus_binary {
    switch self {
    case .add: APUS_BINARY_ADD
    case .subtract: APUS_BINARY_SUBTRACT
    case .multiply: APUS_BINARY_MULTIPLY
    case .divide: APUS_BINARY_DIVIDE
    case .maximum: APUS_BINARY_MAXIMUM
    case .minimum: APUS_BINARY_MINIMUM
    }
  }
}
