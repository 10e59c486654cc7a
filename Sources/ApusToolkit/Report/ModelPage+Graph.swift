import ApusGraph
import ApusOperators
import ApusPasses

extension ModelPage {
  /// The blocks with the graph's inputs above and its outputs below them.
  var drawing: GraphDrawing {
    let graph = figures.graph
    let cut = try? self.cut.get()
    let heads = Set(cut?.heads.map(\.value) ?? [])
    var boxOf: [Int: Int] = [:]
    var boxes = graph.inputs.map { port($0, "input", isBelowCut: false) }
    for (index, block) in outline.drawnBlocks.enumerated() {
      for node in block.nodes { boxOf[node] = boxes.count }
      boxes.append(box(block, index))
    }
    var values: [LayeredLayout.Edge: [ValueID]] = [:]
    func connect(_ id: ValueID, to box: Int) {
      let source = figures.producers[id].flatMap { boxOf[$0] } ?? graph.inputs.firstIndex(of: id)
      guard let source, source != box else { return }
      let edge = LayeredLayout.Edge(from: source, to: box)
      if values[edge]?.contains(id) != true { values[edge, default: []].append(id) }
    }
    for (index, block) in outline.drawnBlocks.enumerated() {
      for node in block.nodes {
        for id in figures.flowing(into: node) { connect(id, to: graph.inputs.count + index) }
      }
    }
    for id in graph.outputs {
      boxes.append(port(id, "output", isBelowCut: cut != nil))
      connect(id, to: boxes.count - 1)
    }
    let lines = values.sorted { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) }.map {
      edge, ids in
      GraphDrawing.Line(
        edge: edge, hint: hint(ids),
        isCut: boxes[edge.to].isBelowCut && ids.contains(where: heads.contains))
    }
    return GraphDrawing(boxes: boxes, lines: lines, cutLabel: cut.map(cutLabel))
  }

  /// Multiply-accumulates and parameters of every block.
  var chart: HTMLBarChart {
    let rows = outline.blocks.enumerated().map { index, block in
      let cost = cost(of: block)
      return HTMLBarChart.Row(
        name: block.name, target: "b\(index)",
        shares: [
          share(cost.macs ?? 0), Double(cost.parameters) / Double(max(figures.totalParameters, 1)),
        ],
        texts: [cost.macs.map { Number.short($0) } ?? "–", Number.short(cost.parameters)])
    }
    return HTMLBarChart(quantities: ["MACs", "parameters"], rows: rows)
  }

  /// The parameters and multiply-accumulates of a block.
  package func cost(of block: GraphOutline.Block) -> (parameters: Int, macs: Int?) {
    (
      block.nodes.reduce(0) { $0 + figures.parameters[$1] },
      figures.multiplyAccumulates.map { macs in block.nodes.reduce(0) { $0 + macs[$1] } }
    )
  }

  /// The part of all multiply-accumulates, from 0 to 1.
  func share(_ macs: Int) -> Double {
    Double(macs) / Double(max(figures.totalMultiplyAccumulates ?? 1, 1))
  }

  /// The values that enter a block and those that leave it.
  func boundary(of block: GraphOutline.Block) -> (inputs: [ValueID], outputs: [ValueID]) {
    let inside = Set(block.nodes)
    var seen: Set<ValueID> = []
    var inputs: [ValueID] = []
    var outputs: [ValueID] = []
    for node in block.nodes {
      for id in figures.flowing(into: node)
      where figures.producers[id].map(inside.contains) != true && seen.insert(id).inserted {
        inputs.append(id)
      }
      for id in figures.graph.nodes[node].outputs
      where figures.graph.outputs.contains(id)
        || (figures.readers[id] ?? []).contains(where: { !inside.contains($0) })
      {
        outputs.append(id)
      }
    }
    return (inputs, outputs)
  }

  /// `Conv ×7, Silu ×7, Add`: the operators of a block, those that cost most first.
  ///
  /// Constants are left out, and in a short text elementwise operators and normalisation, unless there is
  /// nothing else.
  func operators(of block: GraphOutline.Block, most: Int = 4, isShort: Bool = false) -> String {
    var kinds: [String: (macs: Int, count: Int)] = [:]
    func isTelling(_ place: Int) -> Bool {
      let op = figures.graph.nodes[place].op
      return !(op is Constant) && !(isShort && (op is any Elementwise || op is BatchNormalization))
    }
    let telling = block.nodes.filter(isTelling)
    for place in telling.isEmpty ? block.nodes : telling {
      let name = figures.graph.nodes[place].op.kind.description
      let before = kinds[name] ?? (0, 0)
      kinds[name] = (before.macs + (figures.multiplyAccumulates?[place] ?? 0), before.count + 1)
    }
    let sorted = kinds.sorted {
      ($1.value.macs, $1.value.count, $0.key) < ($0.value.macs, $0.value.count, $1.key)
    }
    return sorted.prefix(most).map { name, sum in
      HTML.clipped(name, to: 40) + (sum.count == 1 ? "" : " ×\(sum.count)")
    }.joined(separator: ", ") + (sorted.count > most && !isShort ? ", …" : "")
  }

  /// The shapes of values, the first few.
  func shapes(_ ids: [ValueID], most: Int = 3) -> String {
    if ids.isEmpty { return "–" }
    return ids.prefix(most).map { Self.shape(figures.graph[$0].fact) }.joined(separator: ", ")
      + (ids.count > most ? ", … (\(ids.count))" : "")
  }

  private func box(_ block: GraphOutline.Block, _ index: Int) -> GraphDrawing.Box {
    let cost = cost(of: block)
    let ends = boundary(of: block)
    let hint = """
      \(HTML.clipped(block.name, to: 200))
      \(operators(of: block))
      \(shapes(ends.inputs)) → \(shapes(ends.outputs))
      \(Number.grouped(cost.parameters)) parameters, \(macsText(cost.macs))
      """
    return GraphDrawing.Box(
      title: block.name, content: operators(of: block, most: 2, isShort: true),
      shape: shapes(ends.outputs, most: 1), hint: hint, target: "b\(index)",
      share: share(cost.macs ?? 0),
      isBelowCut: outline.decoding.contains(index))
  }

  private func port(_ id: ValueID, _ kind: String, isBelowCut: Bool) -> GraphDrawing.Box {
    let value = figures.graph[id]
    return GraphDrawing.Box(
      title: value.name, content: kind, shape: Self.shape(value.fact),
      hint: "\(kind) \(HTML.clipped(value.name)): \(Self.text(value.fact))", isBelowCut: isBelowCut)
  }

  private func hint(_ ids: [ValueID]) -> String {
    ids.prefix(8).map {
      "\(HTML.clipped(figures.graph[$0].name)): \(Self.text(figures.graph[$0].fact))"
    }.joined(separator: "\n") + (ids.count > 8 ? "\n… \(ids.count) values" : "")
  }

  private func macsText(_ macs: Int?) -> String {
    macs.map { "\(Number.grouped($0)) MACs (\(Number.percent(share($0))))" } ?? "MACs unknown"
  }
}
