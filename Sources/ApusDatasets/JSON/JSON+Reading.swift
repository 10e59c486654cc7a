public import Foundation

extension JSON {
  /// Reads a JSON file strictly: UTF-8, no repeated keys, no more bytes and no deeper nesting than given.
  ///
  /// Python's `NaN` and `Infinity` are read as numbers, so that the caller can name what they are in.
  public init(
    reading url: URL, atMost bytes: Int, depth: Int = DatasetLimits().depth
  ) throws(DatasetError) {
    let files = DatasetFiles(limits: DatasetLimits())
    self = try JSONReader.read(
      try files.bytes(of: url, atMost: bytes), file: url.relativePath, depth: depth)
  }
}
