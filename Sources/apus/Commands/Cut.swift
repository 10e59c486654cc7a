import ApusToolkit
import ArgumentParser
import Foundation

/// `apus cut`.
struct Cut: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut",
    abstract: "Cut a detector at its heads, which are found by structure, and say why.",
    discussion: """
      Chips run the network up to the heads; decoding and suppression stay with the caller. Works on exports
      with one decoded output, with three outputs, and end to end.

      Examples:
        apus cut yolov5n.onnx heads.onnx
        apus cut odd.onnx heads.onnx --outputs conv_24,conv_31,conv_38
      """)

  @Argument(help: "The ONNX file to read.")
  var input: String

  @Argument(help: "The ONNX file to write. (default: <input>-heads.onnx)")
  var output: String?

  @Option(help: "Names of the values to cut at, separated by commas.")
  var outputs: String?

  @Option(help: "ONNX operator set to write, 9 to 22. (default: the file's own)")
  var opset: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let opset, !(9...22).contains(opset) {
      throw ValidationError("--opset is \(opset), but must be from 9 to 22.")
    }
  }

  func run() throws {
    let names = outputs?.split(separator: ",").map(String.init) ?? []
    let target = output ?? (input as NSString).deletingPathExtension + "-heads.onnx"
    let (report, cut) = try ModelCut.cut(Model(path: input), outputs: names)
    try cut.writeONNX(to: target, opset: opset)
    if json {
      try JSONOutput.print(report)
    } else {
      print(report)
      print("written to \(target)")
    }
  }
}
