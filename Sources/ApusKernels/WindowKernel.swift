internal import CApusKernels

/// Sliding windows over planes `[height, width]`: depthwise convolution and pooling.
@safe public struct WindowKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_window_f32_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [WindowKernel] {
    unsafe entries(apus_window_f32_kernel_at).map { unsafe WindowKernel(entry: $0) }
  }

  /// One plane of a depthwise convolution with weights `[kernelHeight, kernelWidth]`.
  public func depthwise(
    _ window: Window, _ source: FloatRegion, weights: FloatRegion, bias: Float,
    into destination: FloatRegion
  ) {
    window.check(source, destination)
    precondition(weights.count == window.taps)
    unsafe withUnsafePointer(to: window.cValue) {
      unsafe entry.pointee.depthwise(
        $0, source.base, weights.base, bias, destination.base)
    }
  }

  /// One plane of max pooling; padding is skipped.
  public func maxPool(_ window: Window, _ source: FloatRegion, into destination: FloatRegion) {
    window.check(source, destination)
    unsafe withUnsafePointer(to: window.cValue) {
      unsafe entry.pointee.max_pool($0, source.base, destination.base)
    }
  }

  /// One plane of average pooling.
  ///
  /// - Parameter includePadding: whether padding counts in the divisor.
  public func averagePool(
    _ window: Window, includePadding: Bool, _ source: FloatRegion, into destination: FloatRegion
  ) {
    window.check(source, destination)
    unsafe withUnsafePointer(to: window.cValue) {
      unsafe entry.pointee.average_pool($0, includePadding, source.base, destination.base)
    }
  }
}
