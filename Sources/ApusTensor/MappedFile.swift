#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a file, read where they are needed rather than copied.
///
/// The bytes are those of the file that was opened: one renamed over it later leaves them alone. Whoever cuts
/// an open file short ends the processes that read it, as with every mapping.
@safe
public final class MappedFile: @unchecked Sendable {
  // Invariant of @unchecked Sendable: nothing changes after `init`, and the bytes are never written.

  /// The file.
  public let path: String
  /// All of its bytes.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Throws: `MappedFileError` where it is no regular file that can be read.
  public init(path: String) throws(MappedFileError) {
    // Not to wait for a writer where the path is a pipe's.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw MappedFileError(path: path, reason: Self.reason) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw MappedFileError(path: path, reason: Self.reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MappedFileError(path: path, reason: "is no regular file")
    }
    self.path = path
    let count = Int(status.st_size)
    guard count > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard unsafe start != MAP_FAILED, let start = unsafe start else {
      throw MappedFileError(path: path, reason: Self.reason)
    }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = unsafe bytes.baseAddress {
      unsafe munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// Keeps bytes out of memory until they are read themselves, rather than others around them.
  public func leaveOut(_ range: Range<Int>) {
    let page = max(1, Int(sysconf(Int32(_SC_PAGESIZE))))
    let start = (range.lowerBound + page - 1) / page * page
    guard let base = unsafe bytes.baseAddress, start < range.upperBound else { return }
    unsafe precondition(range.upperBound <= bytes.count, "\(range) lies outside the file")
    // Without a range of its own, a fault before it maps the whole of a large page of the cache.
    let address = unsafe UnsafeMutableRawPointer(mutating: base + start)
    for advice in [MADV_RANDOM, MADV_DONTNEED] {
      _ = unsafe madvise(address, range.upperBound - start, advice)
    }
  }

  private static var reason: String { unsafe String(cString: strerror(errno)) }
}

/// Why a file cannot be mapped.
public struct MappedFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong, in words.
  public let reason: String

  /// A sentence for a person.
  public var description: String { "'\(path)': cannot be read: \(reason)" }
}
