/// Bytes owned once and shared by the tensors that read them.
///
/// Sendable because nothing writes to the bytes after `init` returns.
@safe
final class TensorStorage: @unchecked Sendable {
  /// Alignment of the first byte: a cache line, and the widest vector register.
  static let alignment = 64

  let bytes: UnsafeRawBufferPointer
  /// The file that the bytes are part of; nil where they belong to this object.
  private let file: MappedFile?

  /// Allocates `byteCount` bytes and has them filled.
  init(
    byteCount: Int, filledBy body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, 1), alignment: Self.alignment)
    file = nil
    // Safety: the buffer is owned by this object alone, and freed once, in deinit.
    unsafe bytes = UnsafeRawBufferPointer(rebasing: buffer[..<byteCount])
    try unsafe body(UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount]))
  }

  /// Lends bytes of a file.
  init(_ file: MappedFile, _ range: Range<Int>) {
    self.file = file
    // Safety: the mapping lives as long as this object, which holds the file.
    unsafe bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  deinit {
    if file == nil { unsafe bytes.deallocate() }
  }
}
