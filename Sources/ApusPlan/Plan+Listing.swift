import ApusTensor

extension Plan {
  /// The plan as text: a header, then one line per step.
  ///
  /// The text depends on the plan alone, so that two plans can be compared line by line.
  public var listing: String {
    let host = hostSteps
    var lines = [
      "plan \(name.isEmpty ? "-" : name) for \(isa), tile rows \(tileRows)",
      "arena \(arenaCount * 4) bytes, constants \(constants.byteCount) bytes,"
        + " \(steps.count) steps, \(multiplyAccumulates) multiply-accumulates",
      "host steps: "
        + (host.isEmpty ? "none" : host.map(\.operators).sorted().joined(separator: ", ")),
    ]
    lines += inputs.map { "in  \($0.text)" }
    for (index, step) in steps.enumerated() {
      let number = String(index)
      lines.append(
        String(repeating: " ", count: max(0, 4 - number.count)) + number
          + "  \(step.operation.text)  \(step.operators) '\(step.name)'"
          + (step.multiplyAccumulates > 0 ? "  \(step.multiplyAccumulates) MAC" : ""))
    }
    lines += outputs.map { "out \($0.text)" }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Plan.Binding {
  fileprivate var text: String {
    let type = dtype?.description ?? "?"
    let size = shape?.description ?? "[?]"
    switch holder {
    case .place(let place): return "\(name) \(type) \(size) \(place)"
    case .map(let map): return "\(name) \(type) \(size) \(map.text)"
    case .slot(let slot): return "\(name) \(type) \(size) slot \(slot)"
    case .constant: return "\(name) \(type) \(size) constant"
    }
  }
}

extension Operation {
  /// The step in one line, without the names of nodes.
  fileprivate var text: String {
    switch self {
    case .convolution(let c):
      let groups = c.groups == 1 ? "" : " groups \(c.groups)"
      let residual = c.residual.map { " + \($0)" } ?? ""
      return "convolution \(c.inputChannels)->\(c.outputChannels)\(groups) \(c.window.text)"
        + " \(c.activation) \(c.source) -> \(c.destination)\(residual)"
    case .depthwise(let d):
      return "depthwise \(d.channels) \(d.window.text) \(d.activation) \(d.source)"
        + " -> \(d.destination)"
    case .pool(let p): return "pool \(p.pooling) \(p.window.text) \(p.source) -> \(p.destination)"
    case .unary(let u): return "unary \(u.function) \(u.source) -> \(u.destination)"
    case .binary(let b):
      return "binary \(b.function.rawValue) \(b.rows)x\(b.run) \(b.left), \(b.right)"
        + " -> \(b.destination)"
    case .copy(let c):
      return "copy \(c.boxes.map { "\($0.source)" }.joined(separator: ", ")) -> \(c.destination)"
    case .gather(let g):
      return "gather \(g.height)x\(g.width) -> \(g.rows.count)x\(g.columns.count) \(g.source)"
        + " -> \(g.destination)"
    case .interpolate(let i):
      return "interpolate \(i.height)x\(i.width) -> \(i.rows.count)x\(i.columns.count)"
        + " \(i.source) -> \(i.destination)"
    case .softmax(let s): return "softmax \(s.length)x\(s.inner) \(s.source) -> \(s.destination)"
    case .mean(let m): return "mean of \(m.length) \(m.source) -> \(m.destination)"
    case .pack(let p):
      return "pack \(p.groups)x\(p.rows)x\(p.channels)x\(p.taps) \(p.source) -> \(p.destination)"
    case .feature(let f): return f.text
    case .host(let h): return "HOST \(h.name)"
    }
  }
}

extension FeatureFinish {
  fileprivate var function: String { "\(activation)\(table == nil ? "" : " table")" }
  fileprivate var addend: String { residual.map { " + \($0.map.text)" } ?? "" }
}

extension FeatureOperation {
  /// The step in one line.
  fileprivate var text: String {
    switch self {
    case .convolution(let c):
      let kind = c.isDepthwise ? "depthwise" : "convolution"
      return "\(kind) \(c.source.channels)->\(c.destination.channels) \(c.window.text)"
        + " \(c.finish.function) by \(c.tiling.kernel) \(c.source.text)"
        + " -> \(c.destination.text)\(c.finish.addend)"
    case .winograd(let w):
      return "winograd \(w.source.channels)->\(w.destination.channels) \(w.window.text)"
        + " \(w.finish.function) by \(w.tiling.kernel) \(w.source.text)"
        + " -> \(w.destination.text)\(w.finish.addend)"
    case .winogradWeights(let w):
      return "winograd weights \(w.count) for \(w.kernel) \(w.source) -> \(w.destination)"
    case .import(let i): return "import \(i.source) -> \(i.destination.text)"
    case .export(let e): return "export \(e.source.text) -> \(e.destination)"
    case .gather(let g):
      let kind = g.rows == nil ? "move" : "nearest"
      return "\(kind)\(g.table == nil ? "" : " table") \(g.source.text) -> \(g.destination.text)"
    case .shuffle(let s): return "shuffle \(s.groups) \(s.source.text) -> \(s.destination.text)"
    case .pool(let p):
      return "pool \(p.pooling) \(p.window.text) \(p.source.text) -> \(p.destination.text)"
    case .pair(let p):
      return "\(p.function.rawValue) \(p.left.text), \(p.right.text) -> \(p.destination.text)"
    case .interpolate(let i): return "interpolate \(i.source.text) -> \(i.destination.text)"
    case .unary(let u): return "unary \(u.function) \(u.source.text) -> \(u.destination.text)"
    }
  }
}

extension FeatureMap {
  fileprivate var text: String {
    let type = element == .uint8 ? "u8(\(grid.scale), \(grid.zero))" : element.rawValue
    return
      "\(type) \(height)x\(width)x\(channels) \(place.memory.rawValue)[\(place.offset * 4 + base)]"
  }
}

extension WindowParameters {
  fileprivate var text: String {
    func pair(_ values: [Int]) -> String { values.map(String.init).joined(separator: "x") }
    var parts = ["\(pair(input))->\(pair(output))", "k\(pair(kernel))"]
    if strides != [1, 1] { parts.append("s\(pair(strides))") }
    if dilations != [1, 1] { parts.append("d\(pair(dilations))") }
    if padding != [0, 0, 0, 0] {
      parts.append("p" + padding.map(String.init).joined(separator: ","))
    }
    return parts.joined(separator: " ")
  }
}
