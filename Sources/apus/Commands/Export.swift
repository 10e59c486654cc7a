public import ApusToolkit
public import ArgumentParser
import Foundation

/// `apus export`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the network of a checkpoint (or of an ONNX file) as ONNX.",
    discussion: """
      The heads are written raw, one output for each level, as chips want them; --heads decoded appends the \
      decoding, --heads end2end suppression as well: boxes of one class that overlap become one (rows of \
      picture, x1, y1, x2, y2, class, score), or for YOLOv10 the best boxes are chosen (x1, y1, x2, y2, score, \
      class). Anchors, strides, class names and the preprocess specification travel in the file's metadata. \
      Normalisation is folded into the convolutions.

      With --half the network is rounded to float16; its input, its outputs and all that follows the raw heads \
      stay float32.

      Examples:
        apus export yolov5n.pt
        apus export yolov5n.pt --to net.onnx --image-size 416 --opset 11
        apus export yolov5n.pt --dynamic
        apus export yolov5n.pt --heads end2end --conf 0.4 --max-detections 100 --half
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String?

  @Option(name: .customLong("from"), help: "The same as the argument.")
  var from: String?

  @Option(
    name: [.customLong("to"), .short],
    help: "The ONNX file to write. (default: beside the model; replaces nothing)")
  var to: String?

  @Option(
    help: "What the outputs hold: raw, decoded or end2end. (default: as the model has them, raw)")
  var heads: ExportOptions.Heads?

  @Option(help: "ONNX operator set, 9 to 22; decoded and end2end need 11.")
  var opset = 13

  @Flag(help: "Round the network to float16.")
  var half = false

  @Option(name: .long, help: "Side of the input, or HEIGHTxWIDTH. (default: the family's own)")
  var imageSize: ImageSize?

  @Option(help: "Pictures of one run. (default: 1)")
  var batch: Int?

  @Flag(help: "Leave batch, height and width open.")
  var dynamic = false

  @Flag(name: .long, help: "Leave the batch open.")
  var dynamicBatch = false

  @Option(
    name: .customLong("conf"),
    help: "end2end: score to exceed. YOLOv10 gives out all it chose. (default: the model's own)")
  var confidence: Float?

  @Option(help: "end2end: overlap to exceed for two boxes to be one. (default: the model's own)")
  var iou: Float?

  @Option(
    name: .long,
    help: "end2end: greatest number of boxes for a picture. (default: 300; NanoDet 100)")
  var maxDetections: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (model == nil) != (from == nil) else {
      throw ValidationError("Name one model: apus export MODEL, or --from MODEL.")
    }
    guard (9...22).contains(opset) else {
      throw ValidationError("--opset is \(opset), but must be from 9 to 22.")
    }
    let first = ExportOptions.firstDecodingOpset
    if let heads, heads != .raw, opset < first {
      throw ValidationError(
        "--opset is \(opset), but --heads \(heads.rawValue) needs at least \(first).")
    }
    try validateInput()
    try validateThresholds()
  }

  private func validateInput() throws {
    if dynamic, imageSize != nil {
      throw ValidationError("--dynamic and --image-size exclude one another.")
    }
    guard let batch else { return }
    if dynamic || dynamicBatch {
      throw ValidationError(
        "--batch and \(dynamic ? "--dynamic" : "--dynamic-batch") exclude one another.")
    }
    guard (1...1024).contains(batch) else {
      throw ValidationError("--batch is \(batch), but must be from 1 to 1024.")
    }
  }

  private func validateThresholds() throws {
    for (name, isGiven) in [
      ("--conf", confidence != nil), ("--iou", iou != nil),
      ("--max-detections", maxDetections != nil),
    ] where isGiven && heads != .end2end {
      throw ValidationError("\(name) needs --heads end2end: other heads leave suppression to you.")
    }
    for (name, value) in [("--conf", confidence), ("--iou", iou)] {
      guard let value, !(0...1).contains(value) else { continue }
      throw ValidationError("\(name) is \(value), but must be from 0 to 1.")
    }
    if let maxDetections, !(1...100_000).contains(maxDetections) {
      throw ValidationError(
        "--max-detections is \(maxDetections), but must be from 1 to 100000.")
    }
  }

  func run() throws {
    let path = model ?? from ?? ""
    let input: ModelInput =
      dynamic
      ? .symbolic
      : .fixed(
        height: imageSize?.height, width: imageSize?.width,
        batch: dynamicBatch ? nil : batch ?? 1)
    let model = try Model(path: path, input: input)
    if case .onnx = model.source, imageSize != nil || dynamic || dynamicBatch || batch != nil {
      throw ApusError.usage(
        "'\(path)': an ONNX file brings its own input; give the checkpoint it was made from to choose"
          + " another")
    }
    let target = try to ?? ModelExport.file(beside: path, ending: ".onnx", option: "--to")
    let exported = try ModelExport.onnx(model, to: target, options: options)
    try StandardOutput.print(exported, json: json)
  }

  private var options: ExportOptions {
    var options = ExportOptions()
    options.opset = opset
    options.heads = heads
    options.isHalf = half
    options.confidence = confidence
    options.iou = iou
    options.maxDetections = maxDetections
    return options
  }
}

extension ExportOptions.Heads: ExpressibleByArgument {}
