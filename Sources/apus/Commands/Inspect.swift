import ApusToolkit
import ArgumentParser

/// `apus inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model file is: family, size, classes, parameters, anchors, operators.",
    discussion: """
      Reads PyTorch checkpoints (.pt, .pth, .ckpt) without running the code pickled in them, weights alone \
      (.safetensors), and ONNX files. Of a plan file (.apus) it lists the steps.

      Examples:
        apus inspect yolov5n.pt
        apus inspect yolov5n.onnx --json
        apus inspect yolov5n.onnx --html yolov5n.html
      """)

  @Argument(help: "A checkpoint, an ONNX file, or a plan file of apus compile.")
  var model: String

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write a page that shows the graph: blocks, shapes, parameters, computation, proposed cut.",
      valueName: "file"))
  var html: String?

  func run() throws {
    if PlanModel.isPlan(model) {
      guard html == nil else {
        throw ApusError.usage(
          "'\(model)' is a plan file, which has no graph to show; give the model it was compiled from, or"
            + " leave --html out")
      }
      return try StandardOutput.print(PlanSummary(path: model), json: json)
    }
    if let html { try ModelExport.checkTarget(html, of: model) }
    let model = try Model(path: model)
    if let html { try ModelPage(model).write(to: html) }
    let inspection = ModelInspection(model)
    try StandardOutput.print(inspection, json: json)
  }
}
