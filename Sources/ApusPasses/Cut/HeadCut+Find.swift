public import ApusGraph
import ApusOperators

extension HeadCut {
  /// Finds the heads of a detector by structure: from the outputs back through everything that only decodes,
  /// to the last convolutions with weights.
  ///
  /// - Throws: `CutError` that says what was seen instead.
  public static func find(in graph: Graph) throws(CutError) -> HeadCut {
    let finder = HeadFinder(graph)
    let layout = try HeadLayout(finder)
    var explanation = [
      "walked back from \(graph.outputs.count) output(s) through \(finder.decoding.count) decoding"
        + " operators to \(finder.found.count) convolutions",
      "strides \(layout.strides.map(String.init).joined(separator: ", ")), told from the sizes of"
        + " the levels",
    ]
    let grid = try layout.anchorGrid()
    let (heads, lines, classes) = describe(layout, grid)
    explanation += lines
    var sizes: [[[Float]]]?
    if let grid, classes != nil, heads.contains(where: { $0.role == .anchorGrid }) {
      let probe = DecodeProbe(layout, grid)
      sizes = probe?.anchors
      explanation.append(
        probe.map { "anchors \(text($0.anchors)), read from the boxes in '\($0.name)'" }
          ?? "nothing that is dropped tells the anchors")
    }
    if finder.decoding.values.contains(where: { $0.op is NonMaxSuppression }) {
      explanation.append("the model suppresses overlapping boxes itself; that goes too")
    }
    let dropped = try dropped(from: graph, keeping: heads.map(\.value))
    var patch = Patch("cut-heads")
    patch.setOutputs(heads.map(\.value))
    var cut = HeadCut(
      heads: heads,
      anchors: classes == nil || heads.contains { $0.bins != nil } ? nil : grid?.anchors,
      classes: classes, dropped: dropped, explanation: explanation, patch: patch)
    cut.anchorSizes = sizes
    cut.suppression = suppression(heads, finder)
    return cut
  }

  /// Anchors as people write them.
  private static func text(_ anchors: [[[Float]]]) -> String {
    anchors.map { level in
      level.flatMap { $0.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } }.joined(
        separator: ",")
    }.joined(separator: "/")
  }

  /// How detectors with the given heads choose among boxes; nil where heads have anchors or cannot be told.
  private static func suppression(
    _ heads: [Head], _ finder: HeadFinder
  ) -> ModelCard.Suppression? {
    guard heads.contains(where: { $0.bins != nil }) else { return nil }
    if heads.contains(where: { $0.role == .classesAndBoxes }) { return .nanodet }
    return finder.decoding.values.contains { $0.op is TopK } ? .topK : .classwise
  }

  /// The heads with their roles, sentences about them, and the number of classes.
  private static func describe(
    _ layout: HeadLayout, _ grid: HeadLayout.AnchorGrid?
  ) -> (heads: [Head], lines: [String], classes: Int?) {
    let graph = layout.finder.graph
    func head(_ level: HeadLayout.Level, _ role: Role, _ why: String) -> Head {
      Head(
        value: level.found.value, name: graph[level.found.value].name, channels: level.channels,
        stride: level.stride, role: role, why: why)
    }
    if layout.headsPerLevel == 1 {
      if let classes = layout.activatedClasses() {
        let bins = (layout.levels[0].channels - classes) / 4
        let why = "a sigmoid over the first \(classes) channels, 4 x \(bins) bins behind them"
        return (
          layout.levels.map {
            var head = head($0, .classesAndBoxes, why)
            head.bins = bins
            return head
          }, ["one box per cell and \(classes) classes: \(why)"], classes
        )
      }
      guard let grid else {
        let why = "one head per level; nothing tells anchors and classes apart"
        return (layout.levels.map { head($0, .other, why) }, [why], nil)
      }
      let classes = grid.numbers - 5
      let isNamed = graph.card.classNames.count == classes
      // Detectors with one box per cell have no anchors, and mostly no objectness either.
      guard classes >= 1, grid.anchors >= 2 || isNamed else {
        let why = "\(grid.why): one box per cell, what its numbers are cannot be told"
        return (layout.levels.map { head($0, .other, why) }, [why], nil)
      }
      let why = "\(grid.anchors) x (5 + \(classes)) channels"
      let line = "\(grid.anchors) anchors and \(classes) classes: \(grid.why)"
      return (layout.levels.map { head($0, .anchorGrid, why) }, [line], classes)
    }
    var heads: [Head] = []
    for stride in layout.strides {
      let level = layout.levels.filter { $0.stride == stride }
      heads += roles(of: level, layout.finder).map {
        var head = head($0, $1, $2)
        if $1 == .boxes, $0.channels >= 8 {
          head.bins = $0.channels / 4
          head.binValues = layout.finder.roundedSteps($0.channels / 4)
        }
        return head
      }
    }
    let classes = heads.first { $0.role == .classes }?.channels
    let line =
      "\(layout.headsPerLevel) heads per level"
      + (classes.map { ", \($0) classes" } ?? "")
    return (heads, [line], classes)
  }

  /// The roles of the heads of one level, boxes first.
  private static func roles(
    of level: [HeadLayout.Level], _ finder: HeadFinder
  ) -> [(HeadLayout.Level, Role, String)] {
    var result: [(HeadLayout.Level, Role, String)] = []
    var rest = level
    func take(_ role: Role, _ why: String, where condition: (HeadLayout.Level) -> Bool) {
      guard let place = rest.firstIndex(where: condition) else { return }
      result.append((rest.remove(at: place), role, why))
    }
    take(.boxes, "its numbers are decoded as distributions") {
      $0.channels % 4 == 0 && finder.isDistribution($0.found.value)
    }
    if result.isEmpty { take(.boxes, "it has 4 channels") { $0.channels == 4 } }
    if rest.count == 2 { take(.objectness, "it has 1 channel") { $0.channels == 1 } }
    if rest.count == 1, !result.isEmpty {
      take(.classes, "it stands beside the boxes") { _ in true }
    }
    return result + rest.map { ($0, .other, "its use cannot be told") }
  }

  /// The operators that go when the graph ends at the given values.
  static func dropped(
    from graph: Graph, keeping values: [ValueID]
  ) throws(CutError) -> [OperatorKind: Int] {
    var copy = graph
    copy.removeDeadNodes()
    var counts = PassReport.count(copy)
    copy.setOutputs(values)
    copy.removeDeadNodes()
    for (kind, count) in PassReport.count(copy) {
      let left = (counts[kind] ?? 0) - count
      counts[kind] = left == 0 ? nil : left
    }
    return counts
  }
}
