import ApusToolkit
import ArgumentParser
import Foundation

/// `apus sweep`.
struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Measure models over input sizes, precisions, batches, pre-processing and heads.",
    discussion: """
      Every combination is run by apus val in a process of its own, one after the other; those that cannot be run \
      are listed with the reason. DATA is what apus val takes. Lists are separated by commas; an axis that is not \
      given stays as the model has it.

      score = mAP50 x 100 + (1000 - i_time) x 0.1, i_time in ms for a picture. The best score is marked, and the \
      Pareto front: rows that no other beats in i_time and mAP50-95 at once. With --state a sweep that was ended goes \
      on where it was: a row is run again only where the model, the data set, an option, the machine or Apus changed.

      Examples:
        apus sweep yolov5n.pt data.yaml --sizes 320,416,640 --csv sweep.csv --html sweep.html
        apus sweep yolov5n.pt yolov10n.pt coco/instances_val2017.json --precision fp32,fp16 --batch 1,4
        apus sweep yolov5n.pt data.yaml --preprocess own,rect,stretch --heads raw,decoded --limit 100
        apus sweep *.pt data.yaml --sizes 480x640,640 --state sweep.json
      """)

  @Argument(
    help: ArgumentHelp(
      "Checkpoints or ONNX files, then the data set.", valueName: "models> <data"))
  var inputs: [String]

  @Option(help: "Sides of the input, or HEIGHTxWIDTH: 320,480x640.")
  var sizes: CommaList<ImageSize>?

  @Option(help: "How weights are stored: fp32,fp16. (default: fp32)")
  var precision: String?

  @Option(help: "Pictures that go through the network at once: 1,4.")
  var batch: CommaList<Int>?

  @Option(
    help:
      "How pictures are fitted: own, rect, letterbox, top-left, stretch, each alone or with +linear or +area."
  )
  var preprocess: CommaList<PreprocessVariant>?

  @Option(help: "What the outputs hold: raw,decoded,end2end.")
  var heads: CommaList<ExportOptions.Heads>?

  @Option(help: "The most pictures, taken at equal distances in the data set. (default: all)")
  var limit: Int?

  @Option(help: "The split to judge by. (default: val, else test, else all pictures)")
  var split: String?

  @Option(name: .long, help: "Threads that share the work. (default: one for each processor)")
  var threads: Int?

  @Option(name: .long, help: "A file with the names of the models' classes, one a line, or 'coco'.")
  var names: String?

  @Option(help: "Write the table as CSV.")
  var csv: String?

  @Option(help: "Write the table as a page.")
  var html: String?

  @Option(help: "Keep measured rows in this file, and take those from it that are there.")
  var state: String?

  @Flag(help: "Print JSON instead of the table.")
  var json = false

  func validate() throws {
    if inputs.count < 2 {
      throw ValidationError(
        "Name at least one model, and then the data set: apus sweep MODEL... DATA.")
    }
    for size in batch?.values ?? [] where !(1...1024).contains(size) {
      throw ValidationError("--batch has \(size), but must be from 1 to 1024.")
    }
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit), but must be at least 1.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), but must be from 1 to 1024.")
    }
    _ = try precisions()
    let outputs = [("--csv", csv), ("--html", html), ("--state", state)]
      .compactMap { name, path in path.map { (name, URL(fileURLWithPath: $0).standardized.path) } }
    for (place, (name, path)) in outputs.enumerated() {
      if let other = outputs[..<place].first(where: { $0.1 == path }) {
        throw ValidationError("\(other.0) and \(name) are the same file; name two.")
      }
    }
  }

  private func precisions() throws -> [SweepConfiguration.Precision] {
    guard let precision else { return [.fp32] }
    return try precision.split(separator: ",", omittingEmptySubsequences: false).map { word in
      if let known = SweepConfiguration.Precision(rawValue: String(word)) { return known }
      let known = SweepConfiguration.Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        word.lowercased() == "int8"
          ? "--precision int8: Apus does not quantise yet; known are \(known)."
          : "--precision has '\(word)'; known are \(known).")
    }
  }

  func run() throws {
    let (models, path) = (inputs.dropLast(), inputs[inputs.count - 1])
    for output in [csv, html, state].compactMap(\.self) {
      for input in inputs { try OutputFile.check(output, source: input) }
    }
    var axes = SweepAxes()
    axes.sizes = sizes?.values.map { .init(height: $0.height, width: $0.width) } ?? []
    axes.precisions = try precisions()
    axes.batches = batch?.values ?? []
    axes.preprocesses = preprocess?.values ?? [.own]
    axes.heads = heads?.values ?? []
    let plan = try SweepPlan(axes, models: models.map { try SweepModel(reading: $0) })
    let data = try EvaluationData(path: path, split: split, limit: limit)
    let context = SweepState.Context.gather(data, settings: try settings())
    var known = try state.map { path throws(ApusError) in
      try SweepState(path: path, context: context)
    }
    let process = SweepProcess(executable: try Self.executable(), data: path, options: options)
    var progress = ProgressLine("configurations", total: plan.remaining(after: known))
    let table = try SweepRun.run(
      plan, state: &known,
      measure: { configuration throws(ApusError) in try process.measure(configuration) },
      progress: { _ in progress.advance() })
    progress.finish()
    if let csv { try AtomicFile.write(table.csv.utf8, to: csv) }
    if let html { try AtomicFile.write(page(table, context).utf8, to: html) }
    if json { try StandardOutput.print(json: table) } else { try StandardOutput.print(text(table)) }
    guard table.failures.isEmpty else {
      let count = plan.configurations.count
      throw ApusError.failure(
        "\(table.failures.count) of \(count) configurations failed:\n"
          + table.failures.map { "  \($0.configuration): \($0.message)" }.joined(separator: "\n"))
    }
  }

  /// The program that runs, whatever it was called by.
  private static func executable() throws -> URL {
    guard let path = Bundle.main.executablePath else {
      throw ApusError.failure("the path of the running apus cannot be told; start it by its path")
    }
    return URL(fileURLWithPath: path)
  }

  /// Options for every row.
  private var options: [String] {
    [
      ("--split", split), ("--limit", limit.map { "\($0)" }),
      ("--threads", threads.map { "\($0)" }), ("--names", names),
    ].flatMap { name, value in value.map { [name, $0] } ?? [] }
  }

  /// What rows depend on beside what the data set and the configuration say.
  private func settings() throws -> [String: String] {
    var settings = ["threads": "\(threads ?? ProcessInfo.processInfo.activeProcessorCount)"]
    if let names { settings["names"] = try ClassNameFile.read(names).joined(separator: "\n") }
    return settings
  }

  private func page(_ table: SweepTable, _ context: SweepState.Context) -> String {
    var facts = [
      ("command", (["apus"] + CommandLine.arguments.dropFirst()).joined(separator: " ")),
      ("version", context.version), ("data set, SHA-256", context.data),
    ]
    facts += context.settings.filter { $0.key != "names" }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
    facts += context.machine.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return SweepPage(table, data: inputs[inputs.count - 1], facts: facts).text
  }

  private func text(_ table: SweepTable) -> String {
    var parts: [String] = []
    if !table.rows.isEmpty {
      let columns = table.shownColumns
      var lines = TextTable(
        [("row", .right)]
          + columns.map { ($0.title, $0.isNumber ? TextTable.Alignment.right : .left) })
      for row in table.rows.indices {
        lines.add(["\(row + 1)"] + columns.map { $0.texts[row] })
      }
      parts.append(lines.text)
      let constant = table.constantAxes.map { "\($0.title) \($0.texts.first ?? "")" }
      if !constant.isEmpty { parts.append("in every row: " + constant.joined(separator: ", ")) }
      let recalled = table.rows.count { $0.isRecalled }
      if let state, recalled > 0 { parts.append("\(recalled) rows taken from \(state)") }
    }
    if !table.exclusions.isEmpty {
      parts.append(
        "left out:\n"
          + SweepPlan.Exclusion.summary(table.exclusions).map { "  \($0)" }
          .joined(separator: "\n"))
    }
    let written = [csv, html].compactMap(\.self)
    if !written.isEmpty { parts.append("written to " + written.joined(separator: ", ")) }
    return parts.joined(separator: "\n\n")
  }
}
