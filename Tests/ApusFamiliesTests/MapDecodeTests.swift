import ApusBoxes
import ApusCompiler
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusRuntime
import ApusTensor
import ApusTestSupport
import Testing

/// Outputs that are still maps, of floats and of elements on a grid, give the detections of the same numbers in
/// planes: to the bit.
@Suite struct MapDecodeTests {
  struct Family: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let heads: [ModelCard.Head]
    let channels: [Int]
    let suppression: ModelCard.Suppression
    var hasProbabilities = false
  }

  static let strides = [8, 16, 32]
  static let classes = 20
  static let families = [
    Family(
      testDescription: "YOLOv5", heads: strides.map { .level(.anchorGrid, $0) },
      channels: [75, 75, 75], suppression: .classwise),
    Family(
      testDescription: "YOLOv7 with probabilities", heads: strides.map { .level(.anchorGrid, $0) },
      channels: [75, 75, 75], suppression: .classwise, hasProbabilities: true),
    Family(
      testDescription: "YOLOv10",
      heads: strides.flatMap {
        [.level(.distanceGrid, $0, bins: 16, offset: 0.5), .level(.classGrid, $0)]
      }, channels: strides.flatMap { _ in [64, 20] }, suppression: .topK),
    Family(
      testDescription: "NanoDet",
      heads: strides.map { .level(.classDistanceGrid, $0, bins: 8, offset: 0.5) },
      channels: [52, 52, 52], suppression: .nanodet),
    Family(
      testDescription: "YOLOv8",
      heads: strides.map { .level(.distanceClassGrid, $0, bins: 16, offset: 0.5) },
      channels: [84, 84, 84], suppression: .classwise),
  ]

  /// Heads that go through a convolution which changes nothing, or through a grid.
  private static func network(_ raw: RawHeads, grid: (scale: Float, zero: Int64)?) throws -> Graph {
    var graph = Graph(name: "heads")
    let outputs = try zip(raw.heads, raw.tensors).map { head, tensor in
      let input = graph.addInput("in.\(head.output)", Fact(.float32, tensor.shape))
      guard let grid else {
        let count = tensor.shape[1]
        let one = (0..<count * count).map { (place: Int) -> Float in
          place / count == place % count ? 1 : 0
        }
        let weights = graph.addConstant(Tensor(one, shape: [count, count, 1, 1]))
        return try graph.append(Conv(), [input, weights], name: head.output)
      }
      let scale = graph.addConstant(Tensor(scalar: grid.scale))
      let zero = graph.addConstant(Tensor(integers: [grid.zero], dtype: .uint8, shape: []))
      let size = tensor.shape[1]
      let ones = (0..<size * size).map { (place: Int) -> Int64 in
        place / size == place % size ? 127 : 0
      }
      let elements = graph.addConstant(
        Tensor(integers: ones, dtype: .int8, shape: [size, size, 1, 1]))
      let unit = graph.addConstant(Tensor(scalar: Float(1) / 127))
      let weights = try graph.append(DequantizeLinear(), [elements, unit], name: "w")
      let first = try graph.append(QuantizeLinear(), [input, scale, zero], name: "q")
      let real = try graph.append(DequantizeLinear(), [first, scale, zero], name: "dq")
      let same = try graph.append(Conv(), [real, weights], name: "conv")
      let stored = try graph.append(QuantizeLinear(), [same, scale, zero], name: "q")
      return try graph.append(DequantizeLinear(), [stored, scale, zero], name: head.output)
    }
    graph.setOutputs(outputs)
    return graph
  }

  @Test(arguments: families, [false, true])
  func mapsAndPlanesAgree(_ family: Family, _ isQuantised: Bool) throws {
    let size = (height: 96, width: 160)
    let raw = RawHeads(
      family.heads, channels: family.channels, batch: 2, inputSize: size,
      range: family.hasProbabilities ? 0...1 : -6...2, seed: 11)
    let described = raw.graph(isDynamic: false) { card in
      card.strides = Self.strides
      card.suppression = family.suppression
      card.classNames = (0..<Self.classes).map { "\($0)" }
      card.anchors = Self.strides.map { (stride: Int) -> [[Float]] in
        let side = Float(stride)
        return [[side, 2 * side], [2 * side, 3 * side], [4 * side, 3 * side]]
      }
      for index in card.heads.indices {
        card.heads[index].hasProbabilities = family.hasProbabilities
      }
    }
    let reading = try HeadReading(described)
    #expect(reading.readsMaps)
    let grid: (scale: Float, zero: Int64) =
      family.hasProbabilities ? (1 / 255, 0) : (8.1 / 255, 190)
    let graph = try Self.network(raw, grid: isQuantised ? grid : nil)
    let session = try Compiler(keepsMaps: true).compile(graph).session()
    let outputs = try session.run(inputs: raw.tensors)
    let plain = try Compiler().compile(graph).session().run(inputs: raw.tensors)
    var total = 0
    for (a, b) in zip(outputs, plain) {
      #expect(a.shape == b.shape && a.elements(as: Float.self) == b.elements(as: Float.self))
    }
    for confidence in [0, 0.01, 0.25, 0.5, 0.8, 0.9999, 1] as [Float] {
      for isMultiLabel in [false, true] {
        var options = NMS.Options(
          confidence: ConfidenceThresholds(confidence, perClass: [2: confidence / 2]),
          multiLabel: isMultiLabel, maxDetections: 200)
        options.maxCandidates = 2000
        for image in 0..<2 {
          let maps = try outputs.indices.map {
            try #require(session.outputMap($0, image: image))
          }
          let found = try reading.detections(maps: maps, inputSize: size, options: options)
          let wanted = try reading.detections(
            plain, image: image, inputSize: size, options: options)
          #expect(found == wanted, "above \(confidence), picture \(image)")
          total += wanted.count
        }
      }
    }
    #expect(total > 100)
  }

  @Test func formsWithoutGridsAreNotReadFromMaps() throws {
    var graph = Graph()
    graph.setOutputs([graph.addInput("rows", Fact(.float32, [1, 100, 6]))])
    graph.card.heads = [ModelCard.Head(output: "rows", content: .detections)]
    let reading = try HeadReading(graph)
    #expect(!reading.readsMaps)
    #expect(try reading.detections(maps: [], inputSize: (64, 64)) == nil)
  }

  @Test func aMapOfOtherChannelsIsRefused() throws {
    let family = Self.families[0]
    let raw = RawHeads(
      family.heads, channels: [75, 75, 60], batch: 1, inputSize: (64, 64), seed: 3)
    let session = try Compiler(keepsMaps: true).compile(Self.network(raw, grid: nil)).session()
    let maps = try (0..<3).map { try #require(session.outputMap($0)) }
    let decode = AnchorDecode(
      levels: Self.strides.map { .init(stride: $0, anchors: [[8, 8], [9, 9], [10, 10]]) },
      classCount: 20)
    #expect(throws: FamilyError.self) { try decode.detections(maps: maps) }
    #expect(throws: FamilyError.self) { try decode.detections(maps: Array(maps[..<2])) }
  }
}
