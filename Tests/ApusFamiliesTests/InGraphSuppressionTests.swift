import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Testing

@Suite("Suppression in the graph")
struct InGraphSuppressionTests {
  /// Decoded boxes in clusters, so that many overlap: rows of centre, size and `scores` numbers.
  private static func boxes(count: Int, scores: Int, seed: UInt64) -> [[Float]] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let centre = [
        Float(Int.random(in: 1...4, using: &random) * 60),
        Float(Int.random(in: 1...3, using: &random) * 60),
      ]
      return centre.map { $0 + Float.random(in: -12...12, using: &random) }
        + (0..<2).map { _ in Float.random(in: 20...60, using: &random) }
        + (0..<scores).map { _ in Float.random(in: 0...1, using: &random) }
    }
  }

  /// A graph whose one output is the boxes of two pictures.
  private static func decoded(
    _ content: ModelCard.Head.Content, count: Int, classes: Int, isDynamic: Bool,
    _ suppression: ModelCard.Suppression
  ) -> (raw: RawHeads, pictures: [[[Float]]], graph: Graph) {
    let isRows = content == .boxesWithObjectness
    let scores = isRows ? classes + 1 : classes
    let pictures = [UInt64(801), 802].map { boxes(count: count, scores: scores, seed: $0) }
    let numbers = pictures.flatMap { rows in
      isRows ? rows.flatMap { $0 } : (0..<(4 + scores)).flatMap { place in rows.map { $0[place] } }
    }
    let shape: Shape = isRows ? [2, count, 4 + scores] : [2, 4 + scores, count]
    let raw = RawHeads(
      [ModelCard.Head(output: "boxes", content: content)], [Tensor(numbers, shape: shape)],
      inputSize: (256, 320))
    var graph = raw.graph(isDynamic: false) { $0.suppression = suppression }
    if isDynamic {
      let open = Graph(name: "open", card: graph.card)
      graph = open
      graph.addInput("images", Fact(.float32, [.symbol("batch"), 3, 256, 320]))
      let sizes: [Dimension] =
        isRows
        ? [.symbol("batch"), .symbol("count"), .fixed(4 + scores)]
        : [.symbol("batch"), .fixed(4 + scores), .symbol("count")]
      graph.setOutputs([graph.addInput("boxes", Fact(.float32, sizes))])
    }
    return (raw, pictures, graph)
  }

  /// Detections as rows of picture, corners, class, score.
  private static func rows(_ pictures: [[Detection]]) -> [Float] {
    pictures.enumerated().flatMap { picture, found in
      found.flatMap { one in
        [
          Float(picture), one.box.x1, one.box.y1, one.box.x2, one.box.y2, Float(one.classID),
          one.score,
        ]
      }
    }
  }

  @Test(arguments: [1, 3], [false, true])
  func classwiseEqualsOurSuppression(classes: Int, isDynamic: Bool) throws {
    var (raw, pictures, graph) = Self.decoded(
      .boxesWithObjectness, count: 150, classes: classes, isDynamic: isDynamic, .classwise)
    try InGraphSuppression.append(
      to: &graph, options: .init(confidence: 0.3, iou: 0.4, maxDetections: 12))
    #expect(graph.card.heads == [ModelCard.Head(output: "output", content: .detectionRows)])
    #expect(graph.card.confidenceThreshold == 0.3 && graph.card.iouThreshold == 0.4)
    let options = NMS.Options(
      confidence: ConfidenceThresholds(0.3), iou: 0.4, maxDetections: 12)
    let expected = pictures.map {
      NMS.detections(rows: $0.flatMap { $0 }, classCount: classes, options: options)
    }
    #expect(expected.allSatisfy { $0.count == 12 })
    expect(try raw.run(graph).floats, equal: Self.rows(expected))
  }

  @Test func theCardsThresholdsAreTheDefault() throws {
    var (raw, pictures, graph) = Self.decoded(
      .boxesWithObjectness, count: 60, classes: 2, isDynamic: false, .classwise)
    graph.card.confidenceThreshold = 0.2
    graph.card.iouThreshold = 0.7
    try InGraphSuppression.append(to: &graph)
    let options = NMS.Options(confidence: ConfidenceThresholds(0.2), iou: 0.7)
    let expected = pictures.map {
      NMS.detections(rows: $0.flatMap { $0 }, classCount: 2, options: options)
    }
    expect(try raw.run(graph).floats, equal: Self.rows(expected))
  }

  @Test(arguments: [1, 3], [false, true])
  func nanodetEqualsOurSuppression(classes: Int, isDynamic: Bool) throws {
    var (raw, pictures, graph) = Self.decoded(
      .boxesWithClasses, count: 80, classes: classes, isDynamic: isDynamic, .nanodet)
    try InGraphSuppression.append(
      to: &graph, options: .init(confidence: 0.35, iou: 0.6, maxDetections: 40))
    var options = NMS.Options.nanodet
    options.confidence = ConfidenceThresholds(0.35)
    options.maxDetections = 40
    let expected = pictures.map { rows in
      NMS.detections(
        boxes: rows.map { CentreBox(x: $0[0], y: $0[1], width: $0[2], height: $0[3]).corners },
        scores: rows.flatMap { $0[4...] }, classCount: classes, options: options)
    }
    #expect(expected.allSatisfy { !$0.isEmpty })
    expect(try raw.run(graph).floats, equal: Self.rows(expected))
  }

  @Test(arguments: [10, 300], [false, true])
  func topKEqualsOurSelection(limit: Int, isDynamic: Bool) throws {
    for classes in [1, 3] {
      var (raw, pictures, graph) = Self.decoded(
        .boxesWithClasses, count: 70, classes: classes, isDynamic: isDynamic, .topK)
      try InGraphSuppression.append(to: &graph, options: .init(maxDetections: limit))
      #expect(graph.card.heads == [ModelCard.Head(output: "output", content: .detections)])
      let output = try raw.run(graph)
      #expect(output.shape.dimensions == [2, min(limit, 70), 6])
      let expected = pictures.flatMap { rows in
        TopKSelection.detections(
          rows: rows.flatMap { $0 }, classCount: classes, maxDetections: min(limit, 70)
        ).flatMap { one in
          [one.box.x1, one.box.y1, one.box.x2, one.box.y2, one.score, Float(one.classID)]
        }
      }
      expect(output.floats, equal: expected)
    }
  }

  @Test func nothingFoundGivesNoRows() throws {
    for (content, suppression) in [
      (ModelCard.Head.Content.boxesWithObjectness, ModelCard.Suppression.classwise),
      (.boxesWithClasses, .nanodet),
    ] {
      var (raw, _, graph) = Self.decoded(
        content, count: 9, classes: 2, isDynamic: true, suppression)
      try InGraphSuppression.append(to: &graph, options: .init(confidence: 1))
      #expect(try raw.run(graph).shape.dimensions == [0, 7])
    }
  }

  @Test func outputsWithoutBoxesAreRefused() throws {
    for content: ModelCard.Head.Content in [.anchorGrid, .detections, .other] {
      var (_, _, graph) = Self.decoded(
        .boxesWithClasses, count: 9, classes: 2, isDynamic: false, .classwise)
      graph.card.heads[0].content = content
      #expect(throws: FamilyError.self) { try InGraphSuppression.append(to: &graph) }
    }
    var (_, _, narrow) = Self.decoded(
      .boxesWithClasses, count: 9, classes: 1, isDynamic: false, .classwise)
    narrow.card.heads[0].content = .boxesWithObjectness
    narrow.setOutputs([narrow.addInput("five", Fact(.float32, [1, 9, 5]))])
    narrow.card.heads[0].output = "five"
    #expect(throws: FamilyError.self) { try InGraphSuppression.append(to: &narrow) }
  }
}
