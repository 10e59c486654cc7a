import ApusDatasets
public import ApusMetrics

extension Evaluation {
  /// By how much COCO's AP and YOLOv5's mAP differ on these detections, and what each convention is worth.
  ///
  /// It evaluates four times more; nil where there is nothing to measure.
  ///
  /// - Throws: `ApusError` as the evaluation itself.
  public func metricDifference() throws(ApusError) -> MetricDifference? {
    do throws(COCOError) {
      return try MetricDifference(
        groundTruth: data.truths, detections: results.detections,
        images: data.dataset.pictures.map(\.id), categories: data.dataset.classes.map(\.id),
        coco: coco, yolo: yolo)
    } catch {
      throw .failure("'\(results.name)': \(error)")
    }
  }
}
