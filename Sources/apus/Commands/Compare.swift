import ApusMetrics
import ApusToolkit
import ArgumentParser
import Foundation

/// `apus compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Set models or results side by side, and say which differences are sure.",
    discussion: """
      Each of A B … is a model, which is run as apus val runs it, or detections that were made elsewhere: COCO \
      results (.json) or a folder of YOLO text files. All are judged by one data set.

      The differences are to the first. Their intervals of 95 % come from pictures drawn again and again with \
      replacement, the same for all: where an interval has 0 in it, these pictures do not decide.

      Examples:
        apus compare yolov5n.pt yolov10n.onnx --data coco/instances_val2017.json
        apus compare before.json after.json --data data.yaml --html comparison.html
        apus compare float.json int8/ board/ --data data.yaml --resamples 2000 --json
      """)

  @Argument(
    help: ArgumentHelp(
      "Models (checkpoint, ONNX) or detections (COCO results, folder of YOLO text), two or more.",
      valueName: "model or results"))
  var inputs: [String]

  @Option(help: "The data set: a data.yaml, a COCO or LabelMe JSON, or a folder.")
  var data: String

  @Option(help: "The split to judge by. (default: val, else test, else all pictures)")
  var split: String?

  @Option(help: "How often pictures are drawn for the intervals.")
  var resamples = 1000

  @Option(help: "From what they are drawn: the same number gives the same intervals.")
  var seed: UInt64 = 0

  @Option(help: "What category_id means in results: id, index, coco, or auto, as for apus val.")
  var categoryIds: CategoryNumbering = .automatic

  @Option(help: "What a number as image_id means in results: id, name, or auto, as for apus val.")
  var imageIds: PictureNumbering = .automatic

  @Option(
    name: .long,
    help: "Side of the networks' input, or HEIGHTxWIDTH. (default: each model's own)")
  var imageSize: ImageSize?

  @Flag(
    name: .customLong("rect"), help: "Run each picture in the smallest rectangle, as apus val does."
  )
  var isRectangular = false

  @Option(name: .long, help: "Threads that share the work. (default: one for each processor)")
  var threads: Int?

  @Option(
    help: ArgumentHelp("Write a page with plots of all of it.", valueName: "file"))
  var html: String?

  @Flag(help: "Print JSON instead of the tables.")
  var json = false

  func validate() throws {
    guard (2...Comparison.limit).contains(inputs.count) else {
      throw ValidationError(
        "Name 2 to \(Comparison.limit) models or results: apus compare A B --data DATA.")
    }
    guard (100...1_000_000).contains(resamples) else {
      throw ValidationError("--resamples is \(resamples), but must be from 100 to 1000000.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), but must be from 1 to 1024.")
    }
    let models = inputs.filter { !Self.isResults($0) }
    guard models.isEmpty else { return }
    let given: [(Bool, String)] = [
      (imageSize != nil, "--image-size"), (isRectangular, "--rect"), (threads != nil, "--threads"),
    ]
    if let (_, name) = given.first(where: \.0) {
      throw ValidationError("\(name) is for models; results were made already.")
    }
  }

  func run() throws {
    if let html { for input in inputs + [data] { try OutputFile.check(html, source: input) } }
    let set = try EvaluationData(path: data, split: split)
    if let html { try OutputFile.check([html], picturesOf: set.dataset) }
    let dataPart = RunManifest.Part(set)
    let reports = try inputs.map { try report(on: $0, set, dataPart) }
    var progress = ProgressLine("resamples", total: resamples)
    var done = 0
    let comparison = try Comparison(reports, resamples: resamples, seed: seed) { count in
      while done < count {
        progress.advance()
        done += 1
      }
    }
    progress.finish()
    if let html { try ComparisonPage(comparison).write(to: html) }
    if json {
      try StandardOutput.print(json: comparison)
    } else {
      let written = html.map { "\n\nwritten to \($0)" } ?? ""
      try StandardOutput.print(ComparisonTable(comparison).text + written)
    }
  }

  /// Whether an input is detections; else it is a model.
  private static func isResults(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue || path.lowercased().hasSuffix(".json")
  }

  /// Reads or makes detections and judges them.
  private func report(
    on input: String, _ set: EvaluationData, _ dataPart: RunManifest.Part
  ) throws -> ValidationReport {
    let started = Date()
    var options = ["split": set.split ?? "all"]
    var times: StageTimes?
    let found: ResultSet
    let part: RunManifest.Part
    if Self.isResults(input) {
      found = try ResultSet(
        reading: input, on: set, pictures: imageIds, categories: categoryIds)
      part = try RunManifest.Part(results: input, found)
      options["category-ids"] = categoryIds.rawValue
      options["image-ids"] = imageIds.rawValue
    } else {
      let run = try validation(of: input, on: set)
      found = run.results
      times = run.times
      part = try RunManifest.Part(role: "model", file: input)
      options.merge(run.settings) { $1 }
    }
    return ValidationReport(
      evaluation: try Evaluation(found, on: set), times: times, peakMemory: nil,
      manifest: .gather(
        command: ["apus"] + CommandLine.arguments.dropFirst(), started: started,
        parts: [part, dataPart], options: options))
  }

  private func validation(of path: String, on set: EvaluationData) throws -> ValidationRun {
    var options = DetectionOptions.validation
    options.inputSize = imageSize.map { ($0.height, $0.width) }
    options.isRectangular = isRectangular
    options.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    var progress = ProgressLine("pictures", total: set.pictureCount)
    defer { progress.finish() }
    return try ValidationRun(Model(path: path), on: set, options: options) { _, _ in
      progress.advance()
    }
  }
}
