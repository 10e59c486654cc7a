import ApusTensor
import Foundation

/// Writes the elements of large constants into one file beside the model.
///
/// Both files get their names when both are complete; before, they are temporary ones.
final class ExternalDataWriter {
  /// Tensors start at multiples of this, so that the file can be mapped.
  private static let alignment = 4096

  private let model: URL
  private let target: URL
  private let temporaryModel: URL
  private let temporary: URL

  init(model: URL) {
    self.model = model
    target = model.appendingPathExtension("data")
    let name = ".\(model.lastPathComponent).\(UUID().uuidString)"
    temporaryModel = model.deletingLastPathComponent().appendingPathComponent(name)
    temporary = temporaryModel.appendingPathExtension("data")
  }

  deinit {
    // Both are gone where everything went well.
    try? FileManager.default.removeItem(at: temporary)
    try? FileManager.default.removeItem(at: temporaryModel)
  }

  /// Writes the data, and returns the model that refers to it.
  func write(_ exporter: ModelExporter) throws(ONNXError) -> ONNXModelProto {
    do {
      try Data().write(to: temporary)
      let handle = try FileHandle(forWritingTo: temporary)
      defer { try? handle.close() }
      var end = 0
      return try exporter.model { tensor, name in
        guard tensor.byteCount >= ONNXWriter.smallestExternal else {
          return TensorCoding.message(tensor, name: name)
        }
        let offset = (end + Self.alignment - 1) / Self.alignment * Self.alignment
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: tensor.withBytes { Data($0) })
        end = offset + tensor.byteCount
        return self.reference(to: tensor, name: name, offset: offset)
      }
    } catch let error as ONNXError {
      throw error
    } catch {
      throw ONNXError(
        .file, "the data file beside it cannot be written",
        advice: "check the folder's permissions and the space left")
    }
  }

  private func reference(to tensor: Tensor, name: String, offset: Int) -> ONNXTensorProto {
    var proto = TensorCoding.header(tensor, name: name)
    proto.dataLocation = 1
    proto.externalData = [
      ("location", target.lastPathComponent), ("offset", "\(offset)"),
      ("length", "\(tensor.byteCount)"),
    ].map { key, value in
      var entry = ONNXStringStringEntryProto()
      entry.key = key
      entry.value = value
      return entry
    }
    return proto
  }

  /// Writes the model too, and gives both files their names.
  func finish(model bytes: [UInt8]) throws(ONNXError) {
    do {
      try Data(bytes).write(to: temporaryModel)
    } catch {
      throw ONNXError(
        .file, "cannot be written", advice: "check the folder's permissions and the space left")
    }
    guard rename(temporary.path, target.path) == 0 else {
      throw ONNXError(.file, "the data file '\(target.lastPathComponent)' cannot be written")
    }
    guard rename(temporaryModel.path, model.path) == 0 else {
      throw ONNXError(.file, "cannot be written", advice: "check that the path is no folder")
    }
  }
}
