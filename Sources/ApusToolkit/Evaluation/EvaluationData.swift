public import ApusBoxes
public import ApusDatasets
package import ApusMetrics
import Foundation

/// A data set made ready to judge detections by: the pictures of one split, their objects, the classes.
public struct EvaluationData: Sendable {
  /// The file or folder it was read from.
  public let path: String
  /// The split that is judged by; nil for all pictures.
  public let split: String?
  /// The pictures of the split, the annotations of these, and all classes.
  public let dataset: Dataset
  /// The objects, with the ids of the data set; an object without an outline has the area of its box.
  package let truths: [COCOGroundTruth]

  /// The names of the classes; a class is at the position that it has in the data set.
  public var classNames: ClassNames { dataset.classNames }

  /// How many pictures there are.
  public var pictureCount: Int { dataset.pictures.count }

  /// Reads a data set.
  ///
  /// - Parameters:
  ///   - path: a `data.yaml`, a COCO or LabelMe JSON, or the folder of a data set.
  ///   - split: such as `val`; nil for `val`, else `test`, else, where there is neither, all pictures.
  ///   - limit: the most pictures; taken at equal distances in the order of the data set. Nil for all.
  /// - Throws: `ApusError` where it cannot be read, or there is nothing to judge by: no picture of the
  ///   split, no class, no object.
  public init(
    path: String, format: DatasetFormat? = nil, split: String? = nil, limit: Int? = nil
  ) throws(ApusError) {
    try self.init(Dataset.read(path, format: format), path: path, split: split, limit: limit)
  }

  /// Takes a data set that was read already.
  ///
  /// - Throws: `ApusError` as reading does.
  public init(
    _ whole: Dataset, path: String, split: String? = nil, limit: Int? = nil
  ) throws(ApusError) {
    let chosen = try whole.split(split, else: ["val", "test"], path: path)
    var dataset = whole
    if let chosen { dataset.pictures.removeAll { !$0.splits.contains(chosen) } }
    let count = dataset.pictures.count
    if let limit, limit < count {
      dataset.pictures = (0..<max(limit, 0)).map { dataset.pictures[$0 * count / limit] }
    }
    if dataset.pictures.count < whole.pictures.count {
      let ids = Set(dataset.pictures.map(\.id))
      dataset.annotations.removeAll { !ids.contains($0.pictureID) }
    }
    guard !dataset.pictures.isEmpty, !dataset.classes.isEmpty else {
      throw .failure(
        "'\(path)': there is no \(dataset.classes.isEmpty ? "class" : "picture") to judge by; "
          + "check the data set with apus data check")
    }
    guard dataset.annotations.contains(where: { !$0.isCrowd }) else {
      throw .failure(
        "'\(path)': none of \(dataset.pictures.count) pictures"
          + (chosen.map { " of the split '\($0)'" } ?? "")
          + " has an object: no recall and no average precision is defined; label some or choose another"
          + " split with --split")
    }
    self.path = path
    self.split = chosen
    self.dataset = dataset
    truths = dataset.annotations.map { annotation in
      let box = annotation.box
      return COCOGroundTruth(
        imageID: annotation.pictureID, categoryID: annotation.classID, x: box.x, y: box.y,
        width: box.width, height: box.height, area: annotation.area ?? box.width * box.height,
        isCrowd: annotation.isCrowd)
    }
  }
}
