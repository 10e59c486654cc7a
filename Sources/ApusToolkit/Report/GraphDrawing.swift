import ApusGraph

/// The blocks of a graph and what flows between them, drawn from the inputs down to the outputs.
struct GraphDrawing {
  /// A block, an input or an output.
  struct Box {
    /// The first line.
    let title: String
    /// What it is made of; empty for nothing.
    var content = ""
    /// The shape it gives.
    let shape: String
    /// What is told where the pointer rests.
    let hint: String
    /// What a click leads to; nil for inputs and outputs.
    var target: String?
    /// The part of all multiply-accumulates, from 0 to 1.
    var share = 0.0
    /// Whether it stands below the proposed cut.
    var isBelowCut = false
  }

  /// Values that go from a box to another.
  struct Line {
    let edge: LayeredLayout.Edge
    let hint: String
    /// Whether some of them are heads at which the model is to be cut.
    let isCut: Bool
  }

  /// The boxes, mostly in an order in which lines lead to later ones.
  let boxes: [Box]
  /// The lines.
  let lines: [Line]
  /// What stands at the cut; nil where there is none.
  let cutLabel: String?

  private static let boxWidth = 164.0
  private static let boxHeight = 58
  private static let step = 94

  /// The drawing as inline SVG.
  var html: HTML {
    let layout = LayeredLayout(
      count: boxes.count, edges: lines.map(\.edge),
      lower: Set(boxes.indices.filter { boxes[$0].isBelowCut }), boxWidth: Self.boxWidth)
    let width = Int(layout.width.rounded(.up)) + 16
    let height = layout.layerCount * Self.step - (Self.step - Self.boxHeight) + 16
    let cut = cutLabel.flatMap { label in
      layout.firstLowerLayer.map { cutLine(label, above: $0, width: width) }
    }
    return """
      <div class="scroll"><svg class="graph" width="\(width)" height="\(height)" viewBox="-8 -8 \
      \(width) \(height)" role="group" aria-label="Blocks of the network and what flows between them">
      \(HTML.joined(zip(lines, layout.routes).map { self.line($0, along: $1) }))\(cut ?? "")\
      \(HTML.joined(boxes.indices.map { self.box($0, at: layout) }))</svg></div>

      """
  }

  private func box(_ index: Int, at layout: LayeredLayout) -> HTML {
    let box = boxes[index]
    let left = Self.text(layout.places[index] - Self.boxWidth / 2)
    let middle = Self.text(Self.boxWidth / 2)
    let width = Self.text(Self.boxWidth)
    let bar = Self.text((Self.boxWidth - 12) * box.share)
    let isPort = box.target == nil
    let kind = (isPort ? "port" : "block") + (box.isBelowCut ? " below" : "")
    let share: HTML =
      box.share > 0 ? "<rect class=\"bar\" x=\"6\" y=\"51\" width=\"\(bar)\" height=\"4\"/>" : ""
    let drawing: HTML = """
      <g class="\(kind)" transform="translate(\(left) \(layout.layerOf[index] * Self.step))">\
      <title>\(box.hint)</title><rect width="\(width)" height="\(Self.boxHeight)" \
      rx="\(isPort ? 24 : 6)"/>\
      \(text(HTML.shortened(box.title, to: 18), 17, middle, "name"))\(text(box.content, 31, middle, "dim"))\
      \(text(box.shape, 45, middle, "dim"))\(share)</g>
      """
    guard let target = box.target else { return "\(drawing)\n" }
    return "<a href=\"#\(target)\">\(drawing)</a>\n"
  }

  private func text(_ text: String, _ y: Int, _ x: String, _ kind: HTML) -> HTML {
    text.isEmpty
      ? ""
      : "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(HTML.shortened(text, to: 22))</text>"
  }

  private func line(_ line: Line, along route: [(layer: Int, place: Double)]) -> HTML {
    var path = ""
    for (index, (upper, lower)) in zip(route, route.dropFirst()).enumerated() {
      // Lines bend between layers only, so that none runs behind a box.
      let top = upper.layer * Self.step + Self.boxHeight
      let bottom = lower.layer * Self.step
      let bend = (top + bottom) / 2
      let (a, b) = (Self.text(upper.place), Self.text(lower.place))
      path += index == 0 ? "M\(a) \(top)" : "V\(top)"
      path += a == b ? "V\(bottom)" : "C\(a) \(bend) \(b) \(bend) \(b) \(bottom)"
    }
    // The wide line is not seen, but is easier to point at.
    return """
      <g class="\(line.isCut ? "line cut" : "line")"><title>\(line.hint)</title>\
      <path class="wide" d="\(path)"/><path d="\(path)"/></g>

      """
  }

  private func cutLine(_ label: String, above layer: Int, width: Int) -> HTML {
    let y = layer * Self.step - (Self.step - Self.boxHeight) / 2
    return """
      <g class="cutline"><title>\(label)</title><path d="M-4 \(y)H\(width - 12)"/>\
      <text x="0" y="\(y - 4)">✂ \(label)</text></g>

      """
  }

  private static func text(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : Number.decimal(number, digits: 1)
  }
}
