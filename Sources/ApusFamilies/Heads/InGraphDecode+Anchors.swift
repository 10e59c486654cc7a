import ApusGraph
import ApusOperators
import ApusTensor

// Heads of anchors, YOLOv5 and YOLOv7: `Detect.forward` in the form of YOLOv7's ONNX export. With σ the
// logistic function, c the cell, s the stride and a the anchor: xy = σ · 2s + (c − 0.5) · s,
// wh = σ² · 4a. Factors of two are exact, so this rounds as (2σ − 0.5 + c) · s and (2σ)² · a do.

extension InGraphDecode {
  /// What the heads of a model with anchors may hold.
  static let anchorContents: Set<ModelCard.Head.Content> = [.anchorGrid, .anchorCells]

  /// All levels as `[N, boxes, 5 + classes]`.
  static func anchors(in nodes: inout InGraphNodes) throws(FamilyError) -> ValueID {
    let card = nodes.graph.card
    guard card.anchors.count == card.heads.count else {
      throw FamilyError(
        .heads, at: "model card",
        "describes \(card.heads.count) raw outputs and anchors of \(card.anchors.count) levels; "
          + "expected anchors for every output")
    }
    // Anchors of a card go from the finest level on, its heads in any order.
    let strides = Set(card.heads.compactMap(\.stride)).sorted()
    var levels: [ValueID] = []
    for (place, head) in card.heads.enumerated() {
      let stride = try stride(of: head, level: place, card)
      let rank = strides.count == card.heads.count ? strides.firstIndex(of: stride) : nil
      levels.append(
        try level(head, anchors: card.anchors[rank ?? place], stride: stride, in: &nodes))
    }
    return try nodes.append(Concat(axis: 1), levels, "boxes")
  }

  private static func level(
    _ head: ModelCard.Head, anchors: [[Float]], stride: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let isCellwise = head.content == .anchorCells
    let (raw, shape) = try nodes.output(of: head, rank: isCellwise ? 5 : 4)
    let classes = nodes.graph.card.classNames.count
    let count = anchors.count
    let channels = isCellwise ? shape[4].fixed.map { $0 * count } : shape[1].fixed
    guard count > 0, anchors.allSatisfy({ $0.count == 2 }), let channels, channels % count == 0,
      channels / count > 5, classes == 0 || channels / count == 5 + classes,
      !isCellwise || !shape[1].contradicts(.fixed(count))
    else {
      throw FamilyError(
        .heads, at: head.output,
        "has the shape \(shape), which does not fit \(count) anchors and \(classes) classes")
    }
    let width = channels / count
    let name = head.output
    // [N, anchors, cells, width], probabilities.
    var rows: ValueID
    if isCellwise {
      rows = try nodes.reshape(raw, to: [0, count, -1, width], "\(name).rows")
    } else {
      let grid = try nodes.reshape(raw, to: [0, count, width, -1], "\(name).grid")
      rows = try nodes.append(Transpose([0, 1, 3, 2]), [grid], "\(name).rows")
    }
    if !(head.hasProbabilities ?? false) {
      rows = try nodes.append(Sigmoid(), [rows], "\(name).sigmoid")
    }
    let parts = try nodes.split(
      rows, axis: 3,
      into: ["\(name).xy": 2, "\(name).wh": 2, "\(name).scores": width - 4])

    let points = try points(
      of: raw, offset: -0.5, stride: stride, axis: 1, name, in: &nodes)
    let reach = nodes.number(Float(2 * stride), "\(name).reach")
    let scaled = try nodes.append(Mul(), [parts[0], reach], "\(name).scaled")
    let centre = try nodes.append(Add(), [scaled, points], "\(name).centre")
    let sizes = nodes.constant(
      Tensor(anchors.flatMap { $0.map { 4 * $0 } }, shape: [count, 1, 2]), "\(name).anchors")
    let square = try nodes.append(Mul(), [parts[1], parts[1]], "\(name).square")
    let size = try nodes.append(Mul(), [square, sizes], "\(name).size")
    let boxes = try nodes.append(Concat(axis: 3), [centre, size, parts[2]], "\(name).decoded")
    return try nodes.reshape(boxes, to: [0, -1, width], "\(name).boxes")
  }
}
