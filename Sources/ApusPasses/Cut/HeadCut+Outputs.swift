public import ApusGraph

extension HeadCut {
  /// Cuts at the values of the given names, in their order.
  ///
  /// - Throws: `CutError` with the nearest names where one does not exist.
  public static func at(outputs names: [String], in graph: Graph) throws(CutError) -> HeadCut {
    guard !names.isEmpty else { throw CutError("no output is named") }
    let known = Dictionary(uniqueKeysWithValues: graph.allValues.map { ($0.name, $0) })
    var heads: [Head] = []
    for name in names {
      guard let value = known[name] else {
        throw CutError(
          "the model has no value '\(name)'",
          candidates: nearest(name, among: Array(known.keys), count: 3))
      }
      guard case .node = value.origin else {
        throw CutError("'\(name)' is an input or a constant, not computed")
      }
      guard !heads.contains(where: { $0.value == value.id }) else {
        throw CutError("'\(name)' is named twice")
      }
      heads.append(
        Head(
          value: value.id, name: name, channels: channels(of: value),
          stride: stride(of: value, in: graph), role: .other, why: "named with --outputs"))
    }
    var patch = Patch("cut-outputs")
    patch.setOutputs(heads.map(\.value))
    return HeadCut(
      heads: heads, anchors: nil, classes: nil,
      dropped: try dropped(from: graph, keeping: heads.map(\.value)),
      explanation: ["outputs named with --outputs: \(names.joined(separator: ", "))"],
      patch: patch)
  }

  /// The channels of a value `[N, C, H, W]`; 0 for any other.
  private static func channels(of value: Value) -> Int {
    guard let shape = value.fact.shape, shape.count == 4 else { return 0 }
    return shape[1].fixed ?? 0
  }

  /// Input pixels per cell of a value `[N, C, H, W]`; 0 where it cannot be told.
  private static func stride(of value: Value, in graph: Graph) -> Int {
    guard let input = graph.inputs.first(where: { graph[$0].fact.shape?.count == 4 }),
      let picture = graph[input].fact.shape, let shape = value.fact.shape, shape.count == 4
    else { return 0 }
    let sizes = Dictionary(
      uniqueKeysWithValues: picture[2].symbols.map { ($0, HeadLayout.trialSize) })
    guard let whole = picture[2].substituting(sizes).fixed,
      let cells = shape[2].substituting(sizes).fixed, cells > 0, whole % cells == 0
    else { return 0 }
    return whole / cells
  }

  /// The names that differ least from the given one.
  static func nearest(_ name: String, among names: [String], count: Int) -> [String] {
    let wanted = Array(name.utf8.prefix(200))
    return names.map { (distance(wanted, Array($0.utf8.prefix(200))), $0) }
      .sorted { $0 < $1 }.prefix(count).map(\.1)
  }

  /// How many letters are to be added, dropped or changed to make one word of the other (Levenshtein).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}
