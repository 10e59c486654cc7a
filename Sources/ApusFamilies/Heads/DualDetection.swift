package import ApusGraph
import Foundation

/// Two equal branches, trained together, of which inference keeps one: upstream's `v10Detect`.
///
/// `one2many` learns from several cells for each object, `one2one` from one, so that its boxes need no suppression.
/// Upstream cuts the gradient before `one2one` (`detach` in `nn/modules/head.py`): only `one2many` trains the layers
/// below. For each level and branch there are two outputs, as their numbers have different ranges.
package struct DualDetection: DetectionHead {
  /// For each level the convolutions to distances and those to classes.
  package struct Branch: Sendable {
    /// Give `4 · bins` channels: left, top, right and bottom as distributions.
    package var boxes: [Chain]
    /// Give a channel for each class.
    package var classes: [Chain]
  }

  package var sources: [Int]
  package var classCount: Int
  package var statedStrides: [Int]?
  /// The steps of a distance's distribution.
  package var bins: Int
  /// The branch that is kept.
  package var oneToOne: Branch
  /// The branch of training; nil where an export has removed it.
  package var oneToMany: Branch?

  package let className = "v10Detect"
  package let gridAnchors: [[[Float]]] = []
  package var levelCount: Int { oneToOne.boxes.count }

  /// A head for inputs of the given channels, with the biases of a new network.
  ///
  /// - Parameter isDeployed: whether the branch of training is left out.
  package init(
    sources: [Int], channels: [Int], strides: [Int], classCount: Int, isDeployed: Bool = false
  ) {
    self.sources = sources
    self.classCount = classCount
    statedStrides = strides
    bins = 16
    oneToOne = Branch(channels: channels, strides: strides, classCount: classCount, bins: bins)
    oneToMany = isDeployed ? nil : oneToOne
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [RawOutput] {
    // What the steps stand for: a constant of the decoder, which upstream keeps as the weight of a convolution.
    network.declare("\(path).dfl.conv.weight", shape: [1, bins, 1, 1], role: .parameter)
    var many: [RawOutput] = []
    if network.form.hasAllBranches, let oneToMany {
      many = try build(
        oneToMany, ("cv2", "cv3"), named: "one2many", in: &network, from: inputs, path: path)
    }
    // Upstream makes the second branch by copying the first.
    network.start("\(path).one2one_cv2", like: "\(path).cv2")
    network.start("\(path).one2one_cv3", like: "\(path).cv3")
    return try build(
      oneToOne, ("one2one_cv2", "one2one_cv3"), named: "", in: &network, from: inputs, path: path)
      + many
  }

  /// What the steps stand for in a state, where it is not 0, 1, 2 …: weights that went through 8 bits differ.
  private func steps(
    in network: NetworkBuilder, path: String
  ) throws(FamilyError) -> [Float]? {
    let name = "\(path).dfl.conv.weight"
    guard let steps = network.numbers(name) else { return nil }
    guard steps.count == bins, steps.allSatisfy(\.isFinite) else {
      throw FamilyError(.weights, at: name, "holds \(steps), expected \(bins) finite numbers")
    }
    return steps == (0..<bins).map(Float.init) ? nil : steps
  }

  private func build(
    _ branch: Branch, _ parts: (boxes: String, classes: String), named name: String,
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [RawOutput] {
    let steps = try steps(in: network, path: path)
    var outputs: [RawOutput] = []
    for level in 0..<levelCount {
      let boxes = try branch.boxes[level].build(
        in: &network, from: inputs[level], path: "\(path).\(parts.boxes).\(level)")
      let classes = try branch.classes[level].build(
        in: &network, from: inputs[level], path: "\(path).\(parts.classes).\(level)")
      outputs += [
        RawOutput(
          boxes, .distanceGrid, level: level, part: "boxes", bins: bins, cellOffset: 0.5,
          binValues: steps, branch: name),
        RawOutput(classes, .classGrid, level: level, part: "classes", branch: name),
      ]
    }
    return outputs
  }

  /// Also the threshold that upstream predicts with; nothing is suppressed.
  package func describe(_ card: inout ModelCard) {
    card.suppression = .topK
    card.confidenceThreshold = 0.25
  }
}

extension DualDetection.Branch {
  /// The convolutions of a new network (`Detect` and `v10Detect` in `nn/modules/head.py`).
  ///
  /// Two 3x3 to distances; twice depthwise 3x3 and 1x1 to classes. Distances start at 1, classes at 5 of all objects
  /// in a picture of 640 pixels, spread evenly (`bias_init`).
  fileprivate init(channels: [Int], strides: [Int], classCount: Int, bins: Int) {
    let first = channels.first ?? 0
    let distanceWidth = max(16, first / 4, 4 * bins)
    let classWidth = max(first, min(classCount, 100))
    boxes = []
    classes = []
    for (input, stride) in zip(channels, strides) {
      var distances = Convolution(distanceWidth, 4 * bins, hasBias: true)
      distances.initialBias = .constant(1)
      boxes.append(
        Chain([
          ConvolutionBlock(Convolution(input, distanceWidth, kernel: 3)),
          ConvolutionBlock(Convolution(distanceWidth, distanceWidth, kernel: 3)), distances,
        ]))
      var scores = Convolution(classWidth, classCount, hasBias: true)
      let cells = pow(640 / Double(stride), 2)
      scores.initialBias = .constant(Float(log(5 / Double(classCount) / cells)))
      classes.append(
        Chain([
          Self.separable(input, classWidth), Self.separable(classWidth, classWidth), scores,
        ]))
    }
  }

  private static func separable(_ input: Int, _ output: Int) -> Chain {
    Chain([
      ConvolutionBlock(Convolution(input, input, kernel: 3, groups: input)),
      ConvolutionBlock(Convolution(input, output)),
    ])
  }
}

extension DualDetection {
  /// Reads the record of upstream's `v10Detect`.
  package init(_ module: RecordedModule, sources: [Int]) throws(FamilyError) {
    guard module.className == className else {
      throw module.bad("is the last layer, expected a '\(className)'")
    }
    self.sources = sources
    classCount = try module.integer("nc", in: 1...100_000)
    bins = try module.integer("reg_max", in: 2...1024)
    let levels = try module.integer("nl", in: 1...16)
    guard sources.count == levels else {
      throw module.bad("reads \(sources.count) layers for \(levels) levels")
    }
    statedStrides = try module.strides(levels: levels)
    oneToOne = try Self.branch(
      module, ("one2one_cv2", "one2one_cv3"), levels: levels, bins: bins, classCount: classCount)
    oneToMany =
      try Self.isRemoved("cv2", of: module)
      ? nil
      : try Self.branch(
        module, ("cv2", "cv3"), levels: levels, bins: bins, classCount: classCount)
  }

  /// Whether an export has taken a list of modules away, or put nothing in the place of each.
  private static func isRemoved(
    _ name: String, of module: RecordedModule
  ) throws(FamilyError) -> Bool {
    guard module.has(name) else { return true }
    return try module.child(name).children().allSatisfy { $0.className == "Identity" }
  }

  private static func branch(
    _ module: RecordedModule, _ parts: (boxes: String, classes: String), levels: Int, bins: Int,
    classCount: Int
  ) throws(FamilyError) -> Branch {
    Branch(
      boxes: try chains(parts.boxes, of: module, levels: levels, channels: 4 * bins),
      classes: try chains(parts.classes, of: module, levels: levels, channels: classCount))
  }

  /// A list of modules, one for each level, of which each ends with a convolution to the given channels.
  private static func chains(
    _ name: String, of module: RecordedModule, levels: Int, channels: Int
  ) throws(FamilyError) -> [Chain] {
    var chains: [Chain] = []
    for child in try module.child(name).children() {
      let chain = try Chain(child)
      guard let last = chain.links.last?.block as? Convolution, last.outputChannels == channels
      else { throw child.bad("does not end with a convolution to \(channels) channels") }
      chains.append(chain)
    }
    guard chains.count == levels else {
      throw module.bad("has \(chains.count) modules in '\(name)' for \(levels) levels")
    }
    return chains
  }
}
