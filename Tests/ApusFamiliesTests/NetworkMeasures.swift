import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusInterpreter
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// What a graph of a family is made of, to be compared with upstream's counts.
enum NetworkMeasures {
  /// Numbers in weights and biases of convolutions: the parameters of a fused network.
  static func convolutionParameters(_ graph: Graph) -> Int {
    graph.nodes.filter { $0.op is Conv }.reduce(0) { total, node in
      total
        + node.inputs.dropFirst().compactMap(\.self).reduce(0) {
          $0 + (graph[$1].fact.fixedShape?.dimensions.reduce(1, *) ?? 0)
        }
    }
  }

  /// Multiply-accumulates of convolutions.
  static func convolutionMACs(_ graph: Graph) -> Int {
    graph.nodes.filter { $0.op is Conv }.reduce(0) { total, node in
      total
        + node.op.multiplyAccumulates(
          inputs: graph.inputFacts(of: node), outputs: graph.outputFacts(of: node))
    }
  }

  /// A published network for the 80 classes of COCO.
  static func network(
    _ name: String, _ weights: WeightSource, deployed: Bool = false
  ) throws -> DetectorNetwork {
    try FamilyCatalogue.create(name, classNames: .coco80, weights: weights, deployed: deployed)
  }

  /// Two times the multiply-accumulates of convolutions, in 10⁹, as upstream's tables count.
  static func convolutionGFLOPs(
    _ name: String, _ form: NetworkForm, side: Int, deployed: Bool = false
  ) throws -> Double {
    let network = try network(name, .outline, deployed: deployed)
    return Double(2 * convolutionMACs(try network.graph(form, input: .square(side)))) / 1e9
  }

  /// The parameters of convolutions once everything that can be folded into them is.
  static func fusedParameters(_ name: String, deployed: Bool = false) throws -> Int {
    let network = try network(name, .fresh(seed: 1), deployed: deployed)
    var graph = try network.graph(input: .square(network.architecture.outlineSide))
    _ = try Pipeline.simplify.run(on: &graph)
    #expect(!graph.nodes.contains { $0.op is BatchNormalization }, "normalisation is left")
    return convolutionParameters(graph)
  }
}

/// A run of a network on a picture of the vectors.
struct NetworkRun {
  /// The outputs, in order, by name.
  let outputs: [String: Tensor]
  private let graph: Graph
  private let picture: SafetensorsFixture.Entry

  /// Runs a form of a network with the interpreter.
  ///
  /// - Parameter kept: names of further values to be kept.
  init(
    _ network: DetectorNetwork, _ form: NetworkForm, on picture: SafetensorsFixture.Entry,
    fused: Bool = false, keeping kept: [String] = []
  ) throws {
    var graph = try network.graph(
      form,
      input: NetworkInput(
        batch: .fixed(picture.shape[0]), height: .fixed(picture.shape[2]),
        width: .fixed(picture.shape[3])))
    if fused { _ = try Pipeline.simplify.run(on: &graph) }
    try graph.verify()
    for name in kept {
      let value = try #require(graph.value(named: name), "the graph has no value \(name)")
      if !graph.outputs.contains(value.id) { graph.setOutputs(graph.outputs + [value.id]) }
    }
    let results = try Interpreter(graph).run([
      graph[graph.inputs[0]].name: Tensor(picture.floats, shape: Shape(picture.shape))
    ])
    outputs = Dictionary(uniqueKeysWithValues: zip(graph.outputs.map { graph[$0].name }, results))
    self.graph = graph
    self.picture = picture
  }

  /// An output by its name.
  subscript(name: String) -> Tensor {
    get throws { try #require(outputs[name], "the graph has no output \(name)") }
  }

  /// The outputs of the card's heads without those of a branch's name, or those of a branch, in order.
  func heads(branch: String = "") throws -> [Tensor] {
    try graph.card.heads.filter {
      branch.isEmpty ? $0.output.hasPrefix("stride") : $0.output.hasPrefix("\(branch).")
    }.map { try self[$0.output] }
  }

  /// The running mean and variance of a normalisation after a step of training, as PyTorch has them: its variance
  /// is of the sample, ONNX's of the population.
  static func statistics(
    _ network: DetectorNetwork, of module: String, on picture: SafetensorsFixture.Entry
  ) throws -> (mean: [Float], variance: [Float]) {
    let run = try NetworkRun(
      network, .training, on: picture,
      keeping: [module, "\(module).next_mean", "\(module).next_variance"])
    let shape = try run[module].shape.dimensions
    let count = Double(shape[0] * shape[2] * shape[3])
    let node = try #require(run.graph.nodes.first { $0.name == module })
    let op = try #require(node.op as? BatchNormalization)
    let before = run.graph.value(named: "\(module).running_var")?.constant?.floats ?? []
    #expect(!before.isEmpty)
    let kept = Double(op.momentum)
    let variance = zip(before, try run["\(module).next_variance"].floats).map { old, new in
      let batch = (Double(new) - kept * Double(old)) / (1 - kept)
      return Float(kept * Double(old) + (1 - kept) * batch * count / (count - 1))
    }
    return (try run["\(module).next_mean"].floats, variance)
  }
}
