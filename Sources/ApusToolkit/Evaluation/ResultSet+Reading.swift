import ApusDatasets
import ApusMetrics
import Foundation

extension ResultSet {
  /// Reads detections that were made elsewhere: COCO's results (JSON), or a folder of YOLO text.
  ///
  /// - Parameters:
  ///   - path: a JSON list of `image_id`, `category_id`, `bbox` and `score`, where `image_id` may be the
  ///     name of a picture; or a folder with a text file for each picture, `class x y width height
  ///     confidence`. A picture without a file has no detections, and a note says how many there are.
  ///   - data: the data set whose pictures and classes are meant.
  ///   - pictures: what numbers of pictures mean.
  ///   - categories: what numbers of classes mean.
  /// - Throws: `ApusError` naming file and entry or line: text that is no such list, a missing or repeated
  ///   member, a number that is not finite, a box without four numbers or with a negative side, a picture or
  ///   class the data set does not have.
  public init(
    reading path: String, on data: EvaluationData, pictures: PictureNumbering = .automatic,
    categories: CategoryNumbering = .automatic
  ) throws(ApusError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .failure(
        "'\(path)': no such file; give COCO results (.json) or a folder of YOLO text files")
    }
    if isFolder.boolValue {
      let reader = try YOLOResultReader(path, on: data)
      let note =
        reader.missing > 0
        ? [
          "\(reader.missing) of \(data.dataset.pictures.count) pictures have no file in '\(path)', hence no detections"
        ]
        : []
      self.init(name: path, detections: reader.detections, notes: note)
      return
    }
    var reader = try COCOResultReader(ResultBytes.read(path), path: path)
    var numbering = ResultNumbering(data, path: path)
    reader.number(
      pictures: try numbering.pictures(reader.pictures, pictures),
      categories: try numbering.categories(reader.categories, categories))
    self.init(name: path, detections: reader.detections, notes: numbering.notes)
  }
}
