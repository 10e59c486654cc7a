import ApusToolkit
import ArgumentParser
import Foundation

/// `apus cut`.
struct Cut: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut",
    abstract: "Cut a detector at its heads, which are found by structure, and say why.",
    discussion: """
      Chips run the network up to the heads; decoding and suppression stay with the caller. Works on exports \
      with one decoded output, with three outputs, and end to end.

      Examples:
        apus cut yolov5n.onnx heads.onnx
        apus cut odd.onnx heads.onnx --outputs conv_24,conv_31,conv_38
      """)

  @Argument(help: "The ONNX file to read.")
  var input: String

  @Argument(help: "The ONNX file to write. (default: <input>-heads.onnx; replaces nothing)")
  var output: String?

  @Option(help: "Names of the values to cut at, separated by commas.")
  var outputs: String?

  @Option(help: "ONNX operator set to write, 9 to 22. (default: the file's own)")
  var opset: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let outputs, outputs.split(separator: ",").isEmpty {
      throw ValidationError("--outputs names no value; separate the names by commas.")
    }
    if let opset, !(9...22).contains(opset) {
      throw ValidationError("--opset is \(opset), but must be from 9 to 22.")
    }
  }

  func run() throws {
    let names = outputs?.split(separator: ",").map(String.init) ?? []
    let model = try Model(path: input)
    let target =
      try output ?? ModelExport.file(beside: input, ending: "-heads.onnx", option: "OUTPUT")
    try ModelExport.checkTarget(target, of: input)
    let (report, cut) = try ModelCut.cut(model, outputs: names)
    try cut.writeONNX(to: target, opset: opset)
    if json {
      try StandardOutput.print(json: report)
    } else {
      try StandardOutput.print("\(report)\nwritten to \(target)")
    }
  }
}
