import ApusGraph
import ApusOperators
import ApusTensor
import ApusTestSupport
import Testing

/// An operator that a version lacks, written with others, must compute the same.
struct ExpansionTests {
  static let operators: [(any Operator, opset: Int)] = [
    (HardSwish(), 13), (Mish(), 17), (Gelu(), 19), (Gelu(approximate: true), 19),
    (Swish(alpha: 2), 23), (Swish(), 23), (Silu(), 23), (GreaterOrEqual(), 11), (LessOrEqual(), 11),
  ]

  @Test(arguments: operators.indices)
  func computesTheSame(_ index: Int) throws {
    let (op, opset) = Self.operators[index]
    let numbers = floats([-3, -1, -0.25, 0, 0.5, 2, 4, .nan])
    let other = floats([-3, 1, 0, 0, 0.5, 3, 1, 0])
    let isBinary = op is any Comparison
    let inputs = isBinary ? [numbers, other] : [numbers]

    var graph = Graph()
    var values: [ValueID: Tensor] = [:]
    for (place, tensor) in inputs.enumerated() {
      values[graph.addInput("input\(place)", Fact(tensor.dtype, tensor.shape))] = tensor
    }
    let ids = values.keys.sorted()
    let output = try graph.append(op, ids.map { $0 }, name: "node")
    graph.setOutputs([output])

    var patch = Patch("expand")
    let expanded = try op.expansion(opset: opset, inputs: ids, in: &patch)
    patch.replace(output, with: try #require(expanded?.first))
    var unused = Patch("none")
    let needless = try op.expansion(opset: OperatorLaws.newest, inputs: ids, in: &unused)
    #expect(needless == nil || op is Silu, "expanded where the version has the operator")
    try graph.apply(patch)

    for constant in graph.constants { values[constant.id] = constant.constant }
    for node in graph.nodes {
      let given = node.inputs.map { $0.flatMap { values[$0] } }
      for (id, tensor) in zip(node.outputs, try node.op.evaluate(given)) { values[id] = tensor }
    }
    let result = try #require(graph.outputs.first)
    let found = try #require(values[result])
    let truth = try op.evaluate(inputs)[0]
    for (a, b) in zip(found.doubles, truth.doubles) {
      #expect(Tolerance.rounding.accepts(a, b), "\(found.doubles) for \(truth.doubles)")
    }
  }

  @Test func nearestResizeIsUpsampleBeforeSetTen() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [1, 1, 2, 2] as Shape))
    let scales = graph.addConstant(floats([1, 1, 2, 3]))
    let resize = Resize(mode: .nearest, coordinates: .asymmetric, rounding: .floor)
    var patch = Patch("expand")
    let expanded = try resize.expansion(opset: 9, inputs: [x, nil, scales], in: &patch)
    let output = try graph.append(resize, [x, nil, scales], name: "resize")
    graph.setOutputs([output])
    patch.replace(output, with: try #require(expanded?.first))
    try graph.apply(patch)
    let node = try #require(graph.nodes.first)
    #expect(node.op is Upsample)
    let inputs = [counting([1, 1, 2, 2]), floats([1, 1, 2, 3])]
    let found = try node.op.evaluate(inputs)[0]
    let truth = try resize.evaluate([inputs[0], nil, inputs[1]])[0]
    #expect(found == truth)

    var unused = Patch("none")
    let newer = try resize.expansion(opset: 10, inputs: [x, nil, scales], in: &unused)
    #expect(newer == nil)
    let halfPixel = try Resize().expansion(opset: 9, inputs: [x, nil, scales], in: &unused)
    #expect(halfPixel == nil)
  }
}
