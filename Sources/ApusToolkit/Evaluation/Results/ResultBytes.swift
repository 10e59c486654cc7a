import Foundation

/// The bytes of a file of results.
enum ResultBytes {
  /// Reads a file, whole, into one piece of memory.
  ///
  /// - Throws: `ApusError` where it cannot be read, is empty, or is compressed.
  static func read(_ path: String) throws(ApusError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      let reason = String(cString: strerror(errno)).lowercased()
      throw .failure("'\(path)': cannot be read (\(reason)); give a file or folder of detections")
    }
    defer { fclose(file) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    var bytes: [UInt8] = []
    bytes.reserveCapacity((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      bytes.append(contentsOf: piece[..<count])
      if count < piece.count { break }
    }
    guard ferror(file) == 0 else {
      throw .failure("'\(path)': cannot be read to its end; check the disk it lies on")
    }
    guard !bytes.isEmpty else {
      throw .failure(
        "'\(path)': is empty; expected detections, of none the list []: write the file again")
    }
    guard !bytes.starts(with: [0x1f, 0x8b]) else {
      throw .failure("'\(path)': is compressed; decompress it first: gunzip --keep \(path)")
    }
    return bytes
  }
}
