import ApusToolkit
public import ArgumentParser

/// `apus anchors show`.
struct AnchorsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the anchors of a model in cells, in pixels and as C initialisers.",
    discussion: """
      Checkpoints hold anchors in cells; pixels are cells times stride, with all digits, and in C whole pixels, \
      halves rounded away from zero. Of an ONNX file with decoded boxes the anchors are read from the boxes that its \
      graph makes. Whether they are the defaults for COCO is told by their values.

      --as prints one list alone: c, an array; rknn, a number a line; yaml, for YOLOv5's model files; text, for \
      --anchors of other commands.

      Examples:
        apus anchors show yolov5n.pt
        apus anchors show best.onnx --as c
        apus anchors show best.pt --as rknn > anchors.txt
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String

  @Option(name: .customLong("as"), help: "Print one list alone.")
  var form: AnchorListing?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if json, form != nil { throw ValidationError("--json and --as exclude one another.") }
  }

  func run() throws {
    let report = try AnchorReport(Model(path: model))
    if let form {
      try StandardOutput.print(form.text(report))
    } else {
      try StandardOutput.print(report, json: json)
    }
  }
}

extension AnchorListing: ExpressibleByArgument {}
