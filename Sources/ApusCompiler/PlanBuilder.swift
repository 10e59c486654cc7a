import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusTensor

/// A plan in the making.
///
/// Places in the arena are virtual until `finish`: every buffer has addresses of its own, which the memory
/// planner then maps to an arena in which buffers that are not needed at the same time overlap.
struct PlanBuilder {
  /// Where a value is held.
  enum Holder {
    case place(Place)
    case slot(Int)
    case constant(Tensor)
    case maps(FeatureMap)
  }

  let graph: Graph
  let kernels: KernelSet
  let readers: GraphReaders
  let quantised: QuantisedValues
  let uses: FeatureUse
  /// What maps of real numbers are held as.
  let element: FeatureElement
  /// Nodes that a step of an earlier node stands for.
  var taken: Set<NodeID> = []
  /// Maps of joints, as soon as somebody writes into them.
  var joints: [ValueID: FeatureMap] = [:]
  /// Values whose maps lie in their joint.
  var placed: Set<ValueID> = []
  /// Stored values that a step has written, or passed on without.
  var written: Set<ValueID> = []
  /// Tables of 256 bytes that are constants already.
  var tables: [[UInt8]: Place] = [:]
  private(set) var steps: [Plan.Step] = []
  private(set) var buffers: [VirtualBuffer] = []
  private var holders: [ValueID: Holder] = [:]
  private var constants: [UInt8] = []
  private var constantPlaces: [ValueID: Place] = [:]
  private var operators: [any Operator] = []
  private var slotCount = 0
  /// Planes made of maps, once for all readers.
  private var planes: [ValueID: Place] = [:]

  init(_ graph: Graph, kernels: KernelSet, element: FeatureElement) {
    self.graph = graph
    self.kernels = kernels
    self.element = element
    readers = GraphReaders(graph)
    quantised = QuantisedValues(graph, readers: readers)
    uses = FeatureUse(graph, quantised: quantised)
    for id in graph.inputs {
      holders[id] = newHolder(graph[id].fact)
    }
  }

  /// Floats to which places are aligned: a cache line.
  static let alignment = 16

  /// Reserves floats of the arena.
  mutating func allocate(_ count: Int) -> Place {
    let end = buffers.last.map { $0.place.offset + $0.place.count } ?? 0
    let place = Place(.arena, offset: Self.aligned(end), count: count)
    buffers.append(VirtualBuffer(place: place))
    return place
  }

  /// Adds constants.
  mutating func constant(_ values: [Float]) -> Place {
    constant(bytes: values.bytes)
  }

  /// Adds constants, filled up to whole words.
  mutating func constant(bytes: [UInt8]) -> Place {
    let offset = Self.aligned(constants.count / 4)
    let words = (bytes.count + 3) / 4
    constants.append(contentsOf: repeatElement(0, count: offset * 4 - constants.count))
    constants.append(contentsOf: bytes)
    constants.append(contentsOf: repeatElement(0, count: words * 4 - bytes.count))
    return Place(.constants, offset: offset, count: words)
  }

  static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  /// The elements of a value that does not depend on the inputs.
  func tensor(_ id: ValueID?) -> Tensor? {
    guard let id else { return nil }
    return graph[id].constant ?? graph[id].fact.constant
  }

  /// The numbers of a `float32` value that does not depend on the inputs, those of DequantizeLinear too.
  func constantFloats(_ id: ValueID) -> [Float]? {
    if let tensor = tensor(id) {
      return tensor.dtype == .float32 ? tensor.elements(as: Float.self) : nil
    }
    guard let node = graph.producer(of: id), isConstant(node) else { return nil }
    let tensor = try? node.op.evaluate(node.inputs.map { self.tensor($0) }).first
    return tensor?.elements(as: Float.self)
  }

  /// Whether a node dequantises a constant, which is done where somebody needs it in real numbers.
  func isConstant(_ node: Node) -> Bool {
    guard let op = node.op as? DequantizeLinear, node.inputs.count >= 2,
      graph[node.outputs[0]].fact.dtype == .float32,
      graph[node.outputs[0]].fact.fixedShape != nil,
      node.inputs.allSatisfy({ $0 == nil || tensor($0) != nil }),
      let data = tensor(node.inputs[0])?.shape, let scale = tensor(node.inputs[1])?.shape
    else { return false }
    // Nobody asks again whether its evaluation fails.
    let zeros = node.inputs.dropFirst(2).first.flatMap { tensor($0) }
    guard zeros == nil || zeros?.count == scale.count else { return false }
    if scale.count == 1, scale.rank <= 1 { return true }
    let axis = op.axis < 0 ? op.axis + data.rank : op.axis
    if op.block == 0 { return (0..<data.rank).contains(axis) && scale.dimensions == [data[axis]] }
    return (try? QuantisationGrid(data: data, scale: scale, axis: op.axis, block: op.block)) != nil
  }

  /// The place and the shape of a `float32` value of fixed shape; nil for all others.
  mutating func floats(_ id: ValueID?) -> (place: Place, shape: Shape)? {
    guard let id, graph[id].fact.dtype == .float32, let shape = graph[id].fact.fixedShape else {
      return nil
    }
    if let place = constantPlaces[id] { return (place, shape) }
    if let numbers = constantFloats(id) {
      let place = constant(numbers)
      constantPlaces[id] = place
      return (place, shape)
    }
    if let place = planes[id] { return (place, shape) }
    if case .place(let place) = holders[id] { return (place, shape) }
    guard let map = map(quantised.behind(id) ?? id) else { return nil }
    let place = allocate(shape.count)
    emitConversion(.export(FeatureExportStep(source: map, destination: place)), of: id)
    planes[id] = place
    return (place, shape)
  }

  /// The maps that hold a value.
  func map(_ id: ValueID) -> FeatureMap? {
    if case .maps(let map) = holders[id] { map } else { nil }
  }

  /// Says where the maps of a value are.
  mutating func hold(_ id: ValueID, as map: FeatureMap) {
    if case .place(let place) = holders[id] { planes[id] = place }
    holders[id] = .maps(map)
  }

  /// Whether `floats` gives a place, without making one.
  func isFloats(_ id: ValueID?) -> Bool {
    guard let id, graph[id].fact.dtype == .float32 else { return false }
    return graph[id].fact.fixedShape != nil
  }

  /// Makes a place for an output that a kernel writes.
  mutating func destination(_ id: ValueID) -> Place {
    let place = allocate(graph[id].fact.fixedShape?.count ?? 0)
    holders[id] = .place(place)
    return place
  }

  /// Lets a value share the place of another.
  mutating func alias(_ id: ValueID, to place: Place) {
    holders[id] = .place(place)
  }

  /// Adds a step.
  mutating func emit(_ operation: Operation, for site: Site, multiplyAccumulates: Int = 0) {
    emit(
      operation, name: site.name, operators: site.operators,
      multiplyAccumulates: multiplyAccumulates)
  }

  /// Adds a step that changes the form of a value, not its content.
  mutating func emitConversion(_ operation: FeatureOperation, of id: ValueID) {
    emit(.feature(operation), name: graph[id].name, operators: "Layout", multiplyAccumulates: 0)
  }

  private mutating func emit(
    _ operation: Operation, name: String, operators: String, multiplyAccumulates: Int
  ) {
    let bytes: Int
    if case .feature(let feature) = operation {
      bytes = feature.byteCount
    } else {
      bytes = (operation.reads + operation.writes).reduce(0) { $0 + $1.count * 4 }
    }
    steps.append(
      Plan.Step(
        name: name, operators: operators, operation: operation,
        multiplyAccumulates: multiplyAccumulates, bytes: bytes))
  }

  /// Adds a step that is computed by the operator's reference evaluation.
  mutating func emitHost(_ node: Node) {
    let places = node.inputs.map { tensor($0) == nil ? floats($0)?.place : nil }
    let inputs = zip(node.inputs, places).map { id, place -> HostStep.Operand in
      guard let id else { return .none }
      if let place { return .place(place, graph[id].fact.fixedShape ?? [place.count]) }
      if let tensor = tensor(id) { return .constant(tensor) }
      switch holders[id] {
      case .place(let place): return .place(place, graph[id].fact.fixedShape ?? [place.count])
      case .slot(let slot): return .slot(slot)
      case .constant(let tensor): return .constant(tensor)
      case .maps, nil: return .none
      }
    }
    let outputs = node.outputs.map { id -> HostStep.Operand in
      let holder = newHolder(graph[id].fact)
      holders[id] = holder
      switch holder {
      case .place(let place): return .place(place, graph[id].fact.fixedShape ?? [place.count])
      case .slot(let slot): return .slot(slot)
      case .constant, .maps: return .none
      }
    }
    let call = operators.count
    operators.append(node.op)
    emit(
      .host(HostStep(call: call, name: "\(node.op.kind)", inputs: inputs, outputs: outputs)),
      for: Site(node),
      multiplyAccumulates: node.op.multiplyAccumulates(
        inputs: graph.inputFacts(of: node), outputs: graph.outputFacts(of: node)))
  }

  private mutating func newHolder(_ fact: Fact) -> Holder {
    if fact.dtype == .float32, let shape = fact.fixedShape { return .place(allocate(shape.count)) }
    slotCount += 1
    return .slot(slotCount - 1)
  }

  private mutating func binding(_ id: ValueID, asMaps: Bool = false) -> Plan.Binding {
    let value = graph[id]
    let holder: Plan.Binding.Holder
    if let tensor = tensor(id) {
      holder = .constant(tensor)
    } else if asMaps, value.fact.dtype == .float32, let map = map(quantised.behind(id) ?? id),
      map.shape == value.fact.fixedShape
    {
      holder = .map(map)
    } else if let (place, _) = floats(id) {
      holder = .place(place)
    } else {
      switch holders[id] {
      case .place(let place): holder = .place(place)
      case .slot(let slot): holder = .slot(slot)
      case .constant(let tensor): holder = .constant(tensor)
      case .maps, nil: fatalError("value '\(value.name)' is read before it is made")
      }
    }
    return Plan.Binding(
      name: value.name, dtype: value.fact.dtype, shape: value.fact.fixedShape, holder: holder)
  }

  /// An input as the maps that its only reader makes of it, a step that is then left out.
  private mutating func taken(_ input: Plan.Binding, outputs: [Plan.Binding]) -> Plan.Binding {
    guard case .place(let place) = input.holder else { return input }
    func isOfInput(_ other: Place) -> Bool {
      other.memory == place.memory && other.offset < place.offset + place.count
        && place.offset < other.offset + other.count
    }
    guard !outputs.contains(where: { $0.place.map(isOfInput) ?? false }) else { return input }
    let readers = steps.indices.filter { steps[$0].operation.reads.contains(where: isOfInput) }
    guard readers.count == 1, let reader = readers.first,
      case .feature(.import(let step)) = steps[reader].operation, step.source == place,
      step.destination.shape == input.shape
    else { return input }
    steps.remove(at: reader)
    return Plan.Binding(
      name: input.name, dtype: input.dtype, shape: input.shape, holder: .map(step.destination))
  }

  /// Gives every buffer its place in the arena, and makes the plan.
  ///
  /// - Parameter keepsMaps: whether inputs and outputs that are maps inside the plan stay maps.
  consuming func finish(keepsMaps: Bool) -> Compilation {
    var inputs = graph.inputs.map { binding($0) }
    let outputs = graph.outputs.map { binding($0, asMaps: keepsMaps) }
    if keepsMaps { inputs = inputs.map { taken($0, outputs: outputs) } }
    let memory = MemoryPlanner(
      buffers: buffers, steps: steps.map(\.operation),
      inputs: inputs.filter { !$0.isMap }.compactMap(\.place),
      fleeting: inputs.filter(\.isMap).compactMap(\.place), outputs: outputs.compactMap(\.place))
    let plan = Plan(
      name: graph.name, isa: kernels.isa.rawValue, tileRows: kernels.gemm.rows,
      inputs: inputs.map { $0.relocated(memory.place) },
      outputs: outputs.map { $0.relocated(memory.place) },
      steps: steps.map { step in
        Plan.Step(
          name: step.name, operators: step.operators,
          operation: step.operation.relocated(memory.place),
          multiplyAccumulates: step.multiplyAccumulates, bytes: step.bytes)
      },
      arenaCount: memory.count, constants: Tensor(constants), slotCount: slotCount)
    return Compilation(plan: plan, host: ReferenceOperators(operators: operators))
  }
}

extension Plan.Binding {
  fileprivate var place: Place? {
    switch holder {
    case .place(let place): place
    case .map(let map): map.place
    case .slot, .constant: nil
    }
  }

  fileprivate var isMap: Bool { if case .map = holder { true } else { false } }

  fileprivate func relocated(_ move: (Place) -> Place) -> Plan.Binding {
    let moved: Holder
    switch holder {
    case .place(let place): moved = .place(move(place))
    case .map(var map):
      map.place = move(map.place)
      moved = .map(map)
    case .slot, .constant: return self
    }
    return Plan.Binding(name: name, dtype: dtype, shape: shape, holder: moved)
  }
}
