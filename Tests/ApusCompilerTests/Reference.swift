import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusRuntime
import ApusTensor
import ApusTestSupport
import Testing

/// Runs a graph by the operators' reference evaluation, node by node.
func reference(_ graph: Graph, _ inputs: [Tensor]) throws -> [Tensor] {
  var values: [ValueID: Tensor] = [:]
  for (id, tensor) in zip(graph.inputs, inputs) { values[id] = tensor }
  func tensor(_ id: ValueID) -> Tensor? { values[id] ?? graph[id].constant }
  for node in graph.nodes {
    let results = try node.op.evaluate(node.inputs.map { $0.flatMap { tensor($0) } })
    for (id, result) in zip(node.outputs, results) { values[id] = result }
  }
  return graph.outputs.compactMap { tensor($0) }
}

/// Reproducible numbers: an xorshift generator with a fixed seed.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
  }

  /// A tensor of numbers in `-scale...scale`.
  mutating func tensor(_ shape: Shape, scale: Float = 1) -> Tensor {
    Tensor((0..<shape.count).map { _ in next() * scale }, shape: shape)
  }
}

/// The largest magnitude that sums of numbers around 1 may differ by.
func expectClose(
  _ found: [Tensor], _ expected: [Tensor], _ comment: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(comment)", sourceLocation: sourceLocation)
  for (index, (a, b)) in zip(found, expected).enumerated() {
    #expect(
      a.shape == b.shape && a.dtype == b.dtype, "\(comment) output \(index)",
      sourceLocation: sourceLocation)
    let difference = zip(a.doubles, b.doubles).enumerated().first {
      !Tolerance.reordered.accepts($1.0, $1.1)
    }
    #expect(
      difference == nil,
      "\(comment) output \(index) element \(difference?.offset ?? 0): \(difference?.element.0 ?? 0), not \(difference?.element.1 ?? 0)",
      sourceLocation: sourceLocation)
  }
}

/// A small graph that is compiled and compared with the reference.
struct Case: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// Shapes of the inputs.
  let inputs: [Shape]
  /// How many host steps the plan may have.
  let hostSteps: Int
  /// Makes the rest of the graph and returns its outputs.
  let build: @Sendable (inout Graph, [ValueID], inout Numbers) throws -> [ValueID]

  init(
    _ name: String, _ inputs: [Shape], hostSteps: Int = 0,
    _ build: @escaping @Sendable (inout Graph, [ValueID], inout Numbers) throws -> [ValueID]
  ) {
    testDescription = name
    self.inputs = inputs
    self.hostSteps = hostSteps
    self.build = build
  }

  /// The graph, with inputs named `in0`, `in1` and so on.
  func graph() throws -> Graph {
    var graph = Graph(name: testDescription)
    var numbers = Numbers(seed: 99)
    let ids = inputs.enumerated().map { graph.addInput("in\($0)", Fact(.float32, $1)) }
    graph.setOutputs(try build(&graph, ids, &numbers))
    return graph
  }

  /// Numbers for the inputs.
  func tensors(seed: UInt64 = 5) -> [Tensor] {
    var numbers = Numbers(seed: seed)
    return inputs.map { numbers.tensor($0, scale: 2) }
  }
}

extension Graph {
  /// A constant of random numbers.
  mutating func weights(_ shape: Shape, _ numbers: inout Numbers, scale: Float = 0.5) -> ValueID {
    addConstant(numbers.tensor(shape, scale: scale), name: "weights")
  }

  /// A constant list of integers.
  mutating func list(_ values: [Int]) -> ValueID {
    addConstant(Tensor(values.map(Int64.init)), name: "list")
  }

  /// A convolution with random weights and bias.
  mutating func conv(
    _ x: ValueID, _ weights: Shape, _ numbers: inout Numbers, groups: Int = 1,
    strides: [Int] = [], dilations: [Int] = [], pads: [Int] = [],
    padding: ApusOperators.Window.Padding = .explicit, bias: Bool = true, scale: Float = 0.5
  ) throws -> ValueID {
    let window = ApusOperators.Window(
      strides: strides, dilations: dilations, pads: pads, padding: padding)
    let w = self.weights(weights, &numbers, scale: scale)
    let b = bias ? self.weights([weights[0]], &numbers) : nil
    return try append(
      Conv(ApusOperators.Convolution(window: window, groups: groups)), [x, w, b], name: "conv")
  }
}
