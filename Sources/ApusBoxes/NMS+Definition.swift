extension NMS {
  /// The slow twin of `suppress`: each candidate in turn marks all later ones that it overlaps.
  ///
  /// Written to be read, in quadratic time.
  public static func suppressByDefinition(
    _ candidates: [Detection], options: Options
  ) -> [Detection] {
    let ranked = candidates.enumerated()
      .filter { !$0.element.score.isNaN && $0.element.box.isFinite }
      .sorted { ($0.element.score, -$0.offset) > ($1.element.score, -$1.offset) }
      .prefix(max(options.maxCandidates, 0))
      .map(\.element)
    let largest = largestCoordinate(ranked)
    let boxes = ranked.map {
      SuppressionBox(
        $0.box,
        offset: offset(of: $0.classID, separation: options.separation, largest: largest))
    }
    var isSuppressed = [Bool](repeating: false, count: ranked.count)
    var kept: [Detection] = []
    for i in ranked.indices where !isSuppressed[i] {
      kept.append(ranked[i])
      for j in (i + 1)..<max(i + 1, ranked.count)
      where boxes[i].overlaps(boxes[j], above: options.iou) {
        isSuppressed[j] = true
      }
    }
    return Array(kept.prefix(max(options.maxDetections, 0)))
  }
}
