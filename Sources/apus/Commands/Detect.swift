import ApusBoxes
import ApusGraph
import ApusImage
import ApusToolkit
import ArgumentParser
import Foundation

/// `apus detect`.
struct Detect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Find objects in pictures and videos.",
    discussion: """
      Sources are pictures (JPEG, PNG, WebP, BMP), folders, globs, list files (.txt, one path a line), videos \
      (through an installed ffmpeg), and - for a picture on standard input. Annotated pictures, and with \
      --save-txt YOLO text files, go into the --output folder.

      --conf takes one score and exceptions by class: --conf 0.25,person=0.4,car=0.3; --thresholds takes them from \
      a file, {"base": 0.25, "classes": {"person": 0.4}}, as an evaluation writes the best ones. Give one of the two.

      Examples:
        apus detect yolov5n.pt bus.jpg
        apus detect yolov5n.onnx photos/ --output found --save-txt
        apus detect yolov5n.pt 'photos/*.jpg' --conf person=0.4 --classes person,dog
        apus detect yolov5n.pt photos/ --thresholds best-f1.json
        cat bus.jpg | apus detect yolov5n.pt - --json --no-pictures
      """)

  @Argument(help: "A checkpoint or an ONNX file.")
  var model: String

  @Argument(help: "Pictures, folders, globs, list files, videos, or -.")
  var sources: [String]

  @Option(name: .shortAndLong, help: "The folder for annotated pictures and text files.")
  var output = "detections"

  @Option(
    name: .long, help: "Scores to exceed: 0.25, or 0.25,person=0.4. (default: the model's own)")
  var conf: String?

  @Option(
    help: ArgumentHelp(
      "A JSON file with the scores to exceed, by class; instead of --conf.", valueName: "file"))
  var thresholds: String?

  @Option(name: .long, help: "Overlap above which boxes are one object. (default: the model's own)")
  var iou: Double?

  @Option(name: .long, help: "Classes to keep, by name or number, separated by commas.")
  var classes: String?

  @Flag(help: "Let boxes of different classes suppress one another.")
  var agnostic = false

  @Option(
    name: .customLong("max-det"),
    help: "The most boxes kept for a picture. (default: 1000; YOLOv10 300, NanoDet 100)")
  var maxDetections: Int?

  @Flag(
    name: .customLong("nms"),
    help: "Suppress duplicates of models that end without suppression, such as YOLOv10.")
  var suppressesDuplicates = false

  @Option(
    help:
      "Anchors in pixels for raw heads that state none: 10,13,16,30,33,23/30,61,.../..., finest first."
  )
  var anchors: String?

  @Option(
    name: .long, help: "Side of the network's input, or HEIGHTxWIDTH. (default: the model's own)")
  var imageSize: ImageSize?

  @Flag(
    name: .customLong("rect"),
    help: "Cut the input down to the smallest rectangle that holds the picture.")
  var isRectangular = false

  @Option(name: .long, help: "Threads that share the work. (default: one for each processor)")
  var threads: Int?

  @Option(name: .long, help: "A file with the names of the classes, one a line, or 'coco'.")
  var names: String?

  @Flag(name: .customLong("save-txt"), help: "Write YOLO text files: class x y w h confidence.")
  var savesText = false

  @Flag(name: .customLong("no-pictures"), help: "Write no annotated pictures.")
  var writesNoPictures = false

  @Flag(name: .long, help: "Number categories as COCO does (1 to 90) in the JSON.")
  var cocoCategoryIds = false

  @Flag(help: "Print COCO results as JSON instead of the table.")
  var json = false

  func validate() throws {
    if sources.isEmpty { throw ValidationError("Name at least one picture, folder or video.") }
    if let maxDetections, maxDetections < 1 {
      throw ValidationError("--max-det is \(maxDetections), but must be at least 1.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), but must be from 1 to 1024.")
    }
    if conf != nil, thresholds != nil {
      throw ValidationError("--conf and --thresholds exclude one another.")
    }
    if let iou, !(0...1).contains(iou) {
      throw ValidationError("--iou is \(iou), but must be from 0 to 1.")
    }
  }

  func run() throws {
    let media = try MediaSource.resolve(sources)
    var model = try Model(path: model)
    if let anchors { try Detector.setAnchors(of: &model, to: anchors) }
    if let names { try Detector.rename(classesOf: &model, to: ClassNameFile.read(names)) }
    var run = try DetectionRun(
      detector: Detector(model, options: options(for: model)), command: self, sources: media)
    // Where nothing was found fit to write, no empty folder stays.
    defer { run.close() }
    var failures: [String] = []
    var progress = ProgressLine("pictures", total: media.count)
    for source in media {
      do {
        try run.process(source, progress: &progress)
      } catch let error as ApusError where media.count > 1 && error.kind == .failure {
        // One bad picture among many does not stop the others; the exit code tells.
        failures.append(error.message)
      }
    }
    progress.finish()
    try run.finish()
    if !failures.isEmpty {
      let listed = failures.map { "  \($0)" }.joined(separator: "\n")
      throw ApusError.failure("\(failures.count) of \(media.count) sources failed:\n\(listed)")
    }
  }

  private func options(for model: Model) throws -> DetectionOptions {
    var options = DetectionOptions()
    options.inputSize = imageSize.map { ($0.height, $0.width) }
    options.isRectangular = isRectangular
    options.iou = iou
    options.isClassAgnostic = agnostic
    options.maxDetections = maxDetections
    options.suppressesDuplicates = suppressesDuplicates
    options.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let names = try Detector.classNames(of: model)
    if let thresholds {
      let file = try ThresholdFile(reading: thresholds)
      options.confidence = try file.thresholds(for: names, file: thresholds)
      if let note = file.mismatch(with: model) {
        StandardError.warn("'\(thresholds)': \(note)")
      }
    }
    do {
      if let conf {
        options.confidence = try ConfidenceThresholds.parse(
          conf, names: names, base: model.graph.card.confidenceThreshold)
      }
      if let classes {
        let kept = classes.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard !kept.isEmpty else {
          throw ApusError.usage("--classes names no class; separate names or numbers by commas")
        }
        options.classes = Set(try kept.map { try names.index(of: $0) })
      }
    } catch {
      throw ApusError.usage("\(error)")
    }
    return options
  }
}
