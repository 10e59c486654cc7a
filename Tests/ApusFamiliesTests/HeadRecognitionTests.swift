import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusTensor
import Testing

/// Exports of other tools, told by their shapes and their structure alone.
@Suite struct HeadRecognitionTests {
  typealias Head = ModelCard.Head

  private func recognise(_ graph: Graph) throws -> ModelCard {
    let found = try HeadRecognition(graph)
    #expect(!found.reason.isEmpty)
    return found.card
  }

  @Test(arguments: [false, true]) func anchorCells(_ isActivated: Bool) throws {
    var net = HeadNet()
    var outputs: [ValueID] = []
    for stride in [8, 16, 32] {
      let cells = 64 / stride
      let view = try net.shaped(try net.level(stride, 24), [1, 3, 8, cells, cells])
      let turned = try net.add(Transpose([0, 1, 3, 4, 2]), [view])
      outputs.append(isActivated ? try net.sigmoid(turned) : turned)
    }
    // The coarsest level first: order is no matter.
    var graph = net.finish(outputs.reversed())
    let card = try recognise(graph)
    #expect(
      card.heads
        == [("out2", 8), ("out1", 16), ("out0", 32)].map {
          Head(
            output: $0.0, content: .anchorCells, stride: $0.1,
            hasProbabilities: isActivated ? true : nil)
        })
    graph.card = card
    let error = #expect(throws: FamilyError.self) { try HeadReading(graph) }
    #expect(error?.message.contains("--anchors") == true)
    graph.card.anchors = AnchorSet.cocoP5
    #expect(try HeadReading(graph).classCount == 3)
    graph.card.anchors = [[[1, 2]], [[3, 4]], [[5, 6]]]
    #expect(try HeadReading(graph).classCount == 3)
  }

  @Test func anchorGrids() throws {
    var net = HeadNet()
    let outputs = try [8, 16, 32].map { try net.level($0, 24) }
    var graph = net.finish(outputs)
    #expect(try recognise(graph).heads.map(\.content) == [.anchorGrid, .anchorGrid, .anchorGrid])
    graph.card.classNames = ["a", "b", "c"]
    graph.card = try recognise(graph)
    graph.card.anchors = AnchorSet.cocoP5
    #expect(try HeadReading(graph).classCount == 3)
    graph.card.anchors = AnchorSet.cocoP5.map { $0 + $0 }
    let error = #expect(throws: FamilyError.self) { try HeadReading(graph) }
    #expect(error?.message.contains("6 anchors") == true)
  }

  @Test func decodedBoxes() throws {
    var net = HeadNet()
    var rows: [ValueID] = []
    for stride in [8, 16, 32] {
      let cells = try net.cells(try net.level(stride, 24), 24)
      rows.append(try net.decoded(try net.shaped(cells, [1, -1, 8])))
    }
    let all = try net.add(Concat(axis: 1), rows)
    let graph = net.finish([all] + rows)
    #expect(graph[graph.outputs[0]].fact.fixedShape == [1, 252, 8])
    let card = try recognise(graph)
    #expect(card.heads == [Head(output: "out0", content: .boxesWithObjectness)])
    #expect(card.strides == [8, 16, 32] && card.suppression == .classwise)
  }

  @Test func boxesWithClasses() throws {
    var net = HeadNet()
    var rows: [ValueID] = []
    for stride in [8, 16, 32] {
      rows.append(try net.shaped(try net.decoded(try net.level(stride, 7)), [1, 7, -1]))
    }
    let graph = net.finish([try net.add(Concat(axis: 2), rows)])
    #expect(graph[graph.outputs[0]].fact.fixedShape == [1, 7, 84])
    #expect(try recognise(graph).heads == [Head(output: "out0", content: .boxesWithClasses)])
  }

  @Test(arguments: [[8, 16, 32], [8, 16, 32, 64]], [false, true])
  func nanoDetCells(_ strides: [Int], _ isActivated: Bool) throws {
    // 80 does not divide by 64: the fourth level has cells cut short.
    var net = HeadNet(side: 80)
    var rows: [ValueID] = []
    for stride in strides {
      let head = try net.level(stride, 36)
      let classes = try net.slice(head, 0..<4, axis: 1)
      let distances = try net.slice(head, 4..<36, axis: 1)
      let joined = try net.add(
        Concat(axis: 1), [isActivated ? try net.sigmoid(classes) : classes, distances])
      rows.append(try net.cells(joined, 36))
    }
    var graph = net.finish([try net.add(Concat(axis: 1), rows)])
    let isPlus = strides.count == 4
    graph.card = try recognise(graph)
    #expect(
      graph.card.heads == [
        Head(
          output: "out0", content: .classDistanceCells, hasProbabilities: isActivated ? true : nil,
          bins: 8, cellOffset: isPlus ? 0 : 0.5)
      ])
    #expect(graph.card.strides == strides && graph.card.suppression == .nanodet)
    #expect(graph.card.preprocess.channelOrder == .bgr)
    #expect(graph.card.preprocess.fit == (isPlus ? .stretch : .letterboxCentred))
    #expect(graph.card.confidenceThreshold == 0.4 && graph.card.iouThreshold == 0.5)
    let reading = try HeadReading(graph)
    #expect(reading.classCount == 4)
    let output = Tensor(zeros: graph[graph.outputs[0]].fact.fixedShape ?? [])
    _ = try reading.detections([output], inputSize: (80, 80))
    #expect(throws: FamilyError.self) { try reading.detections([output], inputSize: (96, 96)) }
  }

  @Test(arguments: [false, true]) func cellsApart(_ isJoined: Bool) throws {
    var net = HeadNet()
    var (classes, distances): ([ValueID], [ValueID]) = ([], [])
    for stride in [8, 16, 32] {
      classes.append(try net.cells(try net.sigmoid(try net.level(stride, 20)), 20))
      distances.append(try net.cells(try net.level(stride, 32), 32))
    }
    let outputs =
      isJoined
      ? [try net.add(Concat(axis: 1), classes), try net.add(Concat(axis: 1), distances)]
      : zip(classes, distances).flatMap { [$0, $1] }
    var graph = net.finish(outputs)
    graph.card = try recognise(graph)
    #expect(graph.card.heads.prefix(2).map(\.content) == [.distanceCells, .classCells])
    #expect(graph.card.heads[1].hasProbabilities == true)
    #expect(graph.card.heads.map(\.stride).first == (isJoined ? .some(nil) : 8))
    #expect(try HeadReading(graph).classCount == 20)
  }

  @Test func gridsApart() throws {
    var net = HeadNet()
    var outputs: [ValueID] = []
    for stride in [8, 16, 32] {
      // Vendors add the sum of the scores; it is no head.
      let classes = try net.sigmoid(try net.level(stride, 3))
      outputs += [try net.level(stride, 64), classes, try net.level(stride, 1)]
    }
    var graph = net.finish(outputs)
    graph.card = try recognise(graph)
    #expect(
      graph.card.heads.prefix(2) == [
        Head(output: "out0", content: .distanceGrid, stride: 8, bins: 16, cellOffset: 0.5),
        Head(output: "out1", content: .classGrid, stride: 8, hasProbabilities: true),
      ])
    #expect(graph.card.heads.count == 6 && graph.card.suppression == .classwise)
    #expect(try HeadReading(graph).classCount == 3)
    graph.card.family = "YOLOv10"
    #expect(try recognise(graph).suppression == .topK)
  }

  @Test func gridsJoined() throws {
    for (parts, content) in [
      ([64, 80], Head.Content.distanceClassGrid), ([80, 32], .classDistanceGrid),
    ] {
      var net = HeadNet()
      let outputs = try [8, 16, 32].map { stride in
        let heads = try parts.map { try net.level(stride, $0) }
        return try net.add(Concat(axis: 1), heads)
      }
      var graph = net.finish(outputs)
      graph.card = try recognise(graph)
      // 144 channels are 3 anchors of 48 as well: the two convolutions tell.
      #expect(graph.card.heads.map(\.content) == [content, content, content])
      #expect(try HeadReading(graph).classCount == 80)
    }
    var net = HeadNet()
    let outputs = try [8, 16, 32].map { try net.level($0, 112) }
    var graph = net.finish(outputs)
    graph.card = try recognise(graph)
    #expect(graph.card.heads[0].content == .classDistanceGrid && graph.card.heads[0].bins == 8)
    #expect(try HeadReading(graph).classCount == 80)
  }

  @Test func finishedDetections() throws {
    var net = HeadNet()
    let scores = try net.cells(try net.level(8, 6), 6)
    let k = net.list([10])
    let best = try net.graph.append(
      TopK(axis: 1), [scores, k], name: "best", outputNames: ["best", "places"])
    #expect(
      try recognise(net.finish([best[0]])).heads == [Head(output: "out0", content: .detections)])
    // The same without a selection: boxes of one class.
    var plain = HeadNet()
    let rows = try plain.decoded(try plain.cells(try plain.level(8, 6), 6))
    #expect(
      try recognise(plain.finish([rows])).heads.map(\.content) == [.boxesWithObjectness])
  }

  @Test func rowsOfAllPictures() throws {
    var net = HeadNet()
    let boxes = try net.cells(try net.level(8, 4), 4)
    let scores = try net.shaped(try net.level(8, 2), [1, 2, -1])
    let selected = try net.add(NonMaxSuppression(), [boxes, scores])
    let floats = try net.add(Cast(to: .float32), [selected])
    let row = try net.add(Concat(axis: 1), [floats, floats, floats])
    let graph = net.finish([try net.slice(row, 0..<7, axis: 1)])
    #expect(try recognise(graph).heads == [Head(output: "out0", content: .detectionRows)])
  }

  @Test func tensorRTDetections() throws {
    var net = HeadNet()
    let boxes = try net.cells(try net.level(8, 4), 4)
    let scores = try net.cells(try net.level(8, 2), 2)
    let outputs = try net.graph.append(
      EfficientNMS(), [boxes, scores], name: "nms", outputNames: ["n", "b", "s", "c"])
    var graph = net.finish(outputs)
    graph.card = try recognise(graph)
    #expect(
      graph.card.heads.map(\.content) == [
        .detectionCount, .detectionBoxes, .detectionScores, .detectionClasses,
      ])
    let found = try HeadReading(graph).detections(
      [
        Tensor([Int32](arrayLiteral: 1), shape: [1, 1]),
        Tensor([Float](arrayLiteral: 1, 2, 3, 4, 9, 9, 9, 9), shape: [1, 2, 4]),
        Tensor([Float](arrayLiteral: 0.5, 0.9), shape: [1, 2]),
        Tensor([Int32](arrayLiteral: 1, 0), shape: [1, 2]),
      ], inputSize: (64, 64))
    #expect(found.count == 1 && found[0].classID == 1 && found[0].box.x2 == 3)
  }

  @Test func whatIsUnknownIsListed() throws {
    var net = HeadNet()
    let flat = try net.shaped(try net.level(8, 3), [1, -1])
    let error = #expect(throws: FamilyError.self) { try HeadRecognition(net.finish([flat])) }
    #expect(error?.message.contains("'out0' float32 [1, 192]") == true)
    #expect(error?.message.contains("64x64") == true)
    // Which is which of two heads of 64 channels, nothing tells but names.
    var twins = HeadNet()
    let outputs = try [8, 16, 32].flatMap { stride in
      [try twins.level(stride, 64), try twins.level(stride, 64)]
    }
    let unclear = #expect(throws: FamilyError.self) {
      try HeadRecognition(twins.finish(outputs))
    }
    #expect(unclear?.message.contains("--names") == true)
    // A grid that is decoded in part is neither raw nor decoded.
    var half = HeadNet()
    let grids = try [8, 16, 32].map { try half.decoded(try half.level($0, 24)) }
    let partial = #expect(throws: FamilyError.self) { try HeadRecognition(half.finish(grids)) }
    #expect(partial?.message.contains("in part") == true)
  }

  @Test func cardsThatContradictTheOutputsAreRefused() throws {
    var net = HeadNet()
    var graph = net.finish([try net.level(8, 24)])
    for head in [
      Head(output: "gone", content: .detections), Head(output: "out0", content: .other),
      Head(output: "out0", content: .distanceClassGrid, stride: 8),
      Head(output: "out0", content: .distanceClassGrid, stride: 8, bins: 6),
      Head(output: "out0", content: .distanceClassGrid, stride: 8, bins: 4, binValues: [1]),
      Head(output: "out0", content: .distanceGrid, stride: 8, bins: 6),
      Head(output: "out0", content: .distanceClassGrid, bins: 4),
      Head(output: "out0", content: .distanceClassGrid, stride: 8, bins: .max),
      Head(output: "out0", content: .distanceClassGrid, stride: .max, bins: 4),
    ] {
      graph.card.heads = [head]
      let card = graph
      #expect(throws: FamilyError.self, "\(head)") { try HeadReading(card) }
    }
  }

  /// Strides of a file's card may be any numbers; they are only what is tried first.
  @Test(arguments: [[0, 0, 0], [.max, .min, -8], [8, 16, 32]])
  func stridesOfACardAreNotTrusted(_ strides: [Int]) throws {
    var net = HeadNet()
    let rows = try [8, 16, 32].map { try net.cells(try net.level($0, 36), 36) }
    var graph = net.finish([try net.add(Concat(axis: 1), rows)])
    graph.card.strides = strides
    #expect(try recognise(graph).strides == [8, 16, 32])
  }

  @Test func anchorsAreReadFromText() throws {
    let levels = try AnchorText.parse(
      "10,13, 16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326")
    #expect(levels == AnchorSet.cocoP5)
    for text in ["", "10", "10,13/16", "10,x", "10,-1", "10,13,,", "10,13/1,2,3,4", "1,inf"] {
      let error = #expect(throws: FamilyError.self) { try AnchorText.parse(text) }
      #expect(error?.message.contains("\"\(text)\"") == true)
    }
  }
}
