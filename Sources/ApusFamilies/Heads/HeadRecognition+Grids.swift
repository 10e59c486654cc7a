import ApusGraph
import ApusOperators

extension SeenOutputs {
  /// Raw heads of every level: `[N, anchors, H, W, 5 + classes]`, or `[N, C, H, W]` in one or two outputs a
  /// level.
  func grids() throws(FamilyError) -> Found? {
    let candidates = outputs.filter { [4, 5].contains($0.rank) && $0.isFloat }
    guard !candidates.isEmpty, candidates.count == outputs.count else { return nil }
    var byStride: [Int: [Output]] = [:]
    for output in candidates {
      guard let rows = output.sizes[2], let columns = output.sizes[3], rows > 0, columns > 0,
        let stride = levels.stride(rows: rows, columns: columns)
      else { return nil }
      if output.trace.isDecoded {
        throw refusal("'\(output.name)' is a grid whose boxes are decoded in part")
      }
      byStride[stride, default: []].append(output)
    }
    let strides = byStride.keys.sorted()
    if candidates.allSatisfy({ $0.rank == 5 }) { return try anchorCells(byStride, strides) }
    guard candidates.allSatisfy({ $0.rank == 4 && $0.sizes[1] != nil }) else { return nil }
    // Vendors' cuts add the sum of the scores, one channel that serves a fast look at a cell.
    for (stride, level) in byStride where level.count == 3 {
      let rest = level.filter { $0.sizes[1] != 1 }
      if rest.count == 2 { byStride[stride] = rest }
    }
    let counts = Set(byStride.values.map(\.count))
    if counts == [1] { return try single(byStride.compactMapValues(\.first), strides) }
    return counts == [2] ? try pairs(byStride, strides) : nil
  }

  private func anchorCells(
    _ byStride: [Int: [Output]], _ strides: [Int]
  ) throws(FamilyError) -> Found? {
    let levels = strides.compactMap { byStride[$0]?.count == 1 ? byStride[$0]?.first : nil }
    guard levels.count == strides.count, let numbers = levels[0].sizes[4], numbers > 5,
      let anchors = levels[0].sizes[1],
      levels.allSatisfy({ $0.sizes[4] == numbers && $0.sizes[1] == anchors })
    else { return nil }
    return Found(
      heads: zip(strides, levels).map { stride, output in
        ModelCard.Head(
          output: output.name, content: .anchorCells, stride: stride,
          hasProbabilities: output.trace.isActivated ? true : nil)
      },
      strides: strides,
      reason:
        "grids of \(anchors) anchors with 5 + \(numbers - 5) raw numbers at strides \(strides) (YOLOv5"
        + " and YOLOv7 exported without their grids)")
  }

  /// One output a level: anchors, or distributions and classes together.
  private func single(_ levels: [Int: Output], _ strides: [Int]) throws(FamilyError) -> Found? {
    guard let first = levels[strides[0]], let channels = first.sizes[1],
      levels.values.allSatisfy({ $0.sizes[1] == channels })
    else { return nil }
    func found(
      _ content: ModelCard.Head.Content, bins: Int? = nil, _ reason: String
    ) -> Found {
      let isNanoDet = bins != nil && bins != 16
      return Found(
        heads: strides.compactMap { stride in
          levels[stride].map { output in
            ModelCard.Head(
              output: output.name, content: content, stride: stride,
              hasProbabilities: output.trace.sigmoids.isEmpty ? nil : true, bins: bins,
              cellOffset: bins.map { _ in isNanoDet ? Self.nanoDetOffset(strides) : 0.5 })
          }
        }, strides: strides, suppression: bins == nil ? nil : suppression(bins: bins ?? 0),
        reason: "grids of \(channels) channels at strides \(strides): \(reason)")
    }
    if let joined = try joined(first) {
      return found(
        joined.isDistanceFirst ? .distanceClassGrid : .classDistanceGrid, bins: joined.bins,
        joined.why)
    }
    if let names = nameCount {
      if channels % (5 + names) == 0 {
        return found(
          .anchorGrid, "\(channels / (5 + names)) anchors of 5 + \(names), by the class names")
      }
      let rest = channels - names
      guard rest >= 8, rest % 4 == 0 else {
        throw refusal(
          "\(channels) channels fit neither anchors nor distributions with \(names) classes")
      }
      return found(
        rest == 64 ? .distanceClassGrid : .classDistanceGrid, bins: rest / 4,
        "4 x \(rest / 4) bins beside \(names) classes, by the class names")
    }
    if channels % 3 == 0, channels / 3 > 5 {
      return found(.anchorGrid, "taken for 3 anchors of 5 + \(channels / 3 - 5), as is usual")
    }
    guard channels > 32 else { return nil }
    return found(
      .classDistanceGrid, bins: 8,
      "taken for \(channels - 32) classes and 4 x 8 bins, as NanoDet has")
  }

  /// Whether an output joins distributions and classes of two convolutions, and in which order.
  private func joined(
    _ output: Output
  ) throws(FamilyError) -> (isDistanceFirst: Bool, bins: Int, why: String)? {
    guard let node = index.producer(of: output.id), let concat = node.op as? Concat,
      concat.axis == 1 || concat.axis == -3, node.inputs.count == 2
    else { return nil }
    let parts = node.inputs.compactMap { $0 }.map { id in
      let fact = graph[id].fact
      return Output(
        id: id, name: graph[id].name, fact: fact, sizes: (fact.shape ?? []).map(\.fixed),
        trace: OutputTrace(id, in: index))
    }
    guard parts.count == 2, parts.allSatisfy({ $0.rank == 4 && $0.sizes[1] != nil }) else {
      return nil
    }
    let parted = try part(parts) { $0.sizes[1] ?? 0 }
    return (
      parted.distances.id == parts[0].id, (parted.distances.sizes[1] ?? 0) / 4,
      "'\(node.name)' joins distributions and classes: \(parted.why)"
    )
  }

  private func pairs(_ byStride: [Int: [Output]], _ strides: [Int]) throws(FamilyError) -> Found {
    var heads: [ModelCard.Head] = []
    var bins = 0
    var why = ""
    for stride in strides {
      let parted = try part(byStride[stride] ?? []) { $0.sizes[1] ?? 0 }
      bins = (parted.distances.sizes[1] ?? 0) / 4
      why = parted.why
      heads += pair(
        parted, contents: (.distanceGrid, .classGrid), stride: stride,
        offset: bins == 16 ? 0.5 : Self.nanoDetOffset(strides), width: { $0.sizes[1] ?? 0 })
    }
    return Found(
      heads: heads, strides: strides, suppression: suppression(bins: bins),
      reason: "two grids a level at strides \(strides), distributions and classes: \(why)")
  }

  /// 16 bins are YOLOv8's and YOLOv10's, others NanoDet's.
  private func suppression(bins: Int) -> ModelCard.Suppression {
    if bins != 16 { return .nanodet }
    return graph.card.family == "YOLOv10" ? .topK : .classwise
  }
}
