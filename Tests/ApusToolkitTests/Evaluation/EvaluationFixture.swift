import ApusDatasets
import ApusToolkit
import Foundation

/// A small data set: three pictures of 100 x 80, two classes with the ids 1 and 18, four objects.
enum EvaluationFixture {
  static func data(
    ids: [Int] = [7, 8, 9], files: [String] = ["000007.jpg", "sub/b.jpg", "c.d.png"],
    classes: [(Int, String)] = [(1, "person"), (18, "dog")]
  ) throws -> EvaluationData {
    let box = Dataset.PixelBox(x: 10, y: 20, width: 30, height: 40)
    let small = Dataset.PixelBox(x: 60, y: 10, width: 20, height: 10)
    return try EvaluationData(
      Dataset(
        classes: classes.map { Dataset.Class(id: $0.0, name: $0.1) },
        pictures: zip(ids, files).map {
          Dataset.Picture(id: $0, file: $1, width: 100, height: 80)
        },
        annotations: [
          .init(id: 1, pictureID: ids[0], classID: classes[0].0, box: box),
          .init(id: 2, pictureID: ids[0], classID: classes[1].0, box: small),
          .init(id: 3, pictureID: ids[1], classID: classes[0].0, box: small),
          .init(id: 4, pictureID: ids[1], classID: classes[0].0, box: box, isCrowd: true),
        ]), path: "set.json")
  }

  /// Calls `body` with a fresh folder that is removed afterwards.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-evaluation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// What reading a result file of this text gives.
  static func read(
    _ text: String, on data: EvaluationData? = nil, pictures: PictureNumbering = .automatic,
    categories: CategoryNumbering = .automatic
  ) throws -> ResultSet {
    try withFolder { folder in
      let file = folder.appendingPathComponent("found.json")
      try Data(text.utf8).write(to: file)
      return try ResultSet(
        reading: file.path, on: data ?? Self.data(), pictures: pictures, categories: categories)
    }
  }

  /// The message of the error that reading a result file of this text gives; nil where it is read.
  static func message(
    _ text: String, on data: EvaluationData? = nil, pictures: PictureNumbering = .automatic,
    categories: CategoryNumbering = .automatic
  ) throws -> String? {
    do {
      _ = try read(text, on: data, pictures: pictures, categories: categories)
      return nil
    } catch let error as ApusError {
      return error.message
    }
  }
}
