import ApusDatasets
import ApusToolkit
import ArgumentParser

/// The options about how anchors are measured, and on what.
struct AnchorMeasuring: ParsableArguments {
  /// Which release is followed.
  enum Rule: String, ExpressibleByArgument, CaseIterable {
    case v60 = "v6.0"
    case v61 = "v6.1"
  }

  @Option(
    name: .long,
    help: "Longer side of the network's input in pixels. (default: the model's own, else 640)")
  var imageSize: Int?

  @Option(
    name: .customLong("ratio"),
    help: "anchor_t: sides may differ from the anchor's by less than this factor.")
  var ratioLimit = 4.0

  @Option(
    help:
      "v6.0: anchors are poor below a BPR of 0.98; v6.1, as all later releases: at 0.98 or below.")
  var rule = Rule.v61

  @Option(help: "The split of the data set. (default: train, else all pictures)")
  var split: String?

  @Option(help: "The format of the data set. (default: told from its files)")
  var format: DatasetFormat?

  @Flag(help: "Scale every picture by 0.9 to 1.1 before measuring, as YOLOv5 does.")
  var jitter = false

  @Option(help: "What all random numbers follow from.")
  var seed: UInt64 = 0

  func options() throws -> AnchorOptions {
    var options = AnchorOptions()
    options.imageSize = imageSize ?? 640
    options.ratioLimit = ratioLimit
    options.rule = rule == .v60 ? .below : .atMost
    options.isJittered = jitter
    options.seed = seed
    try options.check()
    return options
  }

  func data(_ path: String) throws -> AnchorData {
    return try AnchorData(path: path, format: format, split: split)
  }

  /// `8,16,32` as numbers; nil for nil.
  static func strides(_ text: String?) throws -> [Int]? {
    try text.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let stride = Int(part), (1...4096).contains(stride) else {
          throw ApusError.usage(
            "the strides are '\(text)', but must be numbers from 1 to 4096, finest first, such as 8,16,32"
          )
        }
        return stride
      }
    }
  }
}
