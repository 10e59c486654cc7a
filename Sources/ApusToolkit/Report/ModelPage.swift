import ApusGraph
import ApusPasses
import ApusTensor
import Foundation

/// A page that shows what a model is: its card, its graph as a drawing and in collapsible blocks, and where it
/// can be cut.
public struct ModelPage: Sendable {
  let inspection: ModelInspection
  let figures: GraphFigures
  /// What the names of the graph say belongs together.
  package let outline: GraphOutline
  /// The proposed cut, or why there is none.
  let cut: Result<HeadCut, CutError>

  /// The page of a model.
  public init(_ model: Model) {
    inspection = ModelInspection(model)
    let sized = ModelInspection.sized(model.graph)
    figures = GraphFigures(sized ?? model.graph, isSized: sized != nil)
    do throws(CutError) {
      cut = .success(try HeadCut.find(in: model.graph))
    } catch {
      cut = .failure(error)
    }
    outline = GraphOutline(figures, heads: (try? cut.get())?.heads.map(\.value) ?? [])
  }

  /// Writes the page.
  ///
  /// - Throws: `ApusError` where the file is the model itself or cannot be written.
  public func write(to path: String) throws(ApusError) {
    try FilePath.checkTarget(path, source: inspection.file)
    try AtomicFile.write(html.utf8, to: FilePath.canonical(path))
  }

  /// The whole document.
  public var html: String {
    HTMLPage(
      title: "\(fileName) – Apus", body: body, style: Self.style, script: Self.script
    ).text
  }

  private var fileName: String { (inspection.file as NSString).lastPathComponent }

  private var body: HTML {
    """
    <header><h1>\(HTML.clipped(fileName))</h1>
    <p class="dim">\(summary)</p>
    <div class="tiles">\(tiles)</div></header>
    <main>
    <div class="columns"><section><h2>Model</h2>
    \(card)</section>
    <section><h2>Inputs and outputs</h2>
    \(ports)<h3>Proposed cut</h3>
    \(cutText)</section></div>
    <div class="columns figures"><section><h2>Graph</h2>
    <p class="dim">A click on a block leads to its details; rest the pointer on a line for its
    shapes.</p>
    \(drawing.html)</section>
    <section><h2>Where the work is</h2>
    \(chart.html)<h3>Operators</h3>
    \(operators)</section></div>
    <section id="blocks"><h2>Blocks</h2>
    \(blockList)</section>
    </main>
    """
  }

  private var summary: String {
    let card = inspection.card
    let name = card.variant.isEmpty || card.variant == "custom" ? card.family : card.variant
    let format = inspection.opset.map { "ONNX, operator set \($0)" } ?? "PyTorch checkpoint"
    return (name.isEmpty ? "" : HTML.clipped(name) + " · ") + format
  }

  /// The input that shapes and costs are told at.
  private var size: String {
    guard figures.multiplyAccumulates != nil, let input = figures.graph.inputs.first else {
      return ""
    }
    return "at \(Self.shape(figures.graph[input].fact))"
  }

  private var tiles: HTML {
    let macs = inspection.multiplyAccumulates.map {
      Number.decimal(Double($0) / 1e9, digits: 3)
    }
    let tiles: [(String, String)] = [
      (
        Number.grouped(inspection.checkpoint?.parameters ?? inspection.weightCount), "parameters"
      ), (macs ?? "unknown", "GMAC \(size)"),
      (Number.grouped(figures.graph.nodes.count), "nodes"),
      (Number.grouped(outline.blocks.count), "blocks"),
      (
        inspection.card.classNames.isEmpty ? "–" : String(inspection.card.classNames.count),
        "classes"
      ),
    ]
    return .joined(tiles.map { "<div><b>\($0.0)</b>\($0.1)</div>" })
  }

  private var ports: HTML {
    var table = HTMLTable([.init(heading: ""), .init(heading: "name"), .init(heading: "type")])
    for (kind, ids) in [("input", figures.graph.inputs), ("output", figures.graph.outputs)] {
      for value in ids.map({ figures.graph[$0] }) {
        table.add([
          "\(kind)", "<code>\(HTML.clipped(value.name))</code>", "\(Self.text(value.fact))",
        ])
      }
    }
    return table.html
  }

  private var operators: HTML {
    var table = HTMLTable([
      .init(heading: "operator"), .init(heading: "nodes", isNumber: true),
      .init(heading: "parameters", isNumber: true), .init(heading: "MACs", isNumber: true),
    ])
    var parameters: [String: Int] = [:]
    var macs: [String: Int] = [:]
    for (place, node) in figures.graph.nodes.enumerated() {
      parameters[node.op.kind.description, default: 0] += figures.parameters[place]
      macs[node.op.kind.description, default: 0] += figures.multiplyAccumulates?[place] ?? 0
    }
    for (name, count) in inspection.operators.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }
    ) {
      let unknown: HTML =
        inspection.unknownOperators.contains(name)
        ? " <span class=\"tag\">unknown, cannot be run</span>" : ""
      table.add([
        "\(HTML.clipped(name))\(unknown)", "\(count)",
        parameters[name].flatMap { $0 > 0 ? "\(Number.grouped($0))" : nil } ?? "",
        macs[name].flatMap { $0 > 0 ? "\(Number.grouped($0))" : nil } ?? "",
      ])
    }
    return table.html
  }

  private var cutText: HTML {
    switch cut {
    case .failure(let error):
      return "<p>None: \(HTML.clipped(error.description, to: 600))</p>\n"
    case .success(let cut):
      var table = HTMLTable([
        .init(heading: "value"), .init(heading: "channels", isNumber: true),
        .init(heading: "stride", isNumber: true), .init(heading: "what"),
      ])
      for head in cut.heads {
        table.add([
          "<code>\(HTML.clipped(head.name))</code>", "\(head.channels)", "\(head.stride)",
          "\(words(head))",
        ])
      }
      let lines = cut.explanation.map { "<li>\(HTML.clipped($0, to: 600))</li>" as HTML }
      return """
        <p>\(cutLabel(cut))</p>
        \(table.html)<ul class="dim">\(HTML.joined(lines))</ul>

        """
    }
  }

  func cutLabel(_ cut: HeadCut) -> String {
    let heads = "proposed cut: \(cut.heads.count) head\(cut.heads.count == 1 ? "" : "s")"
    return cut.droppedCount == 0
      ? "\(heads), the outputs already"
      : "\(heads), \(cut.droppedCount) nodes fall away"
  }

  /// What a head holds: as the card says where it describes it, else as the graph shows.
  func words(_ head: HeadCut.Head) -> String {
    switch inspection.card.heads.first(where: { $0.output == head.name })?.content {
    case .distanceGrid: return "boxes"
    case .classGrid: return "classes"
    case .distanceClassGrid, .classDistanceGrid: return "classes and boxes"
    default: break
    }
    return switch head.role {
    case .anchorGrid: "boxes, objectness and classes of every anchor"
    case .boxes: "boxes"
    case .classes: "classes"
    case .objectness: "objectness"
    case .classesAndBoxes: "classes and boxes"
    case .other: "cannot be told"
    }
  }

  /// `float32 1×3×640×640`.
  static func text(_ fact: Fact) -> String { "\(fact.dtype?.description ?? "?") \(shape(fact))" }

  /// `1×3×640×640`.
  static func shape(_ fact: Fact) -> String {
    guard let shape = fact.shape else { return "of unknown shape" }
    if shape.isEmpty { return "scalar" }
    return HTML.clipped(shape.map(\.description).joined(separator: "×"), to: 160)
  }
}
