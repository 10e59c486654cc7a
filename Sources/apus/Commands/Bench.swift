import ApusToolkit
public import ArgumentParser
import Foundation

/// `apus bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast a network runs, what memory it takes, and where the time goes.",
    discussion: """
      A run goes from inputs in the network's memory to outputs there; reading pictures and decoding boxes are not in \
      it. With --pixels, or of a plan made with it, writing the pixels of a picture of the input's size is in it. Of a network on one thread, processor time says more than latency where other programs run as well.

      --compare ends with 1 where the least latency is greater than that of an earlier report (made with --json) by more \
      than --tolerance. --profile measures each step: a table, the same as JSON, or a trace for chrome://tracing \
      and Perfetto, told by the name FILE.trace.json.

      Examples:
        apus bench yolov5n.pt --threads 2
        apus bench yolov5n.pt --json > before.json
        apus bench yolov5n.pt --compare before.json --tolerance 0.05
        apus bench yolov5n.onnx --profile table
        apus bench yolov5n.onnx --profile yolov5n.trace.json
      """)

  @Argument(help: "A checkpoint, an ONNX file or a plan file.")
  var model: String

  @Option(name: .long, help: "Threads that share the work.")
  var threads = 1

  @Option(help: "Pictures of one run. (default: as the model has it, 1)")
  var batch: Int?

  @Option(
    name: .long,
    help: "Side of the input, or HEIGHTxWIDTH, where the model leaves it open. (default: its own)")
  var imageSize: ImageSize?

  @Option(help: "What feature maps are computed in: fp32 or bf16.")
  var precision = Benchmark.Precision.fp32

  @Flag(
    help: "Measure from 8-bit pixels to the elements of the heads, in place of float32 tensors.")
  var pixels = false

  @Option(help: "Runs before those that count.")
  var warmup = 5

  @Option(help: "Runs that count.")
  var runs = 50

  @Option(
    help: ArgumentHelp(
      "Show the time of every step, or write it to a file: table, FILE.json or FILE.trace.json.",
      valueName: "table or file"))
  var profile: BenchProfile?

  @Option(help: ArgumentHelp("Compare with an earlier report.", valueName: "file"))
  var compare: String?

  @Option(help: "With --compare: the part by which the least latency may grow. (default: 0.05)")
  var tolerance: Double?

  @Flag(
    help:
      "Answer lines 'run K' of standard input with the times of K runs, as one line of JSON each."
  )
  var serve = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    for (name, value, range) in [
      ("--threads", threads, 1...1024), ("--batch", batch ?? 1, 1...1024),
      ("--warmup", warmup, 0...100_000), ("--runs", runs, 1...100_000),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) is \(value), but must be from \(range.lowerBound) to \(range.upperBound).")
    }
    if let tolerance {
      guard compare != nil else { throw ValidationError("--tolerance is for --compare.") }
      guard (0...100).contains(tolerance) else {
        throw ValidationError("--tolerance is \(tolerance), but must be from 0 to 100.")
      }
    }
    if serve {
      for (name, isGiven) in [
        ("--profile", profile != nil), ("--compare", compare != nil), ("--json", json),
      ] where isGiven {
        throw ValidationError("--serve and \(name) exclude one another.")
      }
    }
  }

  func run() throws {
    if let file = profile?.file {
      for source in [model] + (compare.map { [$0] } ?? []) {
        try OutputFile.check(file, source: source)
      }
    }
    let baseline = try compare.map { path throws(ApusError) in try BenchmarkReport(path: path) }
    var options = Benchmark.Options()
    options.threads = threads
    options.batch = batch
    options.inputSize = imageSize.map { ($0.height, $0.width) }
    options.precision = precision
    options.takesPixels = pixels
    let benchmark = try Benchmark(path: model, options: options, note: StandardError.note)
    if serve { return try BenchServer(benchmark, warmup: warmup).run() }
    var report = try measure(benchmark)
    if let compare, let baseline {
      report.comparison = try BenchmarkComparison(
        report, before: baseline, path: compare, tolerance: tolerance ?? 0.05)
    }
    if let profile {
      let steps = try benchmark.profile(min(runs, 20))
      try profile.write(steps)
      if profile.file == nil { report.profile = steps }
    }
    try show(report)
    if let comparison = report.comparison, comparison.isSlower { throw ExitCode(1) }
  }

  private func measure(_ benchmark: Benchmark) throws -> BenchmarkReport {
    var progress = ProgressLine("runs", total: warmup + runs)
    defer { progress.finish() }
    var samples = Benchmark.Samples()
    for index in 0..<(warmup + runs) {
      let sample = try benchmark.run(1)
      if index >= warmup { samples.append(sample) }
      progress.advance()
    }
    return BenchmarkReport(benchmark, samples, warmup: warmup)
  }

  private func show(_ report: BenchmarkReport) throws {
    if json { return try StandardOutput.print(json: report) }
    var parts = [report.description]
    if let steps = report.profile { parts.append(BenchTables.text(steps)) }
    if let comparison = report.comparison { parts.append(BenchTables.text(comparison)) }
    if let file = profile?.file { parts.append("written to \(file)") }
    try StandardOutput.print(parts.joined(separator: "\n\n"))
  }
}

extension Benchmark.Precision: ExpressibleByArgument {}

/// Where the profile of the steps goes.
enum BenchProfile: ExpressibleByArgument {
  case table
  case json(String)
  case trace(String)

  init?(argument: String) {
    let name = argument.lowercased()
    if name == "table" {
      self = .table
    } else if name.hasSuffix(".trace.json") {
      self = .trace(argument)
    } else if name.hasSuffix(".json") {
      self = .json(argument)
    } else {
      return nil
    }
  }

  /// The file to write; nil for the table.
  var file: String? {
    switch self {
    case .table: nil
    case .json(let file), .trace(let file): file
    }
  }

  /// Writes the file, where there is one.
  func write(_ steps: StepProfile) throws {
    switch self {
    case .table: break
    case .json(let file): try StandardOutput.write(json: steps, to: file)
    case .trace(let file): try AtomicFile.write(try steps.trace, to: file)
    }
  }
}
