import ApusBoxes
import ApusDatasets
import ApusMetrics
public import ApusToolkit
public import ArgumentParser
import Foundation

/// `apus val`.
struct Val: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "val",
    abstract: "Measure how well a model, or a file of detections, finds the objects of a data set.",
    discussion: """
      DATA is a data.yaml, a COCO or LabelMe JSON, or the folder of a data set. The measures are COCO's twelve, \
      equal to pycocotools', and YOLOv5's P, R, mAP@.5 and mAP@.5:.95. A model runs as its family's own \
      validation does: YOLO at scores above 0.001 and overlaps of 0.6 (YOLOv7 0.65), 300 boxes; NanoDet at \
      0.05, 0.6 and 100. Classes of model and data set are the same where their names are.

      --results takes detections made elsewhere, such as on a board: COCO results, a JSON list of image_id, \
      category_id, bbox [x, y, width, height] and score, or a folder of YOLO text files, class x y w h \
      confidence, one for each picture. image_id is the picture's id or name.

      i_time is the mean of pre-process, inference and post-process in ms for a picture, and score = \
      mAP@.5 x 100 + (1000 - i_time) x 0.1 with YOLO's mAP.

      Examples:
        apus val yolov5n.pt coco/instances_val2017.json
        apus val yolov5n.pt data.yaml --rect --batch 8 --per-class
        apus val yolov5n.onnx data.yaml --save-results found.json --output report
        apus val yolov5n.pt data.yaml --save-thresholds best.json --goal precision=0.9
        apus val --results board.json coco/instances_val2017.json
      """)

  @Argument(
    help: ArgumentHelp(
      "A checkpoint or an ONNX file, then the data set; with --results the data set alone.",
      valueName: "model> <data"))
  var inputs: [String]

  @Option(help: "Detections made elsewhere: COCO results (.json) or a folder of YOLO text files.")
  var results: String?

  @Option(
    help:
      "What category_id means in --results: id of the data set, index from 0, coco (1 to 90), or auto."
  )
  var categoryIds: CategoryNumbering = .automatic

  @Option(
    help:
      "What a number as image_id means in --results: id of the data set, name of the file, or auto."
  )
  var imageIds: PictureNumbering = .automatic

  @Option(help: "The split to judge by. (default: val, else test, else all pictures)")
  var split: String?

  @Option(
    name: .long, help: "Side of the network's input, or HEIGHTxWIDTH. (default: the model's own)")
  var imageSize: ImageSize?

  @Flag(
    name: .customLong("rect"),
    help: "Group pictures by shape and run each batch in the smallest rectangle, as YOLOv5 does.")
  var isRectangular = false

  @Option(help: "Pictures that go through the network at once. (default: the model's own, else 1)")
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "How pictures are fitted: own, letterbox, top-left or stretch, each alone or with +linear or +area.",
      valueName: "variant"))
  var preprocess = PreprocessVariant.own

  @Option(
    help: "Append to the network what raw heads leave out: decoded or end2end. (default: as it is)")
  var heads: ExportOptions.Heads?

  @Flag(help: "Round the weights to float16, as apus export --half does.")
  var half = false

  @Option(help: "The most pictures, taken at equal distances in the data set. (default: all)")
  var limit: Int?

  @Option(
    name: .long, help: "Scores to exceed: 0.25, or 0.25,person=0.4. (default: the family's own)")
  var conf: String?

  @Option(
    name: .long, help: "Overlap above which boxes are one object. (default: the family's own)")
  var iou: Double?

  @Option(
    name: .customLong("max-det"), help: "The most boxes for a picture. (default: the family's own)")
  var maxDetections: Int?

  @Option(name: .long, help: "Threads that share the work. (default: one for each processor)")
  var threads: Int?

  @Option(name: .long, help: "A file with the names of the model's classes, one a line, or 'coco'.")
  var names: String?

  @Option(
    help: "Anchors in pixels for raw heads that state none, finest first, as for apus detect.")
  var anchors: String?

  @Flag(help: "Print a line for each class.")
  var perClass = false

  @Option(help: "Write the detections as COCO results.")
  var saveResults: String?

  @Option(help: "Write thresholds of the classes for apus detect --thresholds, chosen for --goal.")
  var saveThresholds: String?

  @Option(help: "What thresholds are chosen for: f1, precision=0.9 or recall=0.8 at least.")
  var goal = ThresholdGoal.f1

  @Option(name: .shortAndLong, help: "A folder for report.json and report.html.")
  var output: String?

  @Flag(help: "Print JSON instead of the tables.")
  var json = false

  func validate() throws {
    if results == nil, inputs.count != 2 {
      throw ValidationError(
        inputs.count < 2
          ? "Name a model and a data set: apus val MODEL DATA, or apus val --results FILE DATA."
          : "Name one model and one data set.")
    }
    if results != nil {
      guard inputs.count == 1 else {
        throw ValidationError(
          "With --results name the data set alone: apus val --results FILE DATA.")
      }
      let given: [(Bool, String)] = [
        (imageSize != nil, "--image-size"), (isRectangular, "--rect"), (batch != nil, "--batch"),
        (conf != nil, "--conf"), (iou != nil, "--iou"), (maxDetections != nil, "--max-det"),
        (threads != nil, "--threads"), (preprocess != .own, "--preprocess"),
        (heads != nil, "--heads"), (half, "--half"), (names != nil, "--names"),
        (anchors != nil, "--anchors"),
      ]
      if let (_, name) = given.first(where: \.0) {
        throw ValidationError("\(name) is for a model; --results were made already.")
      }
    } else if categoryIds != .automatic || imageIds != .automatic {
      throw ValidationError("--category-ids and --image-ids are for --results.")
    }
    if preprocess.isRectangular || (isRectangular && preprocess.fit != .own) {
      throw ValidationError(
        "--preprocess \(preprocess) makes no rectangles; use --rect, alone or with own+linear or own+area."
      )
    }
    if saveThresholds == nil, goal.description != ThresholdGoal.f1.description {
      throw ValidationError("--goal is what --save-thresholds chooses for; give that too.")
    }
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit), but must be at least 1.")
    }
    if let maxDetections, maxDetections < 1 {
      throw ValidationError("--max-det is \(maxDetections), but must be at least 1.")
    }
    if let batch, !(1...1024).contains(batch) {
      throw ValidationError("--batch is \(batch), but must be from 1 to 1024.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), but must be from 1 to 1024.")
    }
    if let iou, !(0...1).contains(iou) {
      throw ValidationError("--iou is \(iou), but must be from 0 to 1.")
    }
  }

  func run() throws {
    let started = Date()
    var folder = try output.map { path throws(ApusError) in
      try OutputFolder(path, keeping: inputs + [results].compactMap(\.self))
    }
    // Where nothing comes of the run, no empty folder stays.
    defer { folder?.removeIfUnused() }
    let targets = [saveResults, saveThresholds].compactMap(\.self)
    for target in targets {
      for input in inputs + [results, names].compactMap(\.self) {
        try OutputFile.check(target, source: input)
      }
    }
    let reports = output.map { [$0 + "/report.json", $0 + "/report.html"] } ?? []
    try OutputFile.checkDistinct(targets + reports)
    let data = try EvaluationData(path: inputs[inputs.count - 1], split: split, limit: limit)
    try OutputFile.check(targets, picturesOf: data.dataset)
    let part: RunManifest.Part
    var options: [String: String] = [
      "split": data.split ?? "all", "limit": limit.map { "\($0)" } ?? "none",
    ]
    var times: StageTimes?
    var weights: String?
    var network: NetworkFigures?
    let found: ResultSet
    if let results {
      found = try ResultSet(
        reading: results, on: data, pictures: imageIds, categories: categoryIds)
      part = try RunManifest.Part(results: results, found)
      options["category-ids"] = categoryIds.rawValue
      options["image-ids"] = imageIds.rawValue
    } else {
      let (run, hash) = try validation(on: data)
      found = run.results
      weights = hash
      times = run.times
      network = run.network
      part = try RunManifest.Part(role: "model", file: inputs[0])
      options.merge(run.settings) { $1 }
      options["heads"] = heads?.rawValue ?? "own"
      options["half"] = "\(half)"
    }
    let evaluation = try Evaluation(found, on: data)
    if let saveResults { try found.write(to: saveResults) }
    if let saveThresholds {
      try evaluation.thresholdFile(goal.goal, named: goal.description, model: weights).write(
        to: saveThresholds)
    }
    let report = ValidationReport(
      evaluation: evaluation, times: times, peakMemory: PeakMemory.bytes,
      manifest: .gather(
        command: ["apus"] + CommandLine.arguments.dropFirst(), started: started,
        parts: [part, RunManifest.Part(data)],
        options: options), network: network)
    if let path = try folder?.path(for: "report", ending: "json") {
      try StandardOutput.write(json: report, to: path)
    }
    if let path = try folder?.path(for: "report", ending: "html") {
      let page = ValidationPage(report)
      try page.write(to: path)
      if let warning = page.warning { StandardError.warn("'\(path)': \(warning)") }
    }
    if json {
      try StandardOutput.print(json: report)
    } else {
      let written = output.map { "\n\nwritten to \($0)" } ?? ""
      try StandardOutput.print(report.text(perClass: perClass) + written)
    }
  }

  /// The run, and the digest of the weights.
  private func validation(on data: EvaluationData) throws -> (ValidationRun, String) {
    var model = try Model(path: inputs[0])
    if let anchors { try Detector.setAnchors(of: &model, to: anchors) }
    if let names { try Detector.rename(classesOf: &model, to: ClassNameFile.read(names)) }
    var options = DetectionOptions.validation
    options.inputSize = imageSize.map { ($0.height, $0.width) }
    options.isRectangular = isRectangular
    options.batch = batch
    options.preprocess = preprocess
    options.iou = iou
    options.maxDetections = maxDetections
    options.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    if let conf {
      do {
        options.confidence = try ConfidenceThresholds.parse(
          conf, names: Detector.classNames(of: model), base: options.baseConfidence(for: model))
      } catch let error as ThresholdError {
        throw ApusError.usage("\(error)")
      }
    }
    model = try model.variant(heads: heads, isHalf: half, for: options)
    var progress = ProgressLine("pictures", total: data.pictureCount)
    defer { progress.finish() }
    let run = try ValidationRun(model, on: data, options: options) { _, _ in progress.advance() }
    return (run, model.sourceHash)
  }
}

extension CategoryNumbering: ExpressibleByArgument {}

extension PictureNumbering: ExpressibleByArgument {}

extension PreprocessVariant: ExpressibleByArgument {
  /// Reads `stretch+area`.
  public init?(argument: String) { self.init(argument) }
}
