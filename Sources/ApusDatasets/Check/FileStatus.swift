import Foundation

/// What the file system says of a file; when none of it has changed, its contents have not either.
///
/// The time of the last change of the entry itself (`ctime`) cannot be set back by a program, unlike
/// that of the contents (`mtime`).
struct FileStatus: Hashable, Sendable {
  /// Bytes.
  let size: Int
  /// Last change of the contents, in nanoseconds since 1970.
  let modified: Int
  /// Last change of the contents or the entry, in nanoseconds since 1970.
  let changed: Int
  /// The number of the file on its volume.
  let number: Int
  /// Whether it is a plain file, after following links.
  let isPlain: Bool

  init(size: Int, modified: Int, changed: Int, number: Int, isPlain: Bool = true) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.number = number
    self.isPlain = isPlain
  }

  /// The status of a file; nil where there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    size = Int(status.st_size)
    self.modified = Int(modified.tv_sec) &* 1_000_000_000 &+ Int(modified.tv_nsec)
    self.changed = Int(changed.tv_sec) &* 1_000_000_000 &+ Int(changed.tv_nsec)
    number = Int(truncatingIfNeeded: status.st_ino)
    isPlain = status.st_mode & S_IFMT == S_IFREG
  }
}
