import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// What the QuantizeLinear and DequantizeLinear nodes of a graph mean to the compiler.
///
/// A *stored* value is the output of a QuantizeLinear whose readers are all DequantizeLinear: it lives as
/// `uint8` elements on a grid (`int8` ones moved up by 128). A value that is a function of one stored value,
/// element by element, is known by a table of 256 entries: SiLU between two grids costs a look-up.
struct QuantisedValues {
  /// A stored value that is a function of another one.
  struct Derived {
    /// The value it is a function of.
    let root: ValueID
    /// Its element for each of the root's.
    let table: [UInt8]
  }

  /// Grids of stored values.
  private(set) var grids: [ValueID: FeatureGrid] = [:]
  /// Stored values by those that DequantizeLinear makes of them.
  private(set) var stored: [ValueID: ValueID] = [:]
  /// Stored values that are functions of others.
  private(set) var derived: [ValueID: Derived] = [:]
  /// Stored values, by the value that is quantised.
  private(set) var quantised: [ValueID: ValueID] = [:]
  /// For each root, the stored values that somebody needs as elements: itself, and those derived from it.
  private(set) var needed: [ValueID: [ValueID]] = [:]
  /// Nodes that need no step, as tables stand for them.
  private(set) var idle: Set<NodeID> = []

  /// Values that are functions of one root.
  private var functions: [ValueID: (root: ValueID, values: [Float])] = [:]

  init(_ graph: Graph, readers: GraphReaders) {
    for node in graph.nodes { note(node, graph, readers) }
    findNeeded(graph, readers)
  }

  /// Whether the graph has stored values.
  var isEmpty: Bool { grids.isEmpty }

  /// The stored value behind a value: itself, or what DequantizeLinear made it of.
  func behind(_ id: ValueID) -> ValueID? {
    grids[id] != nil ? id : stored[id]
  }

  private mutating func note(_ node: Node, _ graph: Graph, _ readers: GraphReaders) {
    if node.op is QuantizeLinear {
      guard let grid = grid(of: node, graph), let source = node.inputs[0],
        graph.constant(source) == nil, graph[node.outputs[0]].fact.fixedShape != nil,
        graph[source].fact.dtype == .float32, isPrivate(node.outputs[0], grid, graph, readers)
      else { return }
      let output = node.outputs[0]
      grids[output] = grid
      if let function = functions[source] {
        derived[output] = Derived(root: function.root, table: function.values.map(grid.element))
      } else {
        // The first of several keeps the name: the others are made by steps of their own.
        if quantised[source] == nil { quantised[source] = output }
      }
    } else if node.op is DequantizeLinear {
      guard let source = node.inputs[0], let grid = grids[source] else { return }
      let output = node.outputs[0]
      stored[output] = source
      if let made = derived[source] {
        functions[output] = (made.root, made.table.map { grid.value(Int($0)) })
      } else {
        functions[output] = (source, (0...255).map { grid.value($0) })
      }
    } else if node.op is any KernelFunction || node.op is any KernelPairFunction {
      noteFunction(node, graph)
    }
  }

  /// A function of values that all depend on one root, and of constants of one element.
  private mutating func noteFunction(_ node: Node, _ graph: Graph) {
    guard node.outputs.count == 1 else { return }
    var root: ValueID?
    var inputs: [Tensor?] = []
    let shape = graph[node.outputs[0]].fact.fixedShape
    for id in node.inputs {
      guard let id else {
        inputs.append(nil)
        continue
      }
      if let constant = graph.constant(id) {
        guard constant.count == 1, constant.shape.rank <= shape?.rank ?? 0 else { return }
        guard constant.dtype == .float32 else { return }
        inputs.append(Tensor(constant.elements(as: Float.self)))
      } else if let function = functions[id], root == nil || root == function.root,
        graph[id].fact.fixedShape == shape
      {
        root = function.root
        inputs.append(Tensor(function.values))
      } else {
        return
      }
    }
    guard let root, let result = try? node.op.evaluate(inputs).first, result.count == 256,
      result.dtype == .float32
    else { return }
    functions[node.outputs[0]] = (root, result.elements(as: Float.self))
  }

  /// Goes back from what is asked for to the stored values that must exist as elements.
  private mutating func findNeeded(_ graph: Graph, _ readers: GraphReaders) {
    var asked = Set(graph.outputs)
    for node in graph.nodes.reversed() {
      let isAsked = node.outputs.contains { asked.contains($0) }
      if let output = node.outputs.first, grids[output] != nil, node.op is QuantizeLinear {
        if isAsked { needed[derived[output]?.root ?? output, default: []].insert(output, at: 0) }
        if derived[output] != nil {
          idle.insert(node.id)
        } else if isAsked, let source = node.inputs[0] {
          asked.insert(source)
        }
        // A root that only functions of it are made of still needs its own source.
        if derived[output] == nil, !isAsked, needed[output] != nil, let source = node.inputs[0] {
          asked.insert(source)
        }
      } else if node.op is DequantizeLinear, let source = stored[node.outputs[0]] {
        idle.insert(node.id)
        if isAsked { asked.insert(source) }
      } else if functions[node.outputs[0]] != nil, !isAsked {
        idle.insert(node.id)
      } else {
        for case .some(let id) in node.inputs { asked.insert(id) }
      }
    }
  }

  /// Whether nothing but DequantizeLinear with the same grid reads a value.
  private func isPrivate(
    _ id: ValueID, _ grid: FeatureGrid, _ graph: Graph, _ readers: GraphReaders
  ) -> Bool {
    !readers.isOutput(id)
      && readers.nodes(of: id).allSatisfy { index in
        let node = graph.nodes[index]
        return node.op is DequantizeLinear && node.inputs[0] == id
          && self.grid(of: node, graph) == grid && graph[node.outputs[0]].fact.dtype == .float32
      }
  }

  /// The grid of a QuantizeLinear or DequantizeLinear with one constant scale.
  private func grid(of node: Node, _ graph: Graph) -> FeatureGrid? {
    guard node.inputs.count >= 2, let scale = node.inputs[1].flatMap({ graph.constant($0) }),
      scale.count == 1, scale.dtype == .float32, let factor = scale.doubles.first,
      factor > 0, factor.isFinite
    else { return nil }
    guard node.inputs.count > 2, let zero = node.inputs[2] else {
      return graph[node.op is QuantizeLinear ? node.outputs[0] : node.inputs[0] ?? node.outputs[0]]
        .fact.dtype == .uint8 ? FeatureGrid(scale: Float(factor), zero: 0) : nil
    }
    guard let point = graph.constant(zero), point.count == 1 else { return nil }
    switch point.dtype {
    case .uint8: return FeatureGrid(scale: Float(factor), zero: Int(point.integers[0]))
    case .int8: return FeatureGrid(scale: Float(factor), zero: Int(point.integers[0]) + 128)
    default: return nil
    }
  }
}

extension FeatureGrid {
  /// The element nearest to a number, half to even.
  func element(_ value: Float) -> UInt8 {
    if value.isNaN { return UInt8(zero) }
    let place = (value / scale).rounded(.toNearestOrEven) + Float(zero)
    return UInt8(min(255, max(0, place)))
  }

  /// What an element stands for.
  func value(_ element: Int) -> Float { Float(element - zero) * scale }

  /// Where elements of this grid fall on another one.
  func table(to other: FeatureGrid) -> [UInt8]? {
    self == other ? nil : (0...255).map { other.element(value($0)) }
  }
}

extension Graph {
  /// The elements of a value that does not depend on the inputs.
  func constant(_ id: ValueID) -> Tensor? { self[id].constant ?? self[id].fact.constant }
}
