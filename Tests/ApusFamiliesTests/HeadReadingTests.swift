import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Testing

/// The same numbers in every arrangement give the same detections.
@Suite struct HeadReadingTests {
  static let side = 64
  static let strides = [8, 16, 32]
  static let classes = 3
  static let bins = 8

  /// Raw distances and classes of every level, `[channels][cells]`.
  private static func numbers(_ seed: UInt64) -> [(distances: [[Float]], classes: [[Float]])] {
    var random = SeededGenerator(seed: seed)
    return strides.map { stride in
      let cells = (side / stride) * (side / stride)
      func plane() -> [Float] { (0..<cells).map { _ in Float.random(in: -3...3, using: &random) } }
      return ((0..<(4 * bins)).map { _ in plane() }, (0..<classes).map { _ in plane() })
    }
  }

  private static func grid(_ channels: [[Float]]) -> Tensor {
    let cells = channels[0].count
    let side = Int(Double(cells).squareRoot())
    return Tensor(channels.flatMap(\.self), shape: [1, channels.count, side, side])
  }

  private static func cells(_ levels: [[[Float]]]) -> Tensor {
    let rows = levels.flatMap { channels in
      channels[0].indices.flatMap { cell in channels.map { $0[cell] } }
    }
    return Tensor(rows, shape: [1, rows.count / levels[0].count, levels[0].count])
  }

  private func detections(
    _ outputs: [(ModelCard.Head.Content, Int?, Tensor)], _ suppression: ModelCard.Suppression,
    suppressesDuplicates: Bool = false, confidence: Float = 0.5
  ) throws -> [Detection] {
    var graph = Graph()
    graph.card.strides = Self.strides
    graph.card.suppression = suppression
    for (place, (content, stride, tensor)) in outputs.enumerated() {
      graph.addInput("out\(place)", Fact(.float32, tensor.shape))
      let hasBins = content != .classGrid && content != .classCells
      graph.card.heads.append(
        .init(
          output: "out\(place)", content: content, stride: stride, bins: hasBins ? Self.bins : nil,
          cellOffset: 0.5))
    }
    graph.setOutputs(graph.inputs)
    return try HeadReading(graph).detections(
      outputs.map(\.2), inputSize: (Self.side, Self.side),
      options: NMS.Options(
        confidence: ConfidenceThresholds(confidence), multiLabel: suppression == .nanodet,
        maxDetections: 300), suppressesDuplicates: suppressesDuplicates)
  }

  @Test(arguments: [ModelCard.Suppression.classwise, .nanodet, .topK])
  func arrangementsAgree(_ suppression: ModelCard.Suppression) throws {
    let levels = Self.numbers(3)
    typealias Output = (ModelCard.Head.Content, Int?, Tensor)
    var (pairs, distanceFirst, classFirst, apart): ([Output], [Output], [Output], [Output]) =
      ([], [], [], [])
    for (stride, level) in zip(Self.strides, levels) {
      pairs.append((.distanceGrid, stride, Self.grid(level.distances)))
      pairs.append((.classGrid, stride, Self.grid(level.classes)))
      distanceFirst.append(
        (.distanceClassGrid, stride, Self.grid(level.distances + level.classes)))
      classFirst.append((.classDistanceGrid, stride, Self.grid(level.classes + level.distances)))
      apart.append((.classCells, stride, Self.cells([level.classes])))
      apart.append((.distanceCells, stride, Self.cells([level.distances])))
    }
    let cells: Output = (
      .classDistanceCells, nil, Self.cells(levels.map { $0.classes + $0.distances })
    )
    let joined: [Output] = [
      (.classCells, nil, Self.cells(levels.map(\.classes))),
      (.distanceCells, nil, Self.cells(levels.map(\.distances))),
    ]
    let wanted = try detections(pairs, suppression)
    #expect(wanted.count > 20)
    let arrangements = [pairs.reversed(), distanceFirst, classFirst, [cells], joined, apart]
    for arrangement in arrangements {
      #expect(try detections(arrangement, suppression) == wanted, "\(arrangement.map(\.0))")
    }
  }

  /// The gate takes away nothing that the rules alone would keep.
  @Test(arguments: [0, 0.001, 0.3, 0.5, 0.731, 0.9, 1] as [Float])
  func theGateKeepsWhatPasses(_ confidence: Float) throws {
    let levels = Self.numbers(5)
    let joined = Self.cells(levels.map { $0.classes + $0.distances })
    let decoder = AnchorFreeDecode(
      levels: Self.strides.map {
        .init(
          stride: $0, distances: .init(output: 0, channel: Self.classes),
          classes: .init(output: 0))
      }, classCount: Self.classes, binValues: AnchorFreeDecode.steps(Self.bins))
    let (boxes, scores) = try decoder.rows([joined], inputSize: (Self.side, Self.side))
    var options = NMS.Options.nanodet
    options.confidence = ConfidenceThresholds(confidence)
    let all = NMS.detections(
      boxes: boxes, scores: scores, classCount: Self.classes, options: options)
    let gated = try decoder.detections(
      [joined], inputSize: (Self.side, Self.side), options: options, suppression: .nanodet)
    #expect(gated == all)
    var rows: [Float] = []
    for (index, box) in boxes.map(CentreBox.init).enumerated() {
      rows += [box.x, box.y, box.width, box.height]
      rows += scores[(index * Self.classes)..<((index + 1) * Self.classes)]
    }
    let best = TopKSelection.detections(rows: rows, classCount: Self.classes).filter {
      $0.score > confidence
    }
    options.maxDetections = 300
    let selected = try decoder.detections(
      [joined], inputSize: (Self.side, Self.side), options: options, suppression: .topK)
    #expect(selected == best)
  }

  @Test func duplicatesAreSuppressedOnDemand() throws {
    let rows = Tensor(
      [Float](arrayLiteral: 0, 0, 10, 10, 0.9, 1, 0, 0, 10, 9.9, 0.8, 1, 0, 0, 10, 10, 0.7, 2),
      shape: [1, 3, 6])
    let outputs = [(ModelCard.Head.Content.detections, Int?.none, rows)]
    #expect(try detections(outputs, .classwise).count == 3)
    #expect(
      try detections(outputs, .classwise, suppressesDuplicates: true).map(\.score) == [0.9, 0.7])
  }

  @Test func rowsOfPicturesAreSorted() throws {
    let rows = Tensor(
      [Float](arrayLiteral: 0, 1, 2, 3, 4, 7, 0.6, 1, 0, 0, 9, 9, 1, 0.9, 0, 5, 6, 7, 8, 2, 0.8),
      shape: [3, 7])
    let found = try DecodedOutput.detections(rowsOfAllPictures: rows)
    #expect(found.map(\.classID) == [2, 7] && found.map(\.score) == [0.8, 0.6])
    #expect(try DecodedOutput.detections(rowsOfAllPictures: rows, image: 1).map(\.classID) == [1])
    #expect(throws: FamilyError.self) {
      try DecodedOutput.detections(rowsOfAllPictures: Tensor(zeros: [1, 3, 6]))
    }
  }

  @Test func countsBeyondTheBoxesAreHeld() throws {
    let found = try DecodedOutput.detections(
      counts: Tensor([Int32.max], shape: [1, 1]),
      boxes: Tensor([Float](arrayLiteral: 0, 0, 1, 1), shape: [1, 1, 4]),
      scores: Tensor([Float(0.9)], shape: [1, 1]), classes: Tensor([Int32(3)], shape: [1, 1]))
    #expect(found.map(\.classID) == [3])
    #expect(throws: FamilyError.self) {
      try DecodedOutput.detections(
        counts: Tensor(zeros: [1, 1]), boxes: Tensor(zeros: [1, 2, 4]),
        scores: Tensor(zeros: [1, 1]),
        classes: Tensor(zeros: [1, 2]))
    }
  }

  /// Decoded boxes without objectness, against the anchor-free decoder on the same boxes.
  @Test(arguments: [ModelCard.Suppression.classwise, .topK])
  func decodedBoxesWithClasses(_ suppression: ModelCard.Suppression) throws {
    let values: [[Float]] = [
      [10, 30, 30.5, 50], [10, 30, 30, 50], [8, 8, 8, 8], [8, 8, 8, 8],
      [0.9, 0.1, 0.2, 0.3], [0.1, 0.8, 0.7, 0.2],
    ]
    let found = try DecodedOutput.detections(
      withClasses: Tensor(values.flatMap(\.self), shape: [1, 6, 4]), suppression: suppression)
    let scores: [Float] = suppression == .topK ? [0.9, 0.8, 0.7, 0.3] : [0.9, 0.8, 0.3]
    #expect(found.map(\.score) == scores)
    #expect(found[0].box == Box(x1: 6, y1: 6, x2: 14, y2: 14))
  }

  @Test func cellsBeforeNumbersAreTheSameAnchors() throws {
    var random = SeededGenerator(seed: 9)
    let decoder = AnchorDecode(
      levels: [.init(stride: 8, anchors: [[10, 20], [30, 40]])], classCount: 2)
    let values = (0..<(2 * 2 * 7 * 6)).map { _ in Float.random(in: -3...3, using: &random) }
    let grid = Tensor(values, shape: [2, 14, 2, 3])
    // [N, A, numbers, H, W] to [N, A, H, W, numbers]
    var turned: [Float] = []
    for block in 0..<4 {
      for cell in 0..<6 {
        for number in 0..<7 { turned.append(values[(block * 7 + number) * 6 + cell]) }
      }
    }
    let cells = Tensor(turned, shape: [2, 2, 2, 3, 7])
    for image in 0..<2 {
      #expect(
        try decoder.rows(heads: [grid], image: image)
          == decoder.rows(heads: [cells], image: image))
    }
    let activated = AnchorDecode(
      levels: decoder.levels, classCount: 2, hasProbabilities: true)
    let half = Tensor([Float](repeating: 0.5, count: 2 * 7), shape: [1, 14, 1, 1])
    let rows = try activated.rows(heads: [half])
    #expect(rows.prefix(6) == [4, 4, 10, 20, 0.5, 0.5])
  }
}
