import Foundation

/// What YOLOv5 v6.1 and later print about anchors.
public enum AnchorMessages {
  /// The fit of the anchors at hand, and whether others will be searched.
  public static func analysis(_ fit: AnchorFit, rule: AnchorFit.Rule = .atMost) -> String {
    String(
      format: "%.2f anchors/target, %.3f Best Possible Recall (BPR). ",
      Double(fit.anchorsPerTarget), Double(fit.bestPossibleRecall))
      + (fit.needsSearch(rule)
        ? "Anchors are a poor fit to dataset ⚠️, attempting to improve..."
        : "Current anchors are a good fit to dataset ✅")
  }

  /// The warning about objects with a side under 3 pixels; nil where there are none.
  public static func tinyObjects(_ count: Int, of total: Int) -> String? {
    count == 0
      ? nil
      : "WARNING ⚠ Extremely small objects found: \(count) of \(total) labels are "
        + "< 3 pixels in size"
  }

  /// What k-means works on.
  public static func clustering(anchors: Int, points: Int) -> String {
    "Running kmeans for \(anchors) anchors on \(points) points..."
  }

  /// The two lines about anchors found: the shares above the limit, and the anchors by area.
  public static func result(_ anchors: [BoxSize], objects: [BoxSize], search: AnchorSearch)
    -> [String]
  {
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
        + pixels(anchors),
    ]
  }

  /// Whole pixels, halves away from zero: `4,5, 7,7, 11,11`.
  public static func pixels(_ anchors: [BoxSize]) -> String {
    anchors.map { sides($0) }.joined(separator: ", ")
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
