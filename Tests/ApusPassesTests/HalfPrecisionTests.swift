import ApusGraph
import ApusInterpreter
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// Rounding a network to half precision.
@Suite struct HalfPrecisionTests {
  /// A convolution, an enlargement with constant scales, a product with a number beyond half precision's.
  private static func network() throws -> Graph {
    var net = Net()
    let x = net.input([1, 3, .symbol("height"), 8])
    let window = Window(strides: [1, 1], pads: [1, 1, 1, 1])
    let convolved = try net.add(
      Conv(ApusOperators.Convolution(window: window)), x, net.weights([4, 3, 3, 3]),
      net.weights([4]))
    let active = try net.add(Silu(), convolved)
    let large = try net.add(
      Resize(mode: .nearest, coordinates: .asymmetric, rounding: .floor), active, nil,
      net.constant([1, 1, 2, 2], [4]))
    let small = try net.add(Mul(), large, net.scalar(0.01))
    let places = try net.add(ArgMax(axis: 1), large)
    return net.finish(small, places, active)
  }

  @Test func everythingButInputsAndOutputsIsNarrow() throws {
    let graph = try Self.network()
    let half = try HalfPrecision.narrowing(graph)
    func ports(_ graph: Graph, _ ids: [ValueID]) -> [String] {
      ids.map { "\(graph[$0].name): \(graph[$0].fact)" }
    }
    #expect(ports(half, half.inputs) == ports(graph, graph.inputs))
    #expect(ports(half, half.outputs) == ports(graph, graph.outputs))
    for node in half.nodes where !(node.op is Cast) {
      let types = node.outputs.map { half[$0].fact.dtype }
      #expect(types.allSatisfy { $0 == .float16 || $0 == .int64 }, "\(node.name): \(types)")
    }
    // The scales of an enlargement are float32 in every operator set.
    let wide = half.constants.filter { $0.fact.dtype == .float32 }
    #expect(wide.map { $0.constant?.floats } == [[1, 1, 2, 2]])
    #expect(half.nodes.filter { $0.op is Cast }.count == 3)
  }

  @Test func resultsDifferByRoundingsOfHalfPrecision() throws {
    let graph = try Self.network()
    let half = try HalfPrecision.narrowing(graph)
    let inputs = try RandomInputs(seed: 77).tensors(for: try graph.withSizes(["height": 6]))
    let expected = try Interpreter(graph).run(inputs)
    let found = try Interpreter(half).run(inputs)
    for place in [0, 2] {
      let range = expected[place].floats.map(abs).max() ?? 0
      let gaps = zip(expected[place].floats, found[place].floats).map { abs($0 - $1) }
      #expect((gaps.max() ?? 1) <= 2e-3 * range)
      #expect(found[place] != expected[place])
    }
    #expect(found[1].shape == expected[1].shape)
  }

  @Test func wideningTakesTheRoundingsBetweenNodesAway() throws {
    let half = try HalfPrecision.narrowing(try Self.network())
    let wide = try SinglePrecision.widening(half)
    #expect(!wide.nodes.contains { wide[$0.outputs[0]].fact.dtype == .float16 })
  }

  @Test func numbersBeyondTheRangeBecomeTheLargest() throws {
    var net = Net()
    let x = net.input([4])
    let numbers = net.constant([1e6, -1e6, .infinity, 1e-9], [4])
    let graph = net.finish(try net.add(Mul(), x, numbers))
    let half = try HalfPrecision.narrowing(graph)
    #expect(half.constants.map { $0.constant?.floats } == [[65504, -65504, .infinity, 0]])
  }

  @Test func operatorsOfSinglePrecisionAloneKeepIt() throws {
    var net = Net()
    let boxes = net.input([1, 5, 4], name: "boxes")
    let scores = net.input([1, 2, 5], name: "scores")
    let doubled = try net.add(Add(), boxes, boxes)
    let chosen = try net.add(
      NonMaxSuppression(), doubled, scores, net.list([3]), net.constant([0.5], [1]))
    let half = try HalfPrecision.narrowing(net.finish(chosen))
    let node = try #require(half.nodes.first { $0.op is NonMaxSuppression })
    #expect(
      node.inputs.compactMap { $0.map { half[$0].fact.dtype } } == [
        .float32, .float32, .int64, .float32,
      ])
    let sum = try #require(half.nodes.first { $0.op is Add })
    #expect(half[sum.outputs[0]].fact.dtype == .float16)
  }

  @Test func aGraphOfWholeNumbersStaysAsItIs() throws {
    var net = Net()
    let x = net.input([3], .int64)
    let graph = net.finish(try net.add(Add(), x, net.list([1, 2, 3])))
    #expect(GraphDifference.first(try HalfPrecision.narrowing(graph), graph) == nil)
  }
}
