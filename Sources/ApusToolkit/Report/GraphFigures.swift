import ApusGraph
import ApusTensor

/// What every node of a graph holds, costs and is joined with; nodes are named by their places in order.
struct GraphFigures: Sendable {
  let graph: Graph
  /// The place of the node that makes a value.
  let producers: [ValueID: Int]
  /// The places of the nodes that read a value, each once.
  let readers: [ValueID: [Int]]
  /// Numbers in the floating-point constants that a node is the first to read.
  let parameters: [Int]
  /// Multiply-accumulates of every node; nil where sizes are symbols.
  let multiplyAccumulates: [Int]?
  /// Numbers in floating-point constants that no node reads.
  let unreadParameters: Int

  /// Figures of a graph, whose sizes are numbers where costs are to be told.
  init(_ graph: Graph, isSized: Bool) {
    self.graph = graph
    var producers: [ValueID: Int] = [:]
    var readers: [ValueID: [Int]] = [:]
    for (place, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id] = place }
      for id in Set(node.inputs.compactMap { $0 }) { readers[id, default: []].append(place) }
    }
    var parameters = [Int](repeating: 0, count: graph.nodes.count)
    var unread = 0
    for value in graph.constants {
      guard let tensor = value.constant, tensor.dtype.isFloatingPoint else { continue }
      if let first = readers[value.id]?.first {
        parameters[first] += tensor.count
      } else {
        unread += tensor.count
      }
    }
    self.producers = producers
    self.readers = readers
    self.parameters = parameters
    unreadParameters = unread
    multiplyAccumulates =
      isSized
      ? graph.nodes.map {
        $0.op.multiplyAccumulates(
          inputs: graph.inputFacts(of: $0), outputs: graph.outputFacts(of: $0))
      } : nil
  }

  /// All parameters that some node reads, and those that none does.
  var totalParameters: Int { parameters.reduce(unreadParameters, +) }

  /// All multiply-accumulates.
  var totalMultiplyAccumulates: Int? { multiplyAccumulates.map { $0.reduce(0, +) } }

  /// Whether a value is the same for every input, so that nothing flows along it.
  func isConstant(_ id: ValueID) -> Bool { graph[id].fact.constant != nil }

  /// The values a node reads that depend on the inputs of the graph, each once.
  func flowing(into place: Int) -> [ValueID] {
    var seen: Set<ValueID> = []
    return graph.nodes[place].inputs.compactMap { $0 }.filter {
      !isConstant($0) && seen.insert($0).inserted
    }
  }

  /// The places of the nodes whose values flow into a node.
  func sources(of place: Int) -> [Int] { flowing(into: place).compactMap { producers[$0] } }

  /// The places of all nodes that the given values depend on.
  func ancestors(of values: [ValueID]) -> Set<Int> {
    var found: Set<Int> = []
    var waiting = values.compactMap { producers[$0] }
    while let place = waiting.popLast() {
      guard found.insert(place).inserted else { continue }
      waiting += graph.nodes[place].inputs.compactMap { $0.flatMap { producers[$0] } }
    }
    return found
  }
}
