import ApusDatasets
import ApusImage
import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Foundation

/// Small reports whose every number is known.
enum ValidationFixture {
  /// An object: picture, class and box, all by position.
  struct Object {
    var picture: Int
    var classID: Int
    var x = 10.0
    var y = 10.0
    var size = 40.0
    var isCrowd = false
  }

  /// A detection: an object's place with a score.
  struct Found {
    var picture: Int
    var classID: Int
    var x = 10.0
    var y = 10.0
    var size = 40.0
    var score: Double
  }

  static func dataset(
    classes: [String], pictures: [String], objects: [Object], folder: URL? = nil
  ) -> Dataset {
    Dataset(
      classes: classes.enumerated().map { .init(id: $0 + 1, name: $1) },
      pictures: pictures.enumerated().map { index, name in
        .init(
          id: index + 1, file: name, path: folder?.appendingPathComponent(name).path, width: 200,
          height: 160)
      },
      annotations: objects.enumerated().map { index, object in
        .init(
          id: index + 1, pictureID: object.picture + 1, classID: object.classID + 1,
          box: .init(x: object.x, y: object.y, width: object.size, height: object.size),
          isCrowd: object.isCrowd)
      })
  }

  static func results(_ found: [Found], name: String = "net.pt", notes: [String] = []) -> ResultSet
  {
    ResultSet(
      name: name,
      detections: found.map {
        COCODetection(
          imageID: $0.picture + 1, categoryID: $0.classID + 1, x: $0.x, y: $0.y, width: $0.size,
          height: $0.size, score: $0.score)
      }, notes: notes)
  }

  static func report(
    _ dataset: Dataset, _ results: ResultSet, times: StageTimes? = nil, peakMemory: Int? = nil
  ) throws -> ValidationReport {
    ValidationReport(
      evaluation: try Evaluation(results, on: EvaluationData(dataset, path: "data.yaml")),
      times: times, peakMemory: peakMemory, manifest: manifest)
  }

  static let manifest = RunManifest(
    command: ["apus", "val", "net.pt", "my data/data.yaml"], version: "0.1.0",
    started: "2026-01-31T12:00:00Z",
    parts: [
      .init(role: "model", path: "net.pt", sha256: String(repeating: "a1", count: 32)),
      .init(role: "data", path: "my data/data.yaml", sha256: String(repeating: "b2", count: 32)),
    ],
    options: ["conf": "0.001", "iou": "0.6", "image-size": "640"],
    machine: ["processor": "Test CPU", "cores": "2", "system": "Linux"])

  /// Times of pictures, made up, in seconds.
  static func times(_ count: Int, seed: UInt64 = 3) -> StageTimes {
    var generator = SeededGenerator(seed: seed)
    var times = StageTimes()
    for _ in 0..<count {
      times.decode.append(.random(in: 0.003...0.006, using: &generator))
      times.preprocess.append(.random(in: 0.002...0.003, using: &generator))
      times.inference.append(
        .random(in: 0.06...0.08, using: &generator)
          * (Int.random(in: 0..<30, using: &generator) == 0 ? 2 : 1))
      times.postprocess.append(.random(in: 0.001...0.004, using: &generator))
    }
    return times
  }

  /// A folder with pictures of 200 x 160 pixels under the given names, removed by the caller.
  static func folder(_ names: [String]) throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let image = try Image(
      width: 200, height: 160, format: .rgb, filledWith: Color(red: 60, green: 90, blue: 120))
    for name in names { try image.write(to: folder.appendingPathComponent(name).path) }
    return folder
  }

  /// Objects on a seeded grid and detections near most of them, on many pictures.
  static func random(
    classes: Int, pictures: Int, objects: Int, seed: UInt64
  ) -> (objects: [Object], found: [Found]) {
    var generator = SeededGenerator(seed: seed)
    var truths: [Object] = []
    var found: [Found] = []
    for index in 0..<objects {
      let object = Object(
        picture: index % pictures, classID: Int.random(in: 0..<classes, using: &generator),
        x: .random(in: 0...140, using: &generator), y: .random(in: 0...100, using: &generator),
        size: .random(in: 12...58, using: &generator))
      truths.append(object)
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let shift = Double.random(in: -0.3...0.3, using: &generator) * object.size
        let isMixed = Int.random(in: 0..<4, using: &generator) == 0
        found.append(
          Found(
            picture: object.picture,
            classID: isMixed ? Int.random(in: 0..<classes, using: &generator) : object.classID,
            x: object.x + shift, y: object.y, size: object.size,
            score: .random(in: 0.01...1, using: &generator) * (1 - abs(shift) / object.size)))
      }
    }
    return (truths, found)
  }
}
