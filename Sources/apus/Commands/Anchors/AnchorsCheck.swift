import ApusGraph
import ApusToolkit
import ArgumentParser

/// `apus anchors check`.
struct AnchorsCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Measure how well anchors fit the objects of a data set.",
    usage: """
      apus anchors check MODEL DATA [<options>]
      apus anchors check DATA --anchors <anchors> [<options>]
      """,
    discussion: """
      Prints what YOLOv5 prints: anchors per target and best possible recall (BPR), the share of the objects that \
      training can assign to any anchor; then the same for every level and class, and the objects that fit worst. \
      Data sets are YOLO (data.yaml), COCO, VOC and LabelMe.

      Examples:
        apus anchors check yolov5n.pt data.yaml
        apus anchors check best.onnx annotations.json --image-size 1280 --rule v6.0
        apus anchors check data.yaml --anchors 10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326
      """)

  @Argument(
    help: "A checkpoint or an ONNX file, and a data set; with --anchors the data set alone.")
  var paths: [String]

  @Option(
    help: "Anchors in pixels instead of a model's, finest level first: 10,13,16,30,33,23/30,61,...")
  var anchors: String?

  @Option(help: "Strides of the levels of --anchors, finest first. (default: 8,16,32 and so on)")
  var strides: String?

  @OptionGroup(title: "Measuring")
  var measuring: AnchorMeasuring

  @Option(help: "How many of the worst-fitting objects are listed.")
  var worst = 10

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard paths.count == (anchors == nil ? 2 : 1) else {
      throw ValidationError(
        anchors == nil
          ? "Name a model and a data set: apus anchors check MODEL DATA."
          : "With --anchors name the data set alone: apus anchors check DATA --anchors ANCHORS.")
    }
    if strides != nil, anchors == nil { throw ValidationError("--strides needs --anchors.") }
  }

  func run() throws {
    var options = try measuring.options()
    options.worstCount = worst
    try options.check()
    let read: ModelAnchors
    if let anchors {
      let levels = anchors.count { $0 == "/" } + 1
      guard levels <= 8 else {
        throw ApusError.usage("--anchors has \(levels) levels, but must have 1 to 8, parted by '/'")
      }
      read = try ModelAnchors(
        text: anchors, strides: AnchorMeasuring.strides(strides) ?? (0..<levels).map { 8 << $0 })
    } else {
      let model = try Model(path: paths[0])
      read = try ModelAnchors(model)
      options.imageSize = measuring.imageSize ?? model.graph.card.inputSize.max() ?? 640
    }
    let check = try AnchorCheck(
      read, data: measuring.data(paths[paths.count - 1]), options: options)
    try StandardOutput.print(check, json: json)
  }
}
