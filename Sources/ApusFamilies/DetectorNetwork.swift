public import ApusBoxes
public import ApusGraph

/// A detector's network with its weights: from a checkpoint, or new.
///
/// One description makes every graph: for training and for inference, of any size.
public struct DetectorNetwork: Sendable {
  /// The family.
  public let family: Family
  /// Which published network it is; nil for one of its own.
  public let variant: Variant?
  /// The names of the classes.
  public let classNames: ClassNames
  /// Input pixels per cell of each level.
  public let strides: [Int]
  /// The class of each layer, in order, the head last.
  public let layerClasses: [String]
  /// The tensors of the state, in order, those of training included.
  package let entries: [StateEntry]
  package let architecture: any Architecture
  package let weights: WeightSource

  /// A network whose state is compared with its description before anything is built.
  ///
  /// - Parameter variant: which published network it is; nil to find out, which cannot tell networks apart that
  ///   differ in the size of their input alone.
  package init(
    _ family: any DetectorFamily.Type, _ architecture: any Architecture, weights: WeightSource,
    classNames: ClassNames, variant: Variant? = nil
  ) throws(FamilyError) {
    let outline = try NetworkOutline(architecture)
    if case .state(let state) = weights { try state.check(against: outline.entries) }
    guard classNames.count == architecture.classCount else {
      throw FamilyError(
        .badRecord, at: "names",
        "lists \(classNames.count) names for \(architecture.classCount) classes")
    }
    self.family = family.family
    self.architecture = architecture
    self.weights = weights
    self.classNames = classNames
    entries = outline.entries
    strides = outline.strides
    layerClasses = architecture.layerClasses
    self.variant = variant ?? family.variant(of: architecture, outline: outline)
  }

  /// The published name, or `custom`.
  public var variantName: String { variant?.name ?? "custom" }

  /// The number of trained numbers, normalisation unfused, parts that only training uses included.
  public var parameterCount: Int { entries.parameterCount }

  /// The tensors of the state that a form takes, in order.
  package func entries(_ form: NetworkForm) throws(FamilyError) -> [StateEntry] {
    try NetworkOutline(architecture, form: form).entries
  }

  /// The anchors; nil for families without.
  public var anchors: AnchorSet? {
    let grid = architecture.gridAnchors
    return grid.isEmpty ? nil : AnchorSet(grid: grid, strides: strides)
  }

  /// The side of the only square input that the network takes; nil for those that take many.
  public var onlyInputSide: Int? {
    architecture.outlineSide < 1024 ? architecture.outlineSide : nil
  }

  /// What height and width of an input must be multiples of.
  public var sideMultiple: Int { architecture.sideMultiple ?? strides.max() ?? 32 }

  /// The side of the square input that the network is published for, or that others of its levels are.
  public var defaultInputSide: Int {
    if let variant { return variant.side }
    if let onlyInputSide { return onlyInputSide }
    guard family != .nanodet else { return 320 }
    return (strides.max() ?? 32) > 32 ? 1280 : 640
  }

  /// The network as a graph: picture in, raw outputs of the levels out.
  ///
  /// Input `images` `[N, 3, H, W]`; outputs `stride8`, `stride16` … of `[N, channels, H / stride, W / stride]`,
  /// with `.boxes` and `.classes` behind the name where a level has two. In training the outputs of the other
  /// branches follow, with the name of the branch before: `aux.stride8`.
  ///
  /// - Parameter sourceHash: SHA-256 of the file the weights came from in hexadecimal, for the card.
  public func graph(
    _ form: NetworkForm = .inference, input: NetworkInput? = nil, sourceHash: String = ""
  ) throws(FamilyError) -> Graph {
    let input = input ?? .square(defaultInputSide)
    var network = NetworkBuilder(
      graph: Graph(name: variant?.name ?? family.rawValue), form: form, weights: weights)
    let picture = network.addInput(
      "images", [input.batch, .fixed(architecture.inputChannels), input.height, input.width])
    var heads: [ModelCard.Head] = []
    for output in try architecture.build(in: &network, from: picture) {
      let stride = strides[output.level]
      let parts = [output.branch, "stride\(stride)", output.part].filter { !$0.isEmpty }
      heads.append(
        ModelCard.Head(
          output: network.addOutput(output.value, name: parts.joined(separator: ".")),
          content: output.content, stride: stride, bins: output.bins,
          binValues: output.binValues, cellOffset: output.cellOffset))
    }
    var graph = network.graph
    graph.card.family = family.rawValue
    graph.card.variant = variantName
    graph.card.classNames = classNames.names
    graph.card.strides = strides
    graph.card.anchors = anchors?.pixels ?? []
    graph.card.inputSize = input.fixedSize ?? [defaultInputSide, defaultInputSide]
    graph.card.heads = heads
    graph.card.sourceHash = sourceHash
    architecture.describe(&graph.card)
    return graph
  }
}
