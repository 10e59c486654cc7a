import ApusCheckpoints
package import ApusGraph
import ApusTensor
import Foundation

/// One convolution for each level, to `anchors · (5 + classes)` channels: upstream's `Detect`.
package struct AnchorDetection: DetectionHead {
  package var sources: [Int]
  package var classCount: Int
  /// The 1x1 convolution of each level.
  package var convolutions: [Convolution]
  package var gridAnchors: [[[Float]]]
  package var statedStrides: [Int]?
  /// Whether the state also holds `anchor_grid`, as before YOLOv5 v6.0 and in YOLOv7; its numbers are never used.
  package var hasAnchorGrid = false

  package let className = "Detect"
  package var levelCount: Int { convolutions.count }

  /// A head for inputs of the given channels, with the biases of a new network.
  ///
  /// Objectness starts at about 8 objects in a picture of 640 pixels, classes at 0.6 of all objects spread evenly
  /// (`_initialize_biases` of YOLOv5's `models/yolo.py`).
  package init(
    sources: [Int], channels: [Int], classCount: Int, anchors: AnchorSet,
    hasAnchorGrid: Bool = false
  ) {
    self.sources = sources
    self.classCount = classCount
    self.hasAnchorGrid = hasAnchorGrid
    gridAnchors = anchors.grid
    statedStrides = anchors.strides
    convolutions = []
    for (level, input) in channels.enumerated() {
      let count = anchors.grid[level].count
      var convolution = Convolution(input, count * (5 + classCount), hasBias: true)
      convolution.initialBias = Self.initialBias(
        fanIn: input, anchors: count, classCount: classCount, stride: anchors.strides[level])
      convolutions.append(convolution)
    }
  }

  /// PyTorch's default with the prior of objectness and classes added.
  package static func initialBias(
    fanIn: Int, anchors: Int, classCount: Int, stride: Int
  ) -> Initialisation {
    let cells = pow(640 / Double(stride), 2)
    let row =
      [0, 0, 0, 0, Float(log(8 / cells))]
      + Array(repeating: Float(log(0.6 / (Double(classCount) - 0.99))), count: classCount)
    var bias = Initialisation.uniform(fanIn: fanIn)
    bias.offsets = Array(repeating: row, count: anchors).flatMap(\.self)
    return bias
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [RawOutput] {
    Self.declareAnchors(gridAnchors, hasAnchorGrid: hasAnchorGrid, in: &network, path: path)
    var outputs: [RawOutput] = []
    for (level, convolution) in convolutions.enumerated() {
      let value = try convolution.build(
        in: &network, from: inputs[level], path: "\(path).m.\(level)")
      outputs.append(RawOutput(value, .anchorGrid, level: level))
    }
    return outputs
  }

  /// The buffers of the anchors, in cells and, where there are, in pixels.
  package static func declareAnchors(
    _ anchors: [[[Float]]], hasAnchorGrid: Bool, in network: inout NetworkBuilder, path: String
  ) {
    let (levels, count) = (anchors.count, anchors.first?.count ?? 0)
    network.declare("\(path).anchors", shape: [levels, count, 2])
    if hasAnchorGrid {
      network.declare("\(path).anchor_grid", shape: [levels, 1, count, 1, 1, 2])
    }
  }

  package func describe(_ card: inout ModelCard) {}
}

extension AnchorDetection {
  /// Reads the record of upstream's `Detect`.
  package init(_ module: RecordedModule, sources: [Int]) throws(FamilyError) {
    guard module.className == "Detect" else {
      throw module.bad("is the last layer, expected a 'Detect'")
    }
    let record = try AnchorRecord(module, sources: sources)
    self.init(record, convolutions: try record.convolutions("m"), sources: sources)
  }

  /// A head of the given convolutions and what a record says of the rest.
  package init(_ record: AnchorRecord, convolutions: [Convolution], sources: [Int]) {
    self.sources = sources
    self.convolutions = convolutions
    classCount = record.classCount
    gridAnchors = record.gridAnchors
    statedStrides = record.strides
    hasAnchorGrid = record.hasAnchorGrid
  }
}

extension AnchorDetection {
  /// The number of classes of a state by its head, with three anchors for each level as in all published
  /// networks; nil where there is no such head.
  package static func classCount(in state: WeightState) -> Int? {
    // The head is the last layer.
    guard let bias = state.names.last(where: { $0.hasSuffix(".m.0.bias") }),
      let channels = state.shape(bias)?.first, channels % 3 == 0, channels > 15
    else { return nil }
    return channels / 3 - 5
  }
}

/// What all heads with anchors have in their records.
package struct AnchorRecord {
  package let classCount: Int
  package let gridAnchors: [[[Float]]]
  package let strides: [Int]?
  package let hasAnchorGrid: Bool
  private let module: RecordedModule
  private let anchorCount: Int

  /// Reads `nc`, `nl`, `na`, `anchors` and `stride`.
  package init(_ module: RecordedModule, sources: [Int]) throws(FamilyError) {
    self.module = module
    classCount = try module.integer("nc", in: 1...100_000)
    let levels = try module.integer("nl", in: 1...16)
    anchorCount = try module.integer("na", in: 1...64)
    gridAnchors = try Self.anchors(module, levels: levels, count: anchorCount)
    strides = try module.strides(levels: levels)
    hasAnchorGrid = module.record.buffers.contains { $0.name == "anchor_grid" }
    guard sources.count >= levels else {
      throw module.bad("reads \(sources.count) layers for \(levels) levels")
    }
  }

  /// The convolutions of a list of modules, one for each level.
  package func convolutions(_ name: String) throws(FamilyError) -> [Convolution] {
    var convolutions: [Convolution] = []
    for child in try module.child(name).children() {
      let convolution = try Convolution(child)
      guard convolution.outputChannels == anchorCount * (5 + classCount) else {
        throw child.bad(
          "makes \(convolution.outputChannels) channels, expected \(anchorCount) anchors · "
            + "(5 + \(classCount) classes) = \(anchorCount * (5 + classCount))")
      }
      convolutions.append(convolution)
    }
    guard convolutions.count == gridAnchors.count else {
      throw module.bad(
        "has \(convolutions.count) convolutions in '\(name)' for \(gridAnchors.count) levels")
    }
    return convolutions
  }

  /// The buffer `anchors`: `[levels, anchors, 2]`, already divided by the strides.
  private static func anchors(
    _ module: RecordedModule, levels: Int, count: Int
  ) throws(FamilyError) -> [[[Float]]] {
    guard let tensor = try module.tensor("anchors"),
      tensor.shape.dimensions == [levels, count, 2]
    else { throw module.bad("has no tensor 'anchors' of [\(levels), \(count), 2]") }
    let numbers = tensor.floats
    // 0 occurs: upstream fills untrained levels with 0, 1, 2 … until autoanchor has run.
    guard numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw module.bad("'anchors' holds \(numbers), expected numbers of at least 0")
    }
    return AnchorSet.grid(numbers, levels: levels, count: count)
  }
}
