import ApusToolkit
import ArgumentParser

/// `apus inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model file is: family, size, classes, parameters, anchors, operators.",
    discussion: """
      Reads PyTorch checkpoints (.pt, .pth, .ckpt) without running the code pickled in them, weights alone \
      (.safetensors), and ONNX files.

      Examples:
        apus inspect yolov5n.pt
        apus inspect yolov5n.onnx --json
        apus inspect yolov5n.onnx --html yolov5n.html
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write a page that shows the graph: blocks, shapes, parameters, computation, proposed cut.",
      valueName: "file"))
  var html: String?

  func run() throws {
    if let html { try ModelExport.checkTarget(html, of: model) }
    let model = try Model(path: model)
    if let html { try ModelPage(model).write(to: html) }
    let inspection = ModelInspection(model)
    try StandardOutput.print(inspection, json: json)
  }
}
