import ApusToolkit
import ArgumentParser

/// `apus run`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on tensors from a safetensors file and keep its outputs.",
    discussion: """
      Inputs and outputs go by the names they have in the model. The graph runs as it stands: use this to \
      compare executors with one another and with other runtimes. `apus bench` measures.

      Examples:
        apus run yolov5n.onnx --input images.safetensors --output heads.safetensors
        apus run yolov5n.onnx --input images.safetensors --output oracle.safetensors --executor interpreter
        apus run yolov5n.apus --input images.safetensors --output heads.safetensors --threads 2
      """)

  @Argument(help: "A checkpoint, an ONNX file, or a plan file of apus compile.")
  var model: String

  @Option(name: .shortAndLong, help: "A safetensors file with a tensor for every input.")
  var input: String

  @Option(name: .shortAndLong, help: "The safetensors file to write.")
  var output: String

  @Option(
    help: "What runs the graph: compiled or interpreter.",
    transform: { text in
      guard let executor = ModelRun.Executor(rawValue: text) else {
        throw ValidationError("'\(text)' is no executor; give compiled or interpreter.")
      }
      return executor
    })
  var executor = ModelRun.Executor.compiled

  @Option(name: .long, help: "Threads that share the work.")
  var threads = 1

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads is \(threads), but must be from 1 to 1024.")
    }
  }

  func run() throws {
    if PlanModel.isPlan(model) {
      guard executor == .compiled else {
        throw ApusError.usage(
          "'\(model)' is a plan file, which the \(executor.rawValue) does not run; give the model it was"
            + " compiled from, or leave --executor out")
      }
      let result = try PlanModel.run(
        path: model, inputs: input, outputs: output, threads: threads, note: StandardError.note)
      return try StandardOutput.print(result, json: json)
    }
    let result = try ModelRun.run(
      Model(path: model), inputs: input, outputs: output, executor: executor, threads: threads)
    try StandardOutput.print(result, json: json)
  }
}
