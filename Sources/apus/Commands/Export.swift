import ApusToolkit
import ArgumentParser
import Foundation

/// `apus export`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the network of a checkpoint (or of an ONNX file) as ONNX.",
    discussion: """
      The heads are written raw, one output for each level, as chips want them; anchors, strides, class names \
      and the preprocess specification travel in the file's metadata. Normalisation is folded into the \
      convolutions.

      Examples:
        apus export yolov5n.pt
        apus export yolov5n.pt --to net.onnx --image-size 416 --opset 11
        apus export yolov5n.pt --dynamic
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String?

  @Option(name: .customLong("from"), help: "The same as the argument.")
  var from: String?

  @Option(
    name: [.customLong("to"), .short],
    help: "The ONNX file to write. (default: beside the model; replaces nothing)")
  var to: String?

  @Option(help: "ONNX operator set, 9 to 22.")
  var opset = 13

  @Option(name: .long, help: "Side of the input, or HEIGHTxWIDTH. (default: the family's own)")
  var imageSize: ImageSize?

  @Flag(help: "Leave batch, height and width open.")
  var dynamic = false

  @Flag(name: .long, help: "Leave the batch open.")
  var dynamicBatch = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (model == nil) != (from == nil) else {
      throw ValidationError("Name one model: apus export MODEL, or --from MODEL.")
    }
    guard (9...22).contains(opset) else {
      throw ValidationError("--opset is \(opset), but must be from 9 to 22.")
    }
    if dynamic, imageSize != nil {
      throw ValidationError("--dynamic and --image-size exclude one another.")
    }
  }

  func run() throws {
    let path = model ?? from ?? ""
    let input: ModelInput =
      dynamic
      ? .symbolic
      : .fixed(height: imageSize?.height, width: imageSize?.width, dynamicBatch: dynamicBatch)
    let model = try Model(path: path, input: input)
    if case .onnx = model.source, imageSize != nil || dynamic || dynamicBatch {
      throw ApusError.usage(
        "'\(path)': an ONNX file brings its own input; give the checkpoint it was made from to choose"
          + " another")
    }
    let target = try to ?? ModelExport.file(beside: path, ending: ".onnx", option: "--to")
    let exported = try ModelExport.onnx(model, to: target, opset: opset)
    try StandardOutput.print(exported, json: json)
  }
}
