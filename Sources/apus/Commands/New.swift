import ApusToolkit
import ArgumentParser

/// `apus new`.
struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a published network with new weights, as upstream initialises them.",
    discussion: """
      The weights keep upstream's names. The same seed gives the same file. `apus models` lists the networks. \
      `apus anchors fit` finds --anchors for a data set.

      Examples:
        apus new yolov5n --output net.onnx
        apus new yolov10s --classes names.txt --seed 7 -o net.onnx
        apus new yolov7 --form training -o train.onnx
        apus new yolov5n --classes names.txt --anchors 5,6,9,17,24,12/30,41,55,28,52,90/110,70,120,180,300,240 -o net.onnx
      """)

  /// What the network is for.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case inference, training
  }

  @Argument(help: "The network, such as yolov10s.")
  var name: String

  @Option(
    name: [.customLong("output"), .customLong("to"), .short],
    help: "The ONNX file to write.")
  var output: String

  @Option(help: "Class names, one a line, or coco.")
  var classes = "coco"

  @Option(help: "What the weights follow from.")
  var seed: UInt64 = 0

  @Option(
    help: "inference: the branches used after training; training: all, normalised by the batch.")
  var form = Form.inference

  @Option(name: .long, help: "Side of the input, or HEIGHTxWIDTH. (default: the published one)")
  var imageSize: ImageSize?

  @Option(
    help:
      "Anchors in pixels, finest level first: 10,13,16,30,33,23/30,61,.../... (default: COCO's)"
  )
  var anchors: String?

  @Flag(help: "Leave batch, height and width open.")
  var dynamic = false

  @Option(help: "ONNX operator set, 9 to 22; 14 or later for the training form.")
  var opset = 17

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (9...22).contains(opset) else {
      throw ValidationError("--opset is \(opset), but must be from 9 to 22.")
    }
    if form == .training, opset < 14 {
      throw ValidationError("--form training needs --opset 14 or later.")
    }
    if dynamic, imageSize != nil {
      throw ValidationError("--dynamic and --image-size exclude one another.")
    }
  }

  func run() throws {
    let model = try Model(
      new: name, classNames: ClassNameFile.read(classes), seed: seed, training: form == .training,
      input: dynamic
        ? .symbolic
        : .fixed(height: imageSize?.height, width: imageSize?.width, batch: 1),
      anchors: anchors)
    try StandardOutput.print(
      try ModelExport.write(model, to: output, opset: opset), json: json)
  }
}
