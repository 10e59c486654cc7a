import ApusDatasets
import ApusTestSupport
import ApusToolkit
import Foundation

/// What the tests of anchors measure on.
enum AnchorFixtures {
  /// Row 1 of the RK3588 report, in cells.
  static let reportGrid =
    "0.54345703125,0.58251953125,0.8525390625,0.88818359375,1.353515625,1.318359375 | "
    + "1.0859375,1.0380859375,1.75390625,1.705078125,2.38671875,2.462890625 | "
    + "1.7421875,1.6787109375,2.578125,2.458984375,3.904296875,3.75"
  /// Row 2 of it, in pixels.
  static let reportPixels =
    "4.34765625,4.66015625,6.8203125,7.10546875,10.828125,10.546875,17.375,16.609375,28.0625,27.28125,"
    + "38.1875,39.40625,55.75,53.71875,82.5,78.6875,124.9375,120.0"

  /// The report's row 1 times the strides, as `--anchors` takes them.
  static let reportText = zip(reportGrid.components(separatedBy: " | "), [8.0, 16, 32])
    .map { row, stride in
      row.split(separator: ",").map { "\((Double($0) ?? 0) * stride)" }.joined(separator: ",")
    }.joined(separator: "/")

  /// A small new network with given anchors.
  static func model(_ anchors: String? = nil, name: String = "yolov5n") throws -> Model {
    try Model(
      new: name, classNames: ["a", "b"], input: .fixed(height: 64, width: 64, batch: 1),
      anchors: anchors)
  }

  /// Pictures of random sizes with random objects of two classes.
  static func dataset(pictures: Int = 40, seed: UInt64, largest: Double = 0.9) -> Dataset {
    var random = SeededGenerator(seed: seed)
    var set = Dataset(classes: [.init(id: 3, name: "a"), .init(id: 9, name: "b")])
    for id in 1...pictures {
      let (width, height) = (
        Int.random(in: 50...900, using: &random), Int.random(in: 50...900, using: &random)
      )
      set.pictures.append(
        .init(
          id: id, file: "\(id).jpg", width: width, height: height,
          splits: [id % 4 == 0 ? "val" : "train"]))
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        set.annotations.append(
          .init(
            id: set.annotations.count, pictureID: id, classID: Bool.random(using: &random) ? 3 : 9,
            box: .init(
              x: 0, y: 0, width: Double(width) * .random(in: 0...largest, using: &random),
              height: Double(height) * .random(in: 0...largest, using: &random)),
            isCrowd: Int.random(in: 0..<10, using: &random) == 0))
      }
    }
    return set
  }

  /// A file that is removed afterwards.
  static func withFile(_ ending: String, _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-anchors-\(UUID().uuidString).\(ending)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }
}
