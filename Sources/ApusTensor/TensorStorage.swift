/// Bytes owned once and shared by the tensors that read them.
///
/// Sendable because nothing writes to the bytes after `init` returns.
@safe
final class TensorStorage: @unchecked Sendable {
  /// Alignment of the first byte: a cache line, and the widest vector register.
  static let alignment = 64

  let bytes: UnsafeRawBufferPointer

  /// Allocates `byteCount` bytes and has them filled.
  init(
    byteCount: Int, filledBy body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, 1), alignment: Self.alignment)
    // Safety: the buffer is owned by this object alone, and freed once, in deinit.
    unsafe bytes = UnsafeRawBufferPointer(rebasing: buffer[..<byteCount])
    try unsafe body(UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount]))
  }

  deinit {
    unsafe bytes.deallocate()
  }
}
