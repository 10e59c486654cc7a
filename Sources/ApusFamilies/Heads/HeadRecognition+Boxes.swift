import ApusGraph
import ApusOperators

extension SeenOutputs {
  /// One output of all boxes, `[N, boxes, numbers]` or `[N, numbers, boxes]`.
  ///
  /// Other outputs beside a decoded one, such as the raw heads that some exports add, are ignored.
  func boxes() throws(FamilyError) -> Found? {
    let candidates = outputs.filter { $0.rank == 3 && $0.isFloat }
    guard let output = candidates.first(where: { !$0.trace.isRaw }) ?? candidates.first,
      candidates.count == 1 || !(output.trace.isRaw || output.trace.isActivated)
    else { return nil }
    let (first, last) = (output.sizes[1], output.sizes[2])
    let strides = graph.card.strides
    if let last, let first, output.trace.isRaw || output.trace.isActivated,
      let cells = levels.levels(ofBoxes: first, preferred: strides), cells.boxesPerCell == 1
    {
      return try nanoDetCells(output, numbers: last, strides: cells.strides)
    }
    if let first, let last, first >= 5,
      let cells = levels.levels(ofBoxes: last, preferred: strides), cells.boxesPerCell == 1
    {
      return withClasses(output, numbers: first, boxes: last, strides: cells.strides)
    }
    guard let last, last > 5 else {
      if let first, first >= 5, last == nil || (last ?? 0) > first {
        return withClasses(output, numbers: first, boxes: last, strides: nil)
      }
      return nil
    }
    let cells = first.flatMap { levels.levels(ofBoxes: $0, preferred: strides) }
    if let nameCount, last == 4 + nameCount, cells?.boxesPerCell == 1 {
      throw refusal(
        "'\(output.name)' seems to hold boxes without objectness, numbers behind boxes, which is not read"
      )
    }
    if cells == nil, let first, first >= 5, last > 8 * first {
      return withClasses(output, numbers: first, boxes: last, strides: nil)
    }
    let place = cells.map { " on \($0.boxesPerCell) boxes a cell at strides \($0.strides)" } ?? ""
    return Found(
      heads: [ModelCard.Head(output: output.name, content: .boxesWithObjectness)],
      strides: strides.isEmpty ? cells?.strides : nil,
      reason: "'\(output.name)' holds decoded boxes of 5 + \(last - 5) numbers\(place)")
  }

  private func withClasses(
    _ output: Output, numbers: Int, boxes: Int?, strides: [Int]?
  ) -> Found {
    let place = strides.map { ", one for each cell at strides \($0)" } ?? ""
    return Found(
      heads: [ModelCard.Head(output: output.name, content: .boxesWithClasses)],
      strides: graph.card.strides.isEmpty ? strides : nil,
      reason:
        "'\(output.name)' holds \(boxes.map(String.init) ?? "any number of") decoded boxes\(place), of"
        + " 4 + \(numbers - 4) numbers without objectness (anchor-free, as YOLOv8 exports them)")
  }

  /// NanoDet's output: classes, then distributions, of the cells of all levels.
  private func nanoDetCells(
    _ output: Output, numbers: Int, strides: [Int]
  ) throws(FamilyError) -> Found {
    guard let (classes, why) = classCount(of: output, numbers: numbers) else {
      throw refusal(
        "'\(output.name)' has \(numbers) numbers for each cell, which do not part into classes and 4"
          + " distributions\(nameCount.map { " for \($0) class names" } ?? "")")
    }
    let bins = (numbers - classes) / 4
    let activated = output.trace.isActivated
    return Found(
      heads: [
        ModelCard.Head(
          output: output.name, content: .classDistanceCells,
          hasProbabilities: activated ? true : nil,
          bins: bins, cellOffset: Self.nanoDetOffset(strides))
      ],
      strides: strides, suppression: .nanodet,
      reason: "'\(output.name)' holds the cells of strides \(strides) with \(classes) classes"
        + " (\(activated ? "through a sigmoid" : "raw")) and 4 x \(bins) bins: \(why); NanoDet"
        + (strides.count == 4
          ? "-Plus, points at the corners of cells" : ", points at the centres of cells"))
  }

  /// Where NanoDet's points lie: NanoDet-Plus, which has a fourth level, measures from the corner.
  static func nanoDetOffset(_ strides: [Int]) -> Float { strides.count == 4 ? 0 : 0.5 }

  /// The classes among the numbers of a cell, and how they were told.
  private func classCount(of output: Output, numbers: Int) -> (classes: Int, why: String)? {
    func fits(_ classes: Int) -> Bool {
      classes > 0 && classes < numbers && (numbers - classes) % 4 == 0 && numbers - classes >= 8
    }
    for node in output.trace.sigmoids {
      let sizes = (graph[node.outputs[0]].fact.shape ?? []).map(\.fixed)
      let channels = sizes.count == 4 ? [sizes[1]] : Array(sizes.dropFirst())
      if let classes = channels.compactMap({ $0 }).first(where: fits) {
        return (classes, "'\(node.name)' is a sigmoid over \(classes) channels")
      }
    }
    if let nameCount { return fits(nameCount) ? (nameCount, "\(nameCount) class names") : nil }
    // 7 and 10 are the reg_max of upstream's models, 80 the classes of COCO.
    let usual = [(80, 32), (80, 44), (numbers - 32, 32)]
    guard let (classes, _) = usual.first(where: { $0 + $1 == numbers && fits($0) }) else {
      return nil
    }
    return (classes, "\(numbers - classes) of \(numbers) channels, assumed as is usual")
  }

  /// NanoDet's classes and distributions in outputs of their own, of each level or of all.
  func cellPairs() throws(FamilyError) -> Found? {
    let candidates = outputs.filter { [2, 3].contains($0.rank) && $0.isFloat }
    guard candidates.count == outputs.count, candidates.count >= 2, candidates.count % 2 == 0,
      candidates.allSatisfy({ !$0.trace.isDecoded })
    else { return nil }
    var byRows: [Int: [Output]] = [:]
    for output in candidates {
      guard let rows = output.sizes[output.rank - 2], output.sizes[output.rank - 1] != nil else {
        return nil
      }
      byRows[rows, default: []].append(output)
    }
    guard byRows.values.allSatisfy({ $0.count == 2 }) else { return nil }
    var heads: [ModelCard.Head] = []
    var strides: [Int] = []
    for rows in byRows.keys.sorted(by: >) {
      if byRows.count > 1 {
        guard let stride = levels.stride(cells: rows) else { return nil }
        strides.append(stride)
      } else {
        guard let all = levels.levels(ofBoxes: rows, preferred: graph.card.strides),
          all.boxesPerCell == 1
        else { return nil }
        strides = all.strides
      }
    }
    var why = ""
    for (place, rows) in byRows.keys.sorted(by: >).enumerated() {
      let level = byRows[rows] ?? []
      let parted = try part(level) { $0.sizes[$0.rank - 1] ?? 0 }
      why = parted.why
      let stride = byRows.count > 1 ? strides[place] : nil
      heads += pair(
        parted, contents: (.distanceCells, .classCells), stride: stride,
        offset: Self.nanoDetOffset(strides), width: { $0.sizes[$0.rank - 1] ?? 0 })
    }
    return Found(
      heads: heads, strides: strides, suppression: .nanodet,
      reason:
        "cells of strides \(strides) with distributions and classes apart: \(why); as NanoDet's heads"
        + " are cut for ncnn")
  }

  /// Tells distributions from classes among two outputs of one level.
  func part(
    _ level: [Output], width: (Output) -> Int
  ) throws(FamilyError) -> (distances: Output, classes: Output, why: String) {
    let (a, b) = (level[0], level[1])
    func isDistance(_ output: Output) -> Bool { width(output) % 4 == 0 && width(output) >= 8 }
    func parted(_ isFirst: Bool, _ why: String) -> (distances: Output, classes: Output, why: String)
    {
      isFirst ? (a, b, why) : (b, a, why)
    }
    switch (isDistance(a), isDistance(b)) {
    case (true, false): return parted(true, "\(width(a)) channels are 4 x \(width(a) / 4) bins")
    case (false, true): return parted(false, "\(width(b)) channels are 4 x \(width(b) / 4) bins")
    case (false, false): break
    case (true, true):
      if a.trace.sigmoids.isEmpty != b.trace.sigmoids.isEmpty {
        return parted(a.trace.sigmoids.isEmpty, "the classes go through a sigmoid")
      }
      if let nameCount, (width(a) == nameCount) != (width(b) == nameCount) {
        return parted(width(b) == nameCount, "\(nameCount) class names")
      }
      for usual in [64, 32, 44] where (width(a) == usual) != (width(b) == usual) {
        return parted(
          width(a) == usual, "\(usual) channels are 4 x \(usual / 4) bins, assumed as is usual")
      }
    }
    throw refusal(
      "'\(a.name)' and '\(b.name)' belong together, but which of them holds distributions and which classes"
        + " cannot be told from \(width(a)) and \(width(b)) channels; give the class names with --names"
    )
  }

  /// The heads of one level in two outputs.
  func pair(
    _ parted: (distances: Output, classes: Output, why: String),
    contents: (distances: ModelCard.Head.Content, classes: ModelCard.Head.Content), stride: Int?,
    offset: Float, width: (Output) -> Int
  ) -> [ModelCard.Head] {
    let isActivated = parted.classes.trace.isActivated
    return [
      ModelCard.Head(
        output: parted.distances.name, content: contents.distances, stride: stride,
        bins: width(parted.distances) / 4, cellOffset: offset),
      ModelCard.Head(
        output: parted.classes.name, content: contents.classes, stride: stride,
        hasProbabilities: isActivated ? true : nil),
    ]
  }
}
