import ApusGraph
import ApusPasses

extension ModelPage {
  /// The blocks, which open and close, with everything that can be done to all of them.
  var blockList: HTML {
    let blocks = outline.blocks.enumerated().map { index, block in
      self.block(block, id: "b\(index)")
    }
    let unread: HTML =
      figures.unreadParameters == 0
      ? ""
      : "<p class=\"dim\">\(Number.grouped(figures.unreadParameters)) numbers are in constants that no node reads.</p>\n"
    return """
      <p class="dim">\(outline.origin.prefix(1).uppercased() + outline.origin.dropFirst()).</p>
      <div class="tools"><label>Search <input id="search" type="search" \
      placeholder="name or operator"/></label>
      <button type="button" id="open-blocks">Open blocks</button>
      <button type="button" id="open-all">Open everything</button>
      <button type="button" id="close-all">Close all</button>
      <span id="found" class="dim" role="status">\(figures.graph.nodes.count) nodes</span></div>
      \(unread)<div class="row head" aria-hidden="true"><span>name</span><span>what</span>\
      <span>shapes</span><span class="number">parameters</span><span class="number">MACs</span></div>
      \(HTML.joined(blocks))
      """
  }

  private func block(_ block: GraphOutline.Block, id: HTML?) -> HTML {
    let cost = cost(of: block)
    let ends = boundary(of: block)
    let parts = block.items.map { item in
      switch item {
      case .node(let place): node(place)
      case .block(let inner): self.block(inner, id: nil)
      }
    }
    let anchor: HTML = id.map { " id=\"\($0)\"" } ?? ""
    return """
      <details class="block"\(anchor) data-nodes="\(block.nodes.count)" \(data(cost))>\
      <summary class="row"><span class="name"><code>\(HTML.clipped(block.name))</code></span>\
      <span>\(operators(of: block))</span>\
      <span>\(shapes(ends.inputs)) → \(shapes(ends.outputs))</span>\(cells(cost))</summary>
      \(HTML.joined(parts))</details>

      """
  }

  private func node(_ place: Int) -> HTML {
    let graph = figures.graph
    let node = graph.nodes[place]
    let cost = (figures.parameters[place], figures.multiplyAccumulates?[place])
    let words = OperatorWords.attributes(of: node, in: graph)
    let inputs = node.inputs.map { id -> HTML in
      guard let id else { return "<li>in: left out</li>" }
      return "<li>in: \(value(id))</li>"
    }
    let outputs = node.outputs.map { "<li>out: \(value($0))</li>" as HTML }
    let origin: HTML =
      node.provenance.passes.isEmpty
      ? ""
      : "<li>from \(HTML.clipped(node.provenance.sources.joined(separator: ", "), to: 400)) by \(node.provenance.passes.joined(separator: ", "))</li>"
    let heads = (try? cut.get())?.heads.filter { node.outputs.contains($0.value) } ?? []
    let tag: HTML =
      heads.first.map {
        " <span class=\"tag\">✂ head: \(self.words($0)), stride \($0.stride)</span>"
      } ?? (node.op is ForeignOperator ? " <span class=\"tag\">unknown operator</span>" : "")
    return """
      <details class="node" \(data(cost))><summary class="row"><span class="name">\
      <b>\(HTML.clipped(node.op.kind.description))</b> <code>\(HTML.clipped(node.name))</code>\(tag)\
      </span><span>\(words)</span><span>\(shapes(figures.flowing(into: place))) → \
      \(shapes(node.outputs))</span>\(cells(cost))</summary>\
      <ul>\(HTML.joined(inputs))\(HTML.joined(outputs))\(origin)</ul></details>

      """
  }

  /// `<code>w</code> float32 16×3×6×6, constant`.
  private func value(_ id: ValueID) -> HTML {
    let value = figures.graph[id]
    let constant =
      figures.isConstant(id)
      ? ", constant" + (OperatorWords.elements(of: value).map { ": \($0)" } ?? "") : ""
    return "<code>\(HTML.clipped(value.name))</code> \(Self.text(value.fact))\(constant)"
  }

  private func data(_ cost: (parameters: Int, macs: Int?)) -> HTML {
    "data-parameters=\"\(cost.parameters)\" data-macs=\"\(cost.macs ?? 0)\""
  }

  private func cells(_ cost: (parameters: Int, macs: Int?)) -> HTML {
    let parameters: HTML =
      cost.parameters == 0
      ? "<span></span>"
      : "<span class=\"number\" data-unit=\"parameters\">\(Number.short(cost.parameters))</span>"
    guard let macs = cost.macs, macs > 0 else { return "\(parameters)<span></span>" }
    let share = share(macs)
    return """
      \(parameters)<span class="number share" style="--share:\(Number.percent(share).filter { $0 != " " })" \
      data-unit="MACs">\(Number.short(macs)) <small>\(Number.percent(share))</small></span>
      """
  }
}
