public import ApusBoxes
public import ApusCheckpoints
public import ApusGraph
import ApusTensor

/// A YOLOv5 checkpoint: what it says of itself, and the network in it.
///
/// Reads the layouts of v6.0 and later, and the older ones with `Focus`, `BottleneckCSP` and
/// `anchor_grid`; `ema` is preferred to `model`.
public struct YOLOv5Checkpoint: Sendable {
  /// Which of the models in a training checkpoint was taken.
  public enum Source: String, Sendable {
    /// The average of the weights over the training.
    case ema
    /// The weights themselves.
    case model
    /// The file holds nothing but the model.
    case root
  }

  /// Which model was taken.
  public let source: Source
  /// `n`, `s`, `m`, `l`, `x`, with a 6 behind it for four levels; `custom` for everything else.
  public let variant: String
  /// The names of the classes.
  public let classNames: ClassNames
  /// The number of trained numbers, normalisation unfused.
  public let parameterCount: Int
  /// The anchors, with the strides of the levels.
  public let anchors: YOLOv5Anchors
  /// Whether the file also holds `anchor_grid`, as before v6.0; it is not used.
  public let hasAnchorGrid: Bool
  /// The last epoch trained; nil for a checkpoint that was stripped after training.
  public let epoch: Int?
  /// When the file was written, as it says.
  public let date: String?
  /// The class of each layer, in order, the head last.
  public let layerClasses: [String]

  let architecture: YOLOv5Architecture
  let state: WeightState

  /// Input pixels per cell of each level.
  public var strides: [Int] { anchors.strides }

  /// The side of the square input that the published sizes are made for.
  public var defaultInputSide: Int { (strides.max() ?? 32) > 32 ? 1280 : 640 }

  /// Reads a checkpoint, which must be of this family.
  public init(_ checkpoint: TorchCheckpoint) throws(FamilyError) {
    let found = try FamilyCatalogue.identify(checkpoint)
    guard found.family == .yolov5, let model = found.model else {
      throw FamilyError(
        .wrongFamily, "this is \(found.description), expected a YOLOv5 checkpoint")
    }
    source = found.source
    // Before anything walks the modules: this bounds how many there are, however they are shared.
    let tensors: [NamedTensor]
    do {
      tensors = try model.stateDict()
    } catch {
      throw FamilyError(.checkpoint, "\(error)")
    }
    architecture = try YOLOv5Architecture(model)
    state = WeightState(tensors)
    let headPath = YOLOv5Architecture.path(architecture.layers.count)
    let outline = try YOLOv5Network.outline(architecture)
    try state.check(against: outline.requirements) { name in
      name.hasSuffix(".num_batches_tracked") || name == "\(headPath).anchors"
        || name == "\(headPath).anchor_grid"
    }
    parameterCount = tensors.reduce(0) { $0 + ($1.role == .parameter ? $1.tensor.count : 0) }
    anchors = YOLOv5Anchors(grid: architecture.head.gridAnchors, strides: outline.strides)
    variant = YOLOv5Variant.name(of: architecture, strides: outline.strides)
    hasAnchorGrid = architecture.head.hasAnchorGrid
    classNames = try Self.names(model, count: architecture.head.classCount)
    epoch = checkpoint.root["epoch"]?.int.flatMap { $0 >= 0 ? $0 : nil }
    date = checkpoint.root["date"]?.string
    layerClasses = architecture.layers.map(\.className) + ["Detect"]
  }

  /// The names in the model: a list, or since v6.2 a dictionary by index.
  private static func names(
    _ model: ModuleRecord, count: Int
  ) throws(FamilyError) -> ClassNames {
    guard let value = model["names"], !value.isNone else { return ClassNames(count: count) }
    var names: [String?] = (value.list ?? []).map(\.string)
    if let entries = value.entries {
      let byIndex = Dictionary(
        entries.compactMap { entry in entry.key.int.map { ($0, entry.value.string) } }
      ) { _, last in last }
      names = (0..<entries.count).map { byIndex[$0] ?? nil }
    }
    let texts = names.compactMap(\.self)
    guard names.count == count, texts.count == count else {
      throw FamilyError(
        .badRecord, at: "names",
        "lists \(names.count) names, \(texts.count) of them texts, for \(count) classes")
    }
    return ClassNames(texts)
  }

  /// The network as a graph: picture in, raw outputs of the levels out.
  ///
  /// Input `images` `[N, 3, H, W]`; outputs `stride8`, `stride16` … of
  /// `[N, anchors · (5 + classes), H / stride, W / stride]`, before the sigmoid.
  ///
  /// - Parameter sourceHash: SHA-256 of the file in hexadecimal, for the card.
  public func graph(
    input: NetworkInput? = nil, sourceHash: String = ""
  ) throws(FamilyError) -> Graph {
    let input = input ?? .square(defaultInputSide)
    var graph = try YOLOv5Network.graph(
      architecture, state: state, strides: strides, input: input)
    graph.card.variant = variant
    graph.card.classNames = classNames.names
    graph.card.anchors = anchors.pixels
    graph.card.inputSize = input.fixedSize ?? [defaultInputSide, defaultInputSide]
    graph.card.sourceHash = sourceHash
    return graph
  }
}
