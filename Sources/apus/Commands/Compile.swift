import ApusToolkit
import ArgumentParser

/// `apus compile`.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile a model for this machine's processor and one input size, as a plan file.",
    discussion: """
      A plan file is loaded in a moment: its weights are packed as the kernels read them and stay in the file. It \
      is for processors that have the instruction set it was compiled for, which APUS_ISA may lower. On others it is \
      compiled anew each time it is loaded, from the model that the file also holds, and a note says so; \
      --no-portable leaves that out of the file, which is then refused there. apus inspect lists the steps, apus run \
      runs the plan on tensors, apus bench measures it.

      With --pixels the plan takes 8-bit pixels and gives the elements of its heads, as apus detect runs a network: \
      floats at both ends take more memory than all of an int8 network between them.

      Examples:
        apus compile yolov5n.pt --to yolov5n.apus
        apus compile yolov5n.onnx --to yolov5n-480x640.apus --image-size 480x640 --batch 2
        apus compile yolov5s.pt --to yolov5s-bf16.apus --precision bf16
        apus compile yolov5s-int8.onnx --to yolov5s.apus --pixels
        APUS_ISA=avx2 apus compile yolov5n.pt --to yolov5n-avx2.apus
        apus compile yolov5n.pt --to yolov5n-here.apus --no-portable
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String

  @Option(name: [.customLong("to"), .short], help: "The plan file to write, FILE.apus.")
  var to: String

  @Option(
    name: .long,
    help: "Side of the input, or HEIGHTxWIDTH, where the model leaves it open. (default: its own)")
  var imageSize: ImageSize?

  @Option(help: "Pictures of one run. (default: as the model has it, 1)")
  var batch: Int?

  @Option(help: "What feature maps of a float network are held as: fp32 or bf16.")
  var precision = Benchmark.Precision.fp32

  @Flag(help: "Take 8-bit pixels and give the elements of the heads, in place of float32 tensors.")
  var pixels = false

  @Flag(
    inversion: .prefixedNo,
    help: "Keep the model in the file too, so that processors of other instruction sets can run it."
  )
  var portable = true

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let batch, !(1...1024).contains(batch) {
      throw ValidationError("--batch is \(batch), but must be from 1 to 1024.")
    }
    guard to.hasSuffix(".apus") else {
      throw ValidationError("--to is '\(to)', but the name of a plan file ends in .apus.")
    }
  }

  func run() throws {
    let summary = try PlanModel.compile(
      path: model, to: to, batch: batch, inputSize: imageSize.map { ($0.height, $0.width) },
      precision: precision, takesPixels: pixels, isPortable: portable)
    if json { return try StandardOutput.print(json: summary) }
    try StandardOutput.print(
      "\(to)  for \(summary.isa), \(summary.steps.count) steps, \(summary.constantBytes) bytes of"
        + " weights, \(summary.arenaBytes) bytes of memory, "
        + (portable ? "\(summary.portableBytes) bytes of portable model" : "no portable model"))
  }
}
