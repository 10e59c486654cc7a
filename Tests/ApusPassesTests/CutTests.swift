import ApusGraph
import ApusInterpreter
import ApusONNX
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

@Suite struct CutTests {
  @Test(
    arguments: ["v60", "v70", "computed", "focus", "three", "raw", "nms", "branches"],
    [false, true])
  func anchorHeadsAreFound(_ fixture: String, _ isSimplified: Bool) throws {
    var graph = try Fixture.read(fixture)
    if isSimplified { _ = try Pipeline.simplify.run(on: &graph) }
    let cut = try HeadCut.find(in: graph)
    #expect(cut.heads.map(\.stride) == [8, 16, 32])
    #expect(cut.heads.map(\.channels) == [24, 24, 24])
    #expect(cut.heads.allSatisfy { $0.role == .anchorGrid })
    #expect(cut.anchors == 3)
    #expect(cut.classes == 3)
    if ["raw", "branches"].contains(fixture) {
      #expect(cut.droppedCount == 0)
      #expect(cut.explanation.contains { $0.contains("assumed") })
    } else {
      #expect(cut.droppedCount > 5)
    }
    // Where boxes are decoded, the decoding tells the anchors; they go into the card.
    let anchors: [[[Float]]] = [
      [[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]],
      [[116, 90], [156, 198], [373, 326]],
    ]
    let isDecoded = fixture != "three" && fixture != "raw"
    #expect(cut.anchorSizes == (isDecoded ? anchors : nil))
    try cut.apply(to: &graph)
    #expect(graph.card.anchors == (isDecoded ? anchors : []))
    #expect(graph.card.heads.map(\.content) == [.anchorGrid, .anchorGrid, .anchorGrid])
    graph = try Fixture.read(fixture)
    if isSimplified { _ = try Pipeline.simplify.run(on: &graph) }
    try expectSameValues(cut, graph)
  }

  @Test(arguments: ["dfl", "topk"], [false, true])
  func separateHeadsAreFound(_ fixture: String, _ isSimplified: Bool) throws {
    var graph = try Fixture.read(fixture)
    if isSimplified { _ = try Pipeline.simplify.run(on: &graph) }
    let cut = try HeadCut.find(in: graph)
    #expect(cut.heads.map(\.stride) == [8, 8, 16, 16, 32, 32])
    #expect(cut.heads.map(\.channels) == [32, 3, 32, 3, 32, 3])
    #expect(cut.heads.map(\.role) == [.boxes, .classes, .boxes, .classes, .boxes, .classes])
    #expect(cut.classes == 3)
    #expect(cut.anchors == nil && cut.anchorSizes == nil)
    #expect(cut.suppression == (fixture == "topk" ? .topK : .classwise))
    #expect(cut.heads.map(\.bins) == [8, nil, 8, nil, 8, nil])
    #expect(cut.heads.allSatisfy { $0.binValues == nil })
    try expectSameValues(cut, graph)
    try cut.apply(to: &graph)
    #expect(graph.card.heads.prefix(2).map(\.content) == [.distanceGrid, .classGrid])
  }

  @Test func otherDecodingGivesNoAnchors() throws {
    // As YOLOv4 decodes: w = exp(t) a.
    var graph = try Fixture.read("v60")
    var patch = Patch("other")
    for node in graph.nodes where node.op is Pow {
      let value = patch.add(Exp(), [node.inputs[0]], name: "exp")
      patch.replace(node.outputs[0], with: value)
    }
    try graph.apply(patch)
    let cut = try HeadCut.find(in: graph)
    #expect(cut.anchors == 3 && cut.anchorSizes == nil)
    #expect(cut.explanation.contains { $0.contains("nothing that is dropped tells the anchors") })
  }

  @Test(arguments: [[8, 16, 32], [8, 16, 32, 64]]) func nanoDetIsFound(_ strides: [Int]) throws {
    // 80 does not divide by 64: the fourth level has cells cut short.
    var net = Net()
    let x = net.input([1, 3, 80, 80])
    var joined: [ValueID?] = []
    for stride in strides {
      let past = (stride - 80 % stride) % stride
      let window = Window(strides: [stride, stride], pads: [0, 0, past, past])
      let y = try net.add(
        Conv(Convolution(window: window)), x, net.weights(Shape([35, 3, stride, stride])))
      let classes = try net.add(
        Slice(), y, net.list([0]), net.list([3]), net.list([1]))
      let distances = try net.add(
        Slice(), y, net.list([3]), net.list([35]), net.list([1]))
      let all = try net.add(Concat(axis: 1), try net.add(Sigmoid(), classes), distances)
      let flat = try net.add(Reshape(), all, net.list([1, 35, -1]))
      joined.append(try net.add(Transpose([0, 2, 1]), flat))
    }
    let all = try net.graph.append(
      Concat(axis: 1), joined, name: "output", outputNames: ["output"])[0]
    var graph = net.finish(all)
    let cut = try HeadCut.find(in: graph)
    #expect(cut.heads.map(\.stride) == strides)
    #expect(cut.heads.allSatisfy { $0.role == .classesAndBoxes && $0.bins == 8 })
    #expect(cut.classes == 3 && cut.suppression == .nanodet)
    try cut.apply(to: &graph)
    #expect(graph.card.heads[0].content == .classDistanceGrid)
    #expect(graph.card.heads[0].cellOffset == (strides.count == 4 ? 0 : 0.5))
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
  func officialModelsAreCut() throws {
    let five = try ONNXReader.read(contentsOf: Shared.file("models/yolov5/yolov5n.onnx"))
    let cut = try HeadCut.find(in: five)
    #expect(cut.heads.map(\.channels) == [255, 255, 255])
    #expect(cut.heads.map(\.stride) == [8, 16, 32])
    #expect(cut.anchors == 3 && cut.classes == 80)
    let ten = try ONNXReader.read(contentsOf: Shared.file("models/yolov10/yolov10n.onnx"))
    let heads = try HeadCut.find(in: ten).heads
    #expect(heads.map(\.channels) == [64, 80, 64, 80, 64, 80])
    #expect(cut.anchorSizes?.first == [[10, 13], [16, 30], [33, 23]])
    // The weights of this file were rounded to int8, the steps of its distributions with them.
    let steps = try #require(heads[0].binValues)
    #expect(steps.count == 16 && abs(steps[1] - 120.0 / 127) < 1e-6)
    #expect(heads.map(\.stride) == [8, 8, 16, 16, 32, 32])
    #expect(heads.map(\.role) == [.boxes, .classes, .boxes, .classes, .boxes, .classes])
    var graph = ten
    try HeadCut.find(in: ten).apply(to: &graph)
    try graph.verify()
    #expect(graph.outputs.count == 6)
    #expect(!graph.nodes.contains { $0.op is TopK })
  }

  @Test func constantsPerChannelBelongToTheHead() throws {
    // YOLOv7's implicit knowledge: a factor for each channel between convolution and decoding.
    let cut = try HeadCut.find(in: try anchorFree(anchors: 3, numbers: 8, implicit: true))
    #expect(cut.heads.map(\.name) == ["Mul", "Mul_1"])
    #expect(cut.anchors == 3 && cut.classes == 3)
  }

  @Test func oneBoxPerCellIsNoAnchorGrid() throws {
    // NanoDet: classes and distributions of one box in one head.
    let cut = try HeadCut.find(in: try anchorFree(anchors: 1, numbers: 35, implicit: false))
    #expect(cut.heads.map(\.role) == [.other, .other])
    #expect(cut.anchors == nil && cut.classes == nil)
  }

  @Test func aModelThatLosesBoxesIsRefused() throws {
    var graph = try anchorFree(anchors: 3, numbers: 8, implicit: false)
    let shorter = try graph.append(
      Slice(),
      [
        graph.outputs[0], graph.addConstant(Tensor([Int64(0)])),
        graph.addConstant(Tensor([Int64(50)])), graph.addConstant(Tensor([Int64(1)])),
      ], name: "shorter")
    graph.setOutputs([shorter])
    let error = #expect(throws: CutError.self) { try HeadCut.find(in: graph) }
    #expect(error?.message.contains("50 boxes") == true)
  }

  /// Two levels of one head each, joined to [1, boxes, numbers].
  private func anchorFree(anchors: Int, numbers: Int, implicit: Bool) throws -> Graph {
    var net = Net()
    let x = net.input([1, 3, 32, 32])
    var joined: [ValueID?] = []
    for stride in [8, 16] {
      let window = Window(strides: [stride, stride])
      let channels = anchors * numbers
      var y = try net.add(
        Conv(Convolution(window: window)), x, net.weights(Shape([channels, 3, stride, stride])))
      if implicit { y = try net.add(Mul(), y, net.weights(Shape([1, channels, 1, 1]))) }
      let side = Int64(32 / stride)
      let view =
        anchors == 1
        ? y : try net.add(Reshape(), y, net.list([1, Int64(anchors), Int64(numbers), side, side]))
      let flat = try net.add(
        Reshape(), view, net.list([1, Int64(anchors), Int64(numbers), side * side]))
      let turned = try net.add(Transpose([0, 1, 3, 2]), flat)
      joined.append(try net.add(Reshape(), turned, net.list([1, -1, Int64(numbers)])))
    }
    let all = try net.graph.append(
      Concat(axis: 1), joined, name: "all", outputNames: ["all"])[0]
    return net.finish(all)
  }

  @Test func namesOverride() throws {
    let graph = try Fixture.read("v70")
    let found = try HeadCut.find(in: graph)
    let names = found.heads.map(\.name)
    let cut = try HeadCut.at(outputs: names.reversed(), in: graph)
    #expect(cut.heads.map(\.name) == names.reversed())
    #expect(cut.heads.map(\.stride) == [32, 16, 8])
    try expectSameValues(cut, graph)
  }

  @Test func aWrongNameListsTheNearest() throws {
    var net = Net()
    let x = net.input([3])
    let graph = net.finish(try net.add(Sigmoid(), try net.add(Relu(), x)))
    let error = #expect(throws: CutError.self) {
      try HeadCut.at(outputs: ["Sigmiod"], in: graph)
    }
    #expect(error?.candidates.first == "Sigmoid")
    #expect(error?.description.contains("Sigmiod") == true)
    for wrong in [[], ["x"], ["Relu", "Relu"]] {
      #expect(throws: CutError.self) { try HeadCut.at(outputs: wrong, in: graph) }
    }
  }

  @Test func whatIsNoDetectorIsRefused() throws {
    var net = Net()
    var x = net.input([1, 3, 32, 32])
    let window = Window(strides: [2, 2], pads: [1, 1, 1, 1])
    x = try net.add(Conv(Convolution(window: window)), x, net.weights([4, 3, 3, 3]))
    let error = #expect(throws: CutError.self) { try HeadCut.find(in: net.finish(x)) }
    #expect(error?.candidates == ["Conv"])
    #expect(error?.description.contains("--outputs") == true)
    #expect(error?.description.contains("stride 2") == true)
    var other = Net()
    let y = other.input([1, 3, 32, 32])
    let plain = other.finish(try other.add(Relu(), y))
    let none = #expect(throws: CutError.self) { try HeadCut.find(in: plain) }
    #expect(none?.description.contains("none was found") == true)
  }

  @Test func boxesThatDoNotFitTheHeadsAreRefused() throws {
    // The view says 3 anchors of 8 numbers, the joined boxes say 4 of 6.
    var net = Net()
    let x = net.input([1, 3, 32, 32])
    var joined: [ValueID?] = []
    for stride in [8, 16] {
      let window = Window(strides: [stride, stride])
      let y = try net.add(
        Conv(Convolution(window: window)), x, net.weights(Shape([24, 3, stride, stride])))
      let cells = Int64(32 / stride * 32 / stride)
      let side = Int64(32 / stride)
      let view = try net.add(Reshape(), y, net.list([1, 3, 8, side, side]))
      joined.append(try net.add(Reshape(), view, net.list([1, 4 * cells, 6])))
    }
    let all = try net.graph.append(
      Concat(axis: 1), joined, name: "all", outputNames: ["all"])[0]
    let error = #expect(throws: CutError.self) { try HeadCut.find(in: net.finish(all)) }
    #expect(error?.message.contains("3 anchors of 8") == true)
    #expect(error?.message.contains("boxes of 6") == true)
  }

  /// The cut graph gives the very values that the whole graph computes there.
  private func expectSameValues(_ cut: HeadCut, _ graph: Graph) throws {
    var after = graph
    try cut.apply(to: &after)
    try after.verify()
    #expect(after.outputs.map { after[$0].name } == cut.heads.map(\.name))
    #expect(after.card.heads.map(\.output) == cut.heads.map(\.name))
    var live = graph
    live.removeDeadNodes()
    #expect(after.nodes.count + cut.droppedCount == live.nodes.count)
    let inputs = try RandomInputs(seed: 5).tensors(for: graph)
    let all = try Interpreter(graph).runAll(inputs)
    for (name, tensor) in try interpret(after, inputs) { #expect(all[name] == tensor) }
  }
}
