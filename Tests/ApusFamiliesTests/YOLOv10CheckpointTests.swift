import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("YOLOv10 checkpoints", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOv10CheckpointTests {
  @Test func theOfficialCheckpointIsDescribed() throws {
    let checkpoint = try DetectorCheckpoint(
      try YOLOv5CheckpointTests.open("models/yolov10/yolov10n.pt"))
    let network = checkpoint.network
    #expect(network.family == .yolov10 && network.variantName == "yolov10n")
    #expect(network.parameterCount == 2_775_520)
    #expect(network.classNames == .coco80)
    #expect(network.strides == [8, 16, 32])
    #expect(network.defaultInputSide == 640)
    #expect(network.layerClasses.count == 24)
    #expect(network.layerClasses.last == "v10Detect")
    #expect(checkpoint.epoch == nil && checkpoint.date == "2024-06-02")
    #expect(checkpoint.source == .model)
    // This file was made of weights of 8 bits: its steps are not whole.
    let graph = try network.graph()
    let steps = try #require(graph.card.heads[0].binValues)
    #expect(steps.count == 16 && steps[1] == 0.94482421875 && steps[15] == 15)
    #expect(graph.card.heads[1].binValues == nil && graph.card.heads[2].binValues == steps)
  }

  struct Case: CustomTestStringConvertible {
    let name: String
    let parameters: Int
    let classCount: Int
    var testDescription: String { name }
    var folder: String { "data/vectors/arch/yolov10/\(name)" }

    func network() throws -> DetectorNetwork {
      try DetectorCheckpoint(try YOLOv5CheckpointTests.open("\(folder).stripped.pt")).network
    }

    func vectors() throws -> SafetensorsFixture {
      try SafetensorsFixture("\(folder).safetensors")
    }
  }

  static let cases = [
    Case(name: "y10n", parameters: 1_005_514, classCount: 3),
    Case(name: "y10b", parameters: 918_462, classCount: 1),
  ]

  @Test(arguments: cases)
  func headsEqualUpstream(_ test: Case) throws {
    let network = try test.network()
    #expect(network.parameterCount == test.parameters)
    #expect(network.variantName == "custom")
    #expect(network.classNames.count == test.classCount)
    let vectors = try test.vectors()
    #expect(network.strides.map(Float.init) == (try vectors.floats("stride")))
    let input = try vectors("input")
    let fixed = NetworkInput(height: .fixed(input.shape[2]), width: .fixed(input.shape[3]))
    let graph = try network.graph(input: fixed)
    try graph.verify()
    let heads = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    try Self.expect(heads, toEqual: vectors, "eval.one2one", .heads)
    #expect(
      YOLOv5CheckpointTests.difference(
        Self.decoded(heads, strides: network.strides),
        try vectors.floats("eval.one2one.decoded"), .decoded) == nil)

    let found = try HeadReading(graph).detections(
      heads, inputSize: (input.shape[2], input.shape[3]),
      options: NMS.Options(
        confidence: ConfidenceThresholds(0),
        maxDetections: try vectors.integers("eval.post.labels").count))
    #expect(found.map(\.classID) == (try vectors.integers("eval.post.labels")))
    #expect(
      YOLOv5CheckpointTests.difference(
        found.map(\.score), try vectors.floats("eval.post.scores"), .decoded) == nil)
    let corners = found.flatMap { [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2] }
    #expect(
      YOLOv5CheckpointTests.difference(
        corners, try vectors.floats("eval.post.boxes_xyxy"), .decoded) == nil)

    let dynamic = try run(
      try network.graph(input: .symbolic), Tensor(input.floats, shape: Shape(input.shape)))
    #expect(dynamic.map(\.floats) == heads.map(\.floats))
  }

  @Test(arguments: cases)
  func bothBranchesOfValidationEqualUpstream(_ test: Case) throws {
    let vectors = try test.vectors()
    let input = try vectors("input")
    let graph = try test.network().graph(
      .validation,
      input: NetworkInput(height: .fixed(input.shape[2]), width: .fixed(input.shape[3])))
    let heads = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    try Self.expect(Array(heads[0..<6]), toEqual: vectors, "eval.one2one", .heads)
    try Self.expect(Array(heads[6..<12]), toEqual: vectors, "eval.one2many", .heads)
  }

  @Test(arguments: cases)
  func bothBranchesOfTrainingEqualUpstream(_ test: Case) throws {
    let vectors = try test.vectors()
    let input = try vectors("input_train")
    let network = try test.network()
    var graph = try network.graph(.training, input: NetworkInput(batch: 2, height: 64, width: 96))
    // The running statistics after the step, of a large batch and of a small one.
    let layers = [("model.0.bn", 2 * 32 * 48), ("model.23.one2one_cv3.2.1.1.bn", 2 * 2 * 3)]
    let values = Dictionary(graph.allValues.map { ($0.name, $0.id) }) { first, _ in first }
    graph.setOutputs(
      graph.outputs
        + (try layers.flatMap { layer in
          try ["next_mean", "next_variance"].map {
            try #require(values["\(layer.0).\($0)"], "\(layer.0)")
          }
        }))
    try graph.verify()
    let outputs = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    try Self.expect(Array(outputs[0..<6]), toEqual: vectors, "train.one2one", .batchStatistics)
    try Self.expect(Array(outputs[6..<12]), toEqual: vectors, "train.one2many", .batchStatistics)

    guard case .state(let state) = network.weights else {
      Issue.record("the weights are not those of the file")
      return
    }
    for (index, (layer, count)) in layers.enumerated() {
      let (mean, variance) = (outputs[12 + 2 * index], outputs[13 + 2 * index])
      let old = try #require(state.tensor("\(layer).running_var")).floats
      // ONNX keeps the variance of the batch, PyTorch that of what the batch is drawn from.
      let correction = Float(count) / Float(count - 1)
      let unbiased = zip(variance.floats, old).map { (new: Float, old: Float) -> Float in
        old * 0.97 + (new - old * 0.97) * correction
      }
      for (found, name) in [(mean.floats, "running_mean"), (unbiased, "running_var")] {
        let expected = try vectors.floats("train.bn.\(layer).\(name)")
        #expect(
          YOLOv5CheckpointTests.difference(found, expected, .batchStatistics) == nil,
          "\(layer).\(name)")
      }
    }
  }

  @Test(arguments: cases)
  func theSimplifiedGraphEqualsUpstreamsFused(_ test: Case) throws {
    let vectors = try test.vectors()
    let input = try vectors("input")
    let network = try test.network()
    var graph = try network.graph(input: NetworkInput(height: 64, width: 96))
    _ = try Pipeline.simplify.run(on: &graph)
    let kinds = Set(graph.nodes.map(\.op.kind.name))
    #expect(!kinds.contains("BatchNormalization") && !kinds.contains("Shape"))
    let heads = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    #expect(
      YOLOv5CheckpointTests.difference(
        Self.decoded(heads, strides: network.strides),
        try vectors.floats("fused.one2one.decoded"), .decoded) == nil)

    // The depthwise convolution in the middle of the last stage, merged of two in y10n.
    let weight = try vectors("fused.w.model.22.m.0.cv1.2.conv.weight")
    let bias = try vectors.floats("fused.w.model.22.m.0.cv1.2.conv.bias")
    let merged = graph.nodes.filter { node in
      guard node.op is Conv, node.inputs.count == 3, let kernel = node.inputs[1],
        let shift = node.inputs[2], let found = graph[kernel].constant,
        let foundShift = graph[shift].constant, found.shape.dimensions == weight.shape
      else { return false }
      return YOLOv5CheckpointTests.difference(found.floats, weight.floats, .reordered) == nil
        && YOLOv5CheckpointTests.difference(foundShift.floats, bias, .reordered) == nil
    }
    #expect(merged.count == 1)
  }

  /// A state without modules is told by its tensors, also where an export has taken the branch of training away.
  @Test(arguments: [false, true])
  func aPlainStateIsRecognised(_ isDeployed: Bool) throws {
    let file = try YOLOv5CheckpointTests.open("models/yolov10/yolov10n.pt")
    let model = try #require(file.root["model"]?.module)
    let whole = try DetectorCheckpoint(file).network
    var tensors = try model.stateDict()
    if isDeployed {
      tensors.removeAll {
        $0.name.hasPrefix("model.23.cv2.") || $0.name.hasPrefix("model.23.cv3.")
      }
    }
    let identity = FamilyCatalogue.identify(tensors: tensors)
    #expect(identity.family == .yolov10)
    let state = WeightState(YOLOv10.state(tensors))
    let network = try DetectorNetwork(
      YOLOv10.self, try YOLOv10.architecture(of: state), weights: .state(state),
      classNames: .coco80)
    #expect(network.variantName == "yolov10n")
    #expect(network.parameterCount == (isDeployed ? 2_310_624 : 2_775_520))
    let training = try network.graph(.training, input: .square(64))
    #expect(training.outputs.count == (isDeployed ? 6 : 12))
    let input = Tensor(
      (0..<(3 * 64 * 64)).map { Float($0 % 251) / 251 }, shape: [1, 3, 64, 64])
    let found = try run(try network.graph(input: .square(64)), input)
    let expected = try run(try whole.graph(input: .square(64)), input)
    #expect(found.map(\.floats) == expected.map(\.floats))
  }

  /// Compares the outputs of a branch, boxes and classes of each level, with upstream's, where they are one.
  static func expect(
    _ heads: [Tensor], toEqual vectors: SafetensorsFixture, _ branch: String,
    _ tolerance: Tolerance
  ) throws {
    #expect(heads.count == 6)
    for level in 0..<3 {
      let expected = try vectors("\(branch).head\(level)")
      let (boxes, classes) = (heads[2 * level], heads[2 * level + 1])
      let plane = boxes.shape[2] * boxes.shape[3]
      let (count, wide) = (boxes.shape[0], boxes.shape[1] * plane)
      let narrow = classes.shape[1] * plane
      var both: [Float] = []
      for image in 0..<count {
        both += boxes.floats[(image * wide)..<((image + 1) * wide)]
        both += classes.floats[(image * narrow)..<((image + 1) * narrow)]
      }
      #expect(expected.shape == [count, 64 + classes.shape[1], boxes.shape[2], boxes.shape[3]])
      let difference = YOLOv5CheckpointTests.difference(both, expected.floats, tolerance)
      #expect(difference == nil, "\(branch), level \(level)")
    }
  }

  /// All boxes of the first picture as upstream has them, `[4 + classes, cells]`: centre and size in pixels, then
  /// probabilities.
  ///
  /// A distance is the mean of 0 to 15 under the softmax of its bins, in cells (`DFL`, `dist2bbox` of
  /// `utils/tal.py`).
  static func decoded(_ heads: [Tensor], strides: [Int]) -> [Float] {
    let rows = rows(heads, strides: strides, steps: (0..<16).map(Double.init))
    return (0..<(4 + heads[1].shape[1])).flatMap { place in rows.map { Float($0[place]) } }
  }

  /// The same as rows, one for each cell, for any steps of the distances.
  static func rows(_ heads: [Tensor], strides: [Int], steps: [Double]) -> [[Double]] {
    let classCount = heads[1].shape[1]
    var result: [[Double]] = []
    for (level, stride) in strides.enumerated() {
      let (boxes, classes) = (heads[2 * level].floats, heads[2 * level + 1].floats)
      let (rows, width) = (heads[2 * level].shape[2], heads[2 * level].shape[3])
      for row in 0..<rows {
        for column in 0..<width {
          let (cell, plane) = (row * width + column, rows * width)
          var edges: [Double] = []
          for side in 0..<4 {
            var (sum, mean) = (0.0, 0.0)
            for (bin, step) in steps.enumerated() {
              let weight = exp(Double(boxes[(side * steps.count + bin) * plane + cell]))
              sum += weight
              mean += step * weight
            }
            edges.append(mean / sum)
          }
          let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
          let centre = [x + (edges[2] - edges[0]) / 2, y + (edges[3] - edges[1]) / 2]
          let box = centre + [edges[0] + edges[2], edges[1] + edges[3]]
          let scores = (0..<classCount).map { 1 / (1 + exp(-Double(classes[$0 * plane + cell]))) }
          result.append(box.map { $0 * Double(stride) } + scores)
        }
      }
    }
    return result
  }
}

extension Tolerance {
  /// Networks that normalise by the statistics of few cells: upstream's binary32 sums are divided by small
  /// deviations.
  static let batchStatistics = close(relative: 1e-4, absolute: 3e-4)
}
