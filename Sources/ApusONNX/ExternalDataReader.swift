import Foundation

/// Reads elements that a model keeps in other files, only inside the model's own folder.
struct ExternalDataReader {
  /// The folder of the model; nil where the model was given as bytes.
  let folder: URL?

  func bytes(
    _ entries: [ONNXStringStringEntryProto], byteCount: Int, place: String
  ) throws(ONNXError) -> Data {
    let fields = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let location = fields["location"] ?? ""
    let url = try resolve(location, place: place)
    let offset = try number(fields["offset"], "offset", place: place) ?? 0
    let length = try number(fields["length"], "length", place: place) ?? byteCount
    guard length == byteCount else {
      throw ONNXError(
        .tensor, "needs \(byteCount) bytes, but its external data has \(length)", at: place,
        advice: "model and data do not belong together: export the model again")
    }
    return try read(url, location: location, offset: offset, length: length, place: place)
  }

  private func number(
    _ text: String?, _ field: String, place: String
  ) throws(ONNXError) -> Int? {
    guard let text else { return nil }
    guard let value = Int(text), value >= 0 else {
      throw ONNXError(.tensor, "the \(field) '\(text)' of its external data is no size", at: place)
    }
    return value
  }

  /// The file a location names; refuses everything that leads out of the folder.
  private func resolve(_ location: String, place: String) throws(ONNXError) -> URL {
    guard let folder else {
      throw ONNXError(
        .file,
        "its elements are in the file '\(location)', but the model was given without a folder",
        at: place, advice: "read the model from its file")
    }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.contains("\0"), !location.hasPrefix("/"),
      !parts.contains("..")
    else {
      throw ONNXError(
        .file, "its elements are in '\(location)', which is not inside the model's folder",
        at: place, advice: "use a relative path beside the model")
    }
    let root = folder.resolvingSymlinksInPath().standardizedFileURL.path
    let url = folder.appendingPathComponent(location).resolvingSymlinksInPath().standardizedFileURL
    guard url.path.hasPrefix(root.hasSuffix("/") ? root : root + "/") else {
      throw ONNXError(
        .file, "its elements are in '\(location)', a link that leads out of the model's folder",
        at: place, advice: "copy the file beside the model")
    }
    return url
  }

  private func read(
    _ url: URL, location: String, offset: Int, length: Int, place: String
  ) throws(ONNXError) -> Data {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path),
      attributes[.type] as? FileAttributeType == .typeRegular
    else {
      throw ONNXError(
        .file, "its elements are in the file '\(location)', which is not there", at: place,
        advice: "put the file beside the model")
    }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard !overflow, end <= size else {
      throw ONNXError(
        .tensor,
        "its elements are \(length) bytes from byte \(offset) of '\(location)', which has"
          + " \(size) bytes", at: place, advice: "the data file is cut off: copy it again")
    }
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      try handle.seek(toOffset: UInt64(offset))
      return try handle.read(upToCount: length) ?? Data()
    } catch {
      throw ONNXError(.file, "the file '\(location)' cannot be read", at: place)
    }
  }
}
