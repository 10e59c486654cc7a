import ApusDatasets
import ApusGraph
import ApusToolkit
import ArgumentParser
import Foundation

/// `apus anchors fit`.
struct AnchorsFit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Search anchors for a data set by k-means and evolution, as YOLOv5 does.",
    usage: """
      apus anchors fit MODEL DATA [<options>]
      apus anchors fit DATA --levels <strides> [<options>]
      """,
    discussion: """
      With a model as many anchors are searched as it has, and they take the place of its own where more objects are \
      reached (a better BPR). --output writes the model's graph with raw heads and the better anchors in its card; \
      its weights then need training. Without a model --levels gives the strides; `apus new --anchors` takes what is \
      printed. The same seed finds the same anchors.

      Examples:
        apus anchors fit yolov5n.pt data.yaml
        apus anchors fit yolov5n.pt data.yaml --output fitted.onnx --seed 3
        apus anchors fit data.yaml --levels 8,16,32 --count 9 --image-size 416
        apus anchors fit yolov5s6.pt data.yaml --evolve 5000 --json
      """)

  @Argument(help: "A checkpoint or an ONNX file, and a data set; with --levels the data set alone.")
  var paths: [String]

  @Option(
    help: ArgumentHelp("Strides of the levels, finest first: 8,16,32.", valueName: "strides"))
  var levels: String?

  @Option(help: "Anchors of all levels together. (default: the model's, else 3 for each level)")
  var count: Int?

  @Option(help: "Generations of the evolution.")
  var evolve = 1000

  @OptionGroup(title: "Measuring")
  var measuring: AnchorMeasuring

  @Option(
    name: .shortAndLong, help: "The ONNX file to write the model to, with the better anchors.")
  var output: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard paths.count == (levels == nil ? 2 : 1) else {
      throw ValidationError(
        levels == nil
          ? "Name a model and a data set, apus anchors fit MODEL DATA, or a data set and --levels 8,16,32."
          : "With --levels name the data set alone: apus anchors fit DATA --levels 8,16,32.")
    }
    if levels != nil, output != nil {
      throw ValidationError(
        "--output needs a model; give what is printed to apus new --anchors for a new one.")
    }
    if let count, !(1...1024).contains(count) {
      throw ValidationError("--count is \(count), but must be from 1 to 1024.")
    }
    if !(0...10_000_000).contains(evolve) {
      throw ValidationError("--evolve is \(evolve), but must be from 0 to 10000000.")
    }
  }

  func run() throws {
    var options = try measuring.options()
    options.generations = evolve
    options.worstCount = 0
    if let strides = try AnchorMeasuring.strides(levels) {
      let data = try measuring.data(paths[0])
      let fitting = try search { progress in
        try AnchorFitting(
          strides: strides, count: count ?? 3 * strides.count, data: data, options: options,
          progress: progress)
      }
      try StandardOutput.print(fitting, json: json)
      return
    }
    if let output { try ModelExport.checkTarget(output, of: paths[0]) }
    let model = try Model(path: paths[0], input: .fixed(height: nil, width: nil, batch: 1))
    let current = try ModelAnchors(model)
    if let count, count != current.all.count {
      throw ApusError.usage(
        "--count is \(count), but '\(paths[0])' has \(current.levels[0].anchors.count) anchors on each of"
          + " \(current.levels.count) levels and channels for no others; leave --count out")
    }
    options.imageSize = measuring.imageSize ?? model.graph.card.inputSize.max() ?? 640
    let data = try measuring.data(paths[1])
    var fitting = try search { progress in
      try AnchorFitting(model, data: data, options: options, progress: progress)
    }
    if let output { try fitting.write(model, to: output) }
    try StandardOutput.print(fitting, json: json)
  }

  private func search(
    _ body: (_ progress: (Double) -> Void) throws -> AnchorFitting
  ) throws -> AnchorFitting {
    var progress = ProgressLine("generations", total: evolve)
    defer { progress.finish() }
    return try body { fitness in
      progress.advance(String(format: "fitness %.4f", fitness))
    }
  }
}
