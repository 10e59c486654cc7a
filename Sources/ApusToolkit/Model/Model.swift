import ApusCheckpoints
import ApusDigest
import ApusFamilies
public import ApusGraph
import ApusONNX
import ApusPlan
import Foundation

/// A model read from a file: its graph with its card, and what the file says of itself.
public struct Model: Sendable {
  /// What the file is.
  public enum Source: Sendable {
    /// A PyTorch checkpoint.
    case checkpoint(CheckpointSummary)
    /// An ONNX file.
    case onnx
    /// No file: a published network with new weights.
    case new
  }

  /// The file.
  public let path: String
  /// What the file is.
  public let source: Source
  /// The network.
  public var graph: Graph

  /// Reads a checkpoint (`.pt`, `.pth`, `.ckpt`, or the weights alone as `.safetensors`) or an ONNX file; its first bytes say which.
  ///
  /// - Parameter input: the input a checkpoint's graph is built for; an ONNX file brings its own.
  /// - Throws: `ApusError` naming the file, the place in it, what was expected and what to do.
  public init(path: String, input: ModelInput = .symbolic) throws(ApusError) {
    self.path = path
    let bytes = try Self.read(path)
    guard !PlanFile.begins(bytes) else {
      throw .failure(
        "'\(path)': is a plan file, which apus inspect and apus run take; give the model it was compiled"
          + " from")
    }
    // No ONNX file starts with the first byte of a pickle; the checkpoint reader says what is wrong with it.
    let isPickle = bytes.first == 0x80
    let ending = (path as NSString).pathExtension.lowercased()
    let isNamedCheckpoint = !bytes.isEmpty && ["pt", "pth", "ckpt"].contains(ending)
    let format = CheckpointFormat(of: bytes) ?? (isPickle || isNamedCheckpoint ? .torchLegacy : nil)
    if let format {
      let checkpoint = try Self.checkpoint(bytes, format, path: path)
      try input.check(checkpoint.network)
      source = .checkpoint(CheckpointSummary(checkpoint))
      do throws(FamilyError) {
        graph = try checkpoint.network.graph(
          input: input.size(for: checkpoint.network), sourceHash: Digest.sha256(bytes))
      } catch {
        throw .failure("'\(path)': \(error)")
      }
      return
    }
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      graph = try ONNXReader.read(bytes, name: path, folder: folder)
    } catch {
      if let format = Self.foreignFormats[ending] {
        throw .failure(
          "'\(path)': by its name a model of \(format), which Apus does not read; give the .pt, .ckpt"
            + " or .onnx file it was made from")
      }
      throw .failure("\(error)")
    }
    if graph.card.sourceHash.isEmpty { graph.card.sourceHash = Digest.sha256(bytes) }
    source = .onnx
  }

  /// SHA-256 of the file the weights came from, in hexadecimal.
  public var sourceHash: String { graph.card.sourceHash }

  init(path: String, source: Source, graph: Graph) {
    self.path = path
    self.source = source
    self.graph = graph
  }

  private static func checkpoint(
    _ bytes: [UInt8], _ format: CheckpointFormat, path: String
  ) throws(ApusError) -> DetectorCheckpoint {
    do {
      if case .safetensors = format {
        return try DetectorCheckpoint(tensors: SafetensorsFile(bytes: bytes, file: path).tensors)
      }
      return try DetectorCheckpoint(TorchCheckpoint(bytes: bytes, file: path))
    } catch let error as CheckpointError {
      throw .failure("\(error)")
    } catch let error as FamilyError where error.code == .wrongFamily {
      throw .failure(
        "'\(path)': \(error); export it to ONNX with the tool it was trained with, and give that file"
      )
    } catch {
      throw .failure("'\(path)': \(error)")
    }
  }

  /// Formats other tools write, by the ending of the file.
  private static let foreignFormats = [
    "bin": "ncnn", "param": "ncnn", "engine": "TensorRT", "plan": "TensorRT", "trt": "TensorRT",
    "tflite": "TensorFlow Lite", "pb": "TensorFlow", "h5": "Keras", "keras": "Keras",
    "mlmodel": "Core ML", "xml": "OpenVINO", "weights": "Darknet", "cfg": "Darknet",
    "torchscript": "TorchScript", "mnn": "MNN", "safetensors": "safetensors weights",
  ]

  private static func read(_ path: String) throws(ApusError) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .failure("'\(path)': no such file; give the path of a .pt, .ckpt or .onnx file")
    }
    guard !isFolder.boolValue else {
      throw .failure("'\(path)': is a folder; give the path of a .pt, .ckpt or .onnx file")
    }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .failure("'\(path)': cannot be read: \(error.localizedDescription)")
    }
  }

}

/// The size of the input a checkpoint's graph is built for.
public enum ModelInput: Sendable {
  /// Batch, height and width are symbols, known when the graph runs.
  case symbolic
  /// The given size, nil for the family's own, and a batch; nil leaves that open.
  case fixed(height: Int?, width: Int?, batch: Int?)

  /// Refuses sizes the network does not take.
  func check(_ network: DetectorNetwork) throws(ApusError) {
    guard case .fixed(let height, let width, _) = self else { return }
    let stride = network.sideMultiple
    for (name, size) in [("height", height), ("width", width)] {
      guard let size else { continue }
      if let only = network.onlyInputSide, size != only {
        throw .usage("the input's \(name) is \(size), but this network takes \(only) alone")
      }
      guard size % stride != 0 else { continue }
      throw .usage(
        "the input's \(name) is \(size), but must be a multiple of \(stride), such as"
          + " \(max(1, (size + stride / 2) / stride) * stride)")
    }
  }

  func size(for network: DetectorNetwork) -> NetworkInput {
    switch self {
    case .symbolic:
      network.onlyInputSide.map {
        NetworkInput(batch: .symbol("batch"), height: .fixed($0), width: .fixed($0))
      } ?? .symbolic
    case .fixed(let height, let width, let batch):
      NetworkInput(
        batch: batch.map(Dimension.fixed) ?? .symbol("batch"),
        height: .fixed(height ?? network.defaultInputSide),
        width: .fixed(width ?? network.defaultInputSide))
    }
  }
}
