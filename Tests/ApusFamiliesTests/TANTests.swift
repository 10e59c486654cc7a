import ApusFamilies
import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// The neck of NanoDet-t against upstream's list and PyTorch's attention.
@Suite("TAN")
struct TANTests {
  static let published = TAN([116, 232, 464], channels: 128, side: 20)

  /// The maps that the neck is for.
  static func shapes(_ neck: TAN, batch: Dimension = 1) -> [[Dimension]] {
    zip(neck.inputChannels, [2 * neck.side, neck.side, neck.side / 2]).map {
      [batch, .fixed($0), .fixed($1), .fixed($1)]
    }
  }

  static func graph(_ neck: TAN, weights: WeightSource = .outline) throws -> StageGraph {
    try StageGraph(neck, path: "fpn", weights: weights, inputs: shapes(neck))
  }

  @Test func parametersAndMapsEqualUpstream() throws {
    let outline = try Self.graph(Self.published)
    #expect(outline.entries.parameterCount == 419_968)
    #expect(Self.published.onlySide == 320)
    let shapes = outline.graph.outputs.map { outline.graph[$0].fact.fixedShape?.dimensions }
    #expect(shapes == [[1, 128, 40, 40], [1, 128, 20, 20], [1, 128, 10, 10]])
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
  func theStateEqualsUpstream() throws {
    let list = try PublishedState("nanodet/nanodet-t")
    let expected = list.entries.filter { $0.name.hasPrefix("fpn.") }
    let entries = try Self.graph(Self.published).entries
    #expect(entries.map(PublishedState.Entry.init).sorted() == expected.sorted())
  }

  @Test func theNeckIsReadBack() throws {
    let outline = try Self.graph(Self.published)
    let read = try #require(try TAN(state: WeightState(zeros: outline.entries), path: "fpn"))
    #expect(read.side == 20 && read.onlySide == 320 && read.encoderCount == 1)
    #expect(try Self.graph(read).entries == outline.entries)
    let entries = try StageGraph(
      PAN([116, 232, 464], channels: 128), path: "fpn", inputs: Self.shapes(read)
    ).entries
    #expect(try TAN(state: WeightState(zeros: entries), path: "fpn") == nil)
  }

  @Test(arguments: [false, true])
  func mapsEqualPyTorch(simplified: Bool) throws {
    let golden = try SafetensorsFixture(nanodetGolden: "tan")
    let state = WeightState(golden)
    let neck = try #require(try TAN(state: state, path: "fpn"))
    #expect(neck.side == 4 && neck.channels == 16 && neck.encoderCount == 2)
    #expect(neck.hiddenChannels == 32 && neck.inputChannels == [6, 10, 12])
    let inputs = try (0..<3).map { try golden("input\($0)") }
    var stage = try StageGraph(
      neck, path: "fpn", weights: .state(state),
      inputs: Self.shapes(neck, batch: simplified ? 2 : .symbol("batch")))
    try state.check(against: stage.entries)
    if simplified { _ = try Pipeline.simplify.run(on: &stage.graph) }
    try stage.graph.verify()
    for (index, map) in try stage.run(inputs).enumerated() {
      let expected = try golden("map\(index)")
      #expect(map.shape.dimensions == expected.shape)
      #expect(
        YOLOv5CheckpointTests.difference(map.floats, expected.floats, .parts) == nil, "\(index)")
    }
  }

  /// A picture of another size is refused with the size that is expected.
  @Test(arguments: [[52, 26, 13], [40, 20, 20]])
  func otherSizesAreRefused(_ sides: [Int]) throws {
    let shapes = zip(Self.published.inputChannels, sides).map {
      [1, Dimension.fixed($0), .fixed($1), .fixed($1)]
    }
    let error = #expect(throws: FamilyError.self) {
      _ = try StageGraph(Self.published, path: "fpn", inputs: shapes)
    }
    #expect(error?.description.contains("320x320") == true, "\(error?.description ?? "")")
    let symbolic = Self.published.inputChannels.map {
      [1, Dimension.fixed($0), .symbol("h"), .symbol("w")]
    }
    #expect(throws: FamilyError.self) {
      _ = try StageGraph(Self.published, path: "fpn", inputs: symbolic)
    }
  }

  @Test(arguments: [
    ([399, 1, 128], "399 positions"), ([361, 1, 128], "361 positions"),
    ([400, 1, 130], "130 channels"), ([400, 128], "expected 3 sizes"),
  ])
  func damagedPositionsAreRefused(_ sizes: [Int], _ message: String) throws {
    let entries = try Self.graph(Self.published).entries.map {
      $0.name == "fpn.pos_embed" ? StateEntry(name: $0.name, shape: sizes) : $0
    }
    let error = #expect(throws: FamilyError.self) {
      _ = try TAN(state: WeightState(zeros: entries), path: "fpn")
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// Upstream's rules: positions and matrices by a deviation of 0.02, the packed matrix evenly, convolutions by a
  /// deviation of 1.
  @Test func newNecksStartAsUpstreams() throws {
    let graph = try Self.graph(Self.published, weights: .fresh(seed: 6)).graph
    func numbers(_ name: String) throws -> [Double] {
      try #require(graph.value(named: "fpn.\(name)")?.constant).doubles
    }
    func moments(_ name: String) throws -> (mean: Double, deviation: Double) {
      let values = try numbers(name)
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return (mean, square.squareRoot())
    }
    for name in ["pos_embed", "transformer.encoders.0.mlp.fc1.weight"] {
      #expect(abs(try moments(name).deviation - 0.02) < 0.001, "\(name)")
    }
    let lateral = try moments("lateral_convs.2.conv.weight")
    #expect(abs(lateral.deviation - 1) < 0.02 && abs(lateral.mean - 0.01) < 0.02)
    let packed = try numbers("transformer.encoders.0.attn.in_proj_weight").map(abs)
    let bound = (6 / Double(4 * 128)).squareRoot()
    let largest = try #require(packed.max())
    #expect(largest <= bound * 1.000_001 && largest > 0.99 * bound)
  }
}
