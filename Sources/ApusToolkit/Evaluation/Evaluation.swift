package import ApusBoxes
import ApusDatasets
public import ApusMetrics

/// How well detections find the objects of a data set, by every measure.
public struct Evaluation: Sendable {
  /// What the detections were judged by.
  public let data: EvaluationData
  /// The detections.
  public let results: ResultSet
  /// COCO's measures.
  public let coco: COCOEvaluation
  /// YOLOv5's measures, of its releases from v6.2 on.
  ///
  /// Classes are positions in the data set; crowds are left out.
  public let yolo: YOLOEvaluation
  /// Which classes were taken for which, of detections that score above 0.25.
  public let confusion: ConfusionMatrix
  /// What is wrong with the detections and the AP50 that each kind of mistake costs, as TIDE counts it.
  public let errors: DetectionErrors
  /// By how much COCO's AP and YOLOv5's mAP differ here, and what each convention is worth.
  ///
  /// Nil where there is nothing to measure.
  public let difference: MetricDifference?
  /// The pictures in the order of the data set, each with its objects and detections, classes by position.
  package let pictures: [JudgedPicture]

  /// One picture with what is in it and what was found.
  package struct JudgedPicture: Sendable {
    /// Its position in the data set.
    package let index: Int
    /// Its objects, crowds too.
    package let truths: [GroundTruth]
    /// What was found, best first.
    package let detections: [Detection]
  }

  /// Judges detections.
  ///
  /// - Throws: `ApusError` where a score is no number, a box is not finite, or a detection belongs to no
  ///   picture of the data set.
  public init(_ results: ResultSet, on data: EvaluationData) throws(ApusError) {
    self.data = data
    self.results = results
    let dataset = data.dataset
    do throws(COCOError) {
      coco = try COCOEvaluation(
        groundTruth: data.truths, detections: results.detections,
        images: dataset.pictures.map(\.id), categories: dataset.classes.map(\.id))
      errors = try DetectionErrors(
        groundTruth: data.truths, detections: results.detections,
        images: dataset.pictures.map(\.id), categories: dataset.classes.map(\.id))
    } catch {
      throw .failure("'\(results.name)': \(error)")
    }
    pictures = Self.pictures(results, data)
    do throws(MetricInputError) {
      let matching = YOLOMatching(rule: .perThreshold)
      var judged: [JudgedDetection] = []
      var confusion = ConfusionMatrix(classCount: dataset.classes.count)
      for picture in pictures {
        let truths = picture.truths.filter { !$0.isCrowd }
        judged += try matching.judge(picture.detections, against: truths)
        try confusion.add(picture.detections, against: truths)
      }
      yolo = try YOLOEvaluation(
        judged: judged,
        truthClasses: pictures.flatMap { $0.truths.filter { !$0.isCrowd }.map(\.classID) },
        matching: matching, rule: .smoothed)
      self.confusion = confusion
    } catch {
      throw .failure("'\(results.name)': \(error)")
    }
    do throws(COCOError) {
      difference = try MetricDifference(
        groundTruth: data.truths, detections: results.detections,
        images: dataset.pictures.map(\.id), categories: dataset.classes.map(\.id),
        coco: coco, yolo: yolo)
    } catch {
      throw .failure("'\(results.name)': \(error)")
    }
  }

  /// Objects and detections by picture; of equal scores the order of the detections is kept.
  private static func pictures(_ results: ResultSet, _ data: EvaluationData) -> [JudgedPicture] {
    let classes = data.dataset.classIndices()
    let truths = data.dataset.groundTruths()
    let found = Dictionary(grouping: results.detections, by: \.imageID)
    return data.dataset.pictures.enumerated().map { index, picture in
      let detections = (found[picture.id] ?? []).compactMap { detection in
        classes[detection.categoryID].map { classID in
          Detection(
            box: Box(
              x1: Float(detection.x), y1: Float(detection.y),
              x2: Float(detection.x + detection.width), y2: Float(detection.y + detection.height)),
            score: Float(detection.score), classID: classID)
        }
      }
      let order = detections.indices.sorted {
        let (left, right) = (detections[$0].score, detections[$1].score)
        return left == right ? $0 < $1 : left > right
      }
      return JudgedPicture(
        index: index, truths: truths[picture.id] ?? [], detections: order.map { detections[$0] })
    }
  }
}
