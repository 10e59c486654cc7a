import ApusGraph
import ApusKernels
import ApusPlan

/// What a lowering rule makes a step of: a node, with the nodes that were fused into it.
struct Site {
  /// The node.
  let node: Node
  /// What is applied to its results.
  var activation = ElementwiseFunction.identity
  /// What is added after that; of the shape of the result.
  var residual: ValueID?
  /// The value that is made.
  var output: ValueID
  /// The name of the last node.
  var name: String
  /// The operators, first to last.
  var operators: String
  /// The nodes after the first.
  var fused: [Node] = []

  init(_ node: Node) {
    self.node = node
    output = node.outputs[0]
    name = node.name
    operators = "\(node.op.kind)"
  }

  /// An input of the node; nil where it is left out.
  func input(_ index: Int) -> ValueID? {
    index < node.inputs.count ? node.inputs[index] : nil
  }
}

/// Turns the nodes of a graph into steps, in order.
struct GraphLowering {
  var builder: PlanBuilder
  private let graph: Graph

  init(_ graph: Graph, kernels: KernelSet, element: FeatureElement) {
    self.graph = graph
    builder = PlanBuilder(graph, kernels: kernels, element: element)
  }

  /// Lowers every node whose results are not known already.
  mutating func run() throws {
    var sites: [Int: Site] = [:]
    var taken: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      if node.outputs.allSatisfy({ builder.tensor($0) != nil }) { continue }
      if builder.quantised.idle.contains(node.id) || builder.taken.contains(node.id) { continue }
      if builder.isConstant(node) { continue }
      if let site = sites.removeValue(forKey: index) {
        try lower(site)
      } else if taken.contains(index) {
        continue
      } else if LoweringCatalogue.fusesTails(node.op), let tail = tail(of: node, without: taken) {
        // The step takes the place of the last node, where everything it reads is there.
        taken.formUnion(tail.nodes)
        sites[tail.nodes[tail.nodes.count - 1]] = tail.site
      } else {
        try lower(Site(node))
      }
    }
  }

  private mutating func lower(_ site: Site) throws {
    if try LoweringCatalogue.lower(site, into: &builder) { return }
    if site.fused.isEmpty {
      builder.emitHost(site.node)
    } else {
      for node in [site.node] + site.fused { try lower(Site(node)) }
    }
  }

  /// What can be fused behind a node: an activation, then the sum with a value of the same shape.
  ///
  /// - Parameter taken: nodes that are fused behind others already: a sum of two results belongs to one of them.
  private func tail(of node: Node, without taken: Set<Int>) -> (site: Site, nodes: [Int])? {
    var site = Site(node)
    var nodes: [Int] = []
    func add(_ reader: Int) {
      nodes.append(reader)
      site.fused.append(graph.nodes[reader])
      site.output = graph.nodes[reader].outputs[0]
      site.name = graph.nodes[reader].name
      site.operators += " + \(graph.nodes[reader].op.kind)"
    }
    if let reader = builder.readers.onlyReader(of: site.output), !taken.contains(reader),
      let function = kernelFunction(of: graph.nodes[reader], in: graph)
    {
      add(reader)
      site.activation = function
    }
    if let reader = builder.readers.onlyReader(of: site.output), !taken.contains(reader),
      graph.nodes[reader].op is any ResidualSum
    {
      let sides = graph.nodes[reader].inputs.compactMap { $0 }
      let other = sides.first { $0 != site.output }
      let shape = graph[site.output].fact.fixedShape
      if sides.count == 2, let other, builder.tensor(other) == nil, builder.isFloats(other),
        shape != nil, graph[other].fact.fixedShape == shape
      {
        add(reader)
        site.residual = other
      }
    }
    return nodes.isEmpty ? nil : (site, nodes)
  }
}
