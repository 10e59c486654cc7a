import ApusToolkit
import ArgumentParser

/// `apus inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model file is: family, size, classes, parameters, anchors, operators.",
    discussion: """
      Reads PyTorch checkpoints (.pt, .pth, .ckpt) without running the code pickled in them, and ONNX files.

      Examples:
        apus inspect yolov5n.pt
        apus inspect yolov5n.onnx --json
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let inspection = ModelInspection(try Model(path: model))
    try StandardOutput.print(inspection, json: json)
  }
}
