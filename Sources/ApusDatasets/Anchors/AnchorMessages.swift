import Foundation

/// What YOLOv5 prints about anchors, in the words of the release whose rule is followed.
///
/// v6.0's lines stand without the prefix "autoanchor: ".
public enum AnchorMessages {
  /// The fit of the anchors at hand, and whether others will be searched.
  public static func analysis(_ fit: AnchorFit, rule: AnchorFit.Rule = .atMost) -> String {
    let (perTarget, recall) = (Double(fit.anchorsPerTarget), Double(fit.bestPossibleRecall))
    switch rule {
    case .below:
      return String(
        format: "anchors/target = %.2f, Best Possible Recall (BPR) = %.4f", perTarget, recall)
        + (fit.needsSearch(rule) ? ". Attempting to improve anchors, please wait..." : "")
    case .atMost:
      return String(
        format: "%.2f anchors/target, %.3f Best Possible Recall (BPR). ", perTarget, recall)
        + (fit.needsSearch(rule)
          ? "Anchors are a poor fit to dataset ⚠️, attempting to improve..."
          : "Current anchors are a good fit to dataset ✅")
    }
  }

  /// The warning about objects with a side under 3 pixels; nil where there are none.
  public static func tinyObjects(
    _ count: Int, of total: Int, rule: AnchorFit.Rule = .atMost
  ) -> String? {
    guard count > 0 else { return nil }
    return switch rule {
    case .below:
      "WARNING: Extremely small objects found. \(count) of \(total) labels are < 3 pixels in size."
    case .atMost:
      "WARNING ⚠ Extremely small objects found: \(count) of \(total) labels are "
        + "< 3 pixels in size"
    }
  }

  /// Whether the anchors found take the place of those at hand.
  public static func outcome(isReplaced: Bool, rule: AnchorFit.Rule = .atMost) -> String {
    switch (rule, isReplaced) {
    case (.below, true):
      "New anchors saved to model. Update model *.yaml to use these anchors in the future."
    case (.below, false):
      "Original anchors better than new anchors. Proceeding with original anchors."
    case (.atMost, true):
      "Done ✅ (optional: update model *.yaml to use these anchors in the future)"
    case (.atMost, false):
      "Done ⚠️ (original anchors better than new anchors, proceeding with original anchors)"
    }
  }

  /// What k-means works on.
  public static func clustering(anchors: Int, points: Int) -> String {
    "Running kmeans for \(anchors) anchors on \(points) points..."
  }

  /// The two lines about anchors found: the shares above the limit, and the anchors by area.
  public static func result(
    _ anchors: [BoxSize], objects: [BoxSize], search: AnchorSearch, rule: AnchorFit.Rule = .atMost
  ) -> [String] {
    let limit = 1 / search.ratioLimit
    let anchors = AnchorSearch.byArea(anchors)
    let figures = Figures(anchors, objects: objects, limit: limit)
    return [
      String(
        format: "thr=%.2f: %.4f best possible recall, %.2f anchors past thr", limit,
        figures.recall, figures.anchorsPast),
      String(
        format: "n=%d, img_size=%g, metric_all=%.3f/%.3f-mean/best, past_thr=%.3f-mean: ",
        anchors.count, search.imageSize, figures.mean, figures.meanBest, figures.meanPast)
        + pixels(anchors, rule: rule),
    ]
  }

  /// Whole pixels, halves away from zero: `4,5, 7,7, 11,11`; v6.0 parts them by two spaces.
  public static func pixels(_ anchors: [BoxSize], rule: AnchorFit.Rule = .atMost) -> String {
    anchors.map { sides($0) }.joined(separator: rule == .below ? ",  " : ", ")
  }

  /// The levels as C initialisers of whole pixels: `{4,5,7,7,11,11}`.
  public static func initialisers(_ levels: [[BoxSize]]) -> [String] {
    levels.map { "{" + $0.map { sides($0) }.joined(separator: ",") + "}" }
  }

  private static func sides(_ anchor: BoxSize) -> String {
    String(format: "%.0f,%.0f", anchor.rounded.width, anchor.rounded.height)
  }

  /// The means of the ratios of all objects to all anchors.
  private struct Figures {
    var recall = 0.0
    var anchorsPast = 0.0
    var mean = 0.0
    var meanBest = 0.0
    var meanPast = 0.0

    init(_ anchors: [BoxSize], objects: [BoxSize], limit: Double) {
      guard !anchors.isEmpty, !objects.isEmpty else { return }
      for object in objects {
        var best = 0.0
        for anchor in anchors {
          let (across, down) = (object.width / anchor.width, object.height / anchor.height)
          let ratio = min(min(across, 1 / across), min(down, 1 / down))
          best = max(best, ratio)
          mean += ratio
          if ratio > limit {
            anchorsPast += 1
            meanPast += ratio
          }
        }
        meanBest += best
        recall += best > limit ? 1 : 0
      }
      let count = Double(objects.count)
      meanPast /= max(anchorsPast, 1)
      mean /= count * Double(anchors.count)
      (recall, anchorsPast, meanBest) = (recall / count, anchorsPast / count, meanBest / count)
    }
  }
}
