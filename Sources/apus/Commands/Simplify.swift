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
    try ModelExport.checkTarget(output, of: input)
    var progress = ProgressLine("checks", total: checks)
    let (report, simplified) = try ModelSimplification.simplify(
      model, checks: checks, explains: explain
    ) { progress.advance() }
    progress.finish()
    try simplified.writeONNX(to: output, opset: opset)
    if json {
      try StandardOutput.print(json: report)
    } else {
      try StandardOutput.print(text(of: report))
    }
  }

  private func text(of report: ModelSimplification) -> String {
    var table = TextTable([("operator", .left), ("before", .right), ("after", .right)])
    for row in report.operators { table.add([row.name, "\(row.before)", "\(row.after)"]) }
    table.add(["all", "\(report.nodesBefore)", "\(report.nodesAfter)"])
    var lines = [table.text, ""]
    lines += report.passes.map { "\($0.name): \($0.patches)" }
    lines += report.misses.map { "\($0.pass) at '\($0.node)': \($0.reason)" }
    if let reason = report.unchecked {
      lines.append("not checked on random inputs: \(reason)")
    } else if report.checks > 0 {
      lines.append(
        "equal on \(report.checks) random inputs; greatest difference \(report.greatestDifference)"
          + " of the output's range")
    }
    lines.append("written to \(output)")
    return lines.joined(separator: "\n")
  }
}
