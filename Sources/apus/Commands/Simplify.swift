import ApusToolkit
import ArgumentParser

/// `apus simplify`.
struct Simplify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simplify",
    abstract: "Fold, merge and remove nodes of an ONNX file, and check that it computes the same.",
    discussion: """
      Both models are run on random inputs and must agree. The table counts operators before and after.

      Examples:
        apus simplify yolov5n.onnx simple.onnx
        apus simplify yolov5n.onnx simple.onnx --check 10 --explain
      """)

  @Argument(help: "The ONNX file to read.")
  var input: String

  @Argument(help: "The ONNX file to write.")
  var output: String

  @Option(name: .customLong("check"), help: "Random inputs to run both models on.")
  var checks = 3

  @Option(help: "ONNX operator set to write, 9 to 22. (default: the file's own)")
  var opset: Int?

  @Flag(help: "List why passes left nodes alone.")
  var explain = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (0...10_000).contains(checks) else {
      throw ValidationError("--check is \(checks), but must be from 0 to 10000.")
    }
    if let opset, !(9...22).contains(opset) {
      throw ValidationError("--opset is \(opset), but must be from 9 to 22.")
    }
  }

  func run() throws {
    let model = try Model(path: input)
    var progress = ProgressLine("checks", total: checks)
    let (report, simplified) = try ModelSimplification.simplify(
      model, checks: checks, explains: explain
    ) { progress.advance() }
    progress.finish()
    try simplified.writeONNX(to: output, opset: opset)
    if json {
      try JSONOutput.print(report)
      return
    }
    var table = TextTable([("operator", .left), ("before", .right), ("after", .right)])
    for row in report.operators { table.add([row.name, "\(row.before)", "\(row.after)"]) }
    table.add(["all", "\(report.nodesBefore)", "\(report.nodesAfter)"])
    print(table.text)
    print("")
    for pass in report.passes { print("\(pass.name): \(pass.patches)") }
    for miss in report.misses { print("\(miss.pass) at '\(miss.node)': \(miss.reason)") }
    if checks > 0 {
      print(
        "equal on \(checks) random inputs; greatest difference \(report.greatestDifference)"
          + " of the output's range")
    }
    print("written to \(output)")
  }
}
