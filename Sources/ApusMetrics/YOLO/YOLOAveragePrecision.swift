/// YOLOv5's average precision: the area under the envelope of precision over recall.
///
/// It starts at recall 0 with precision 1 and ends at recall 1 with precision 0; the envelope is
/// read at 101 recalls, with straight lines between its points, and integrated by trapezoids
/// (`compute_ap`). COCO takes the mean of 101 samples of a staircase that ends where the recall
/// does; hence both definitions differ, most where a class has few objects.
public enum YOLOAveragePrecision {
  private static let recalls = Interpolation.unitSteps(101)

  /// The average precision in `0...1` of recalls that do not fall and the precisions there.
  public static func of(recall: [Double], precision: [Double]) -> Double {
    let heights = envelope(recall: recall, precision: precision, at: recalls)
    var area = 0.0
    for step in 1..<recalls.count {
      let width = recalls[step] - recalls[step - 1]
      area += width * (heights[step] + heights[step - 1]) / 2
    }
    return area
  }

  /// The envelope of the precision at ascending recalls: the curve that YOLOv5 plots.
  public static func envelope(
    recall: [Double], precision: [Double], at points: [Double]
  ) -> [Double] {
    let xs = [0] + recall + [1]
    var ys = [1] + precision + [0]
    for index in ys.indices.dropLast().reversed() { ys[index] = max(ys[index], ys[index + 1]) }
    return Interpolation.linear(at: points, xs: xs, ys: ys)
  }
}
