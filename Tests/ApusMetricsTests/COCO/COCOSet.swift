import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

/// A data set with detections, as the tests read or make it.
struct COCOSet {
  var images: [Int]
  var categories: [Int]
  var groundTruth: [COCOGroundTruth]
  var detections: [COCODetection]

  /// The evaluation.
  func evaluated() throws -> COCOEvaluation {
    try COCOEvaluation(
      groundTruth: groundTruth, detections: detections, images: images, categories: categories)
  }

  /// Reads COCO's annotation and results format from a file of our own or of the shared data.
  init(annotations: Data, results: Data) throws {
    let json = try JSONSerialization.jsonObject(with: annotations) as? [String: Any]
    func identifiers(_ key: String) throws -> [Int] {
      try #require(json?[key] as? [[String: Any]]).map { try #require($0["id"] as? Int) }
    }
    images = try identifiers("images")
    categories = try identifiers("categories")
    groundTruth = try #require(json?["annotations"] as? [[String: Any]]).map { entry in
      let box = try #require(entry["bbox"] as? [Double])
      return COCOGroundTruth(
        imageID: try #require(entry["image_id"] as? Int),
        categoryID: try #require(entry["category_id"] as? Int),
        x: box[0], y: box[1], width: box[2], height: box[3],
        area: try #require(entry["area"] as? Double), isCrowd: entry["iscrowd"] as? Int == 1)
    }
    let list = try #require(try JSONSerialization.jsonObject(with: results) as? [[String: Any]])
    detections = try list.map { entry in
      let box = try #require(entry["bbox"] as? [Double])
      return COCODetection(
        imageID: try #require(entry["image_id"] as? Int),
        categoryID: try #require(entry["category_id"] as? Int),
        x: box[0], y: box[1], width: box[2], height: box[3],
        score: try #require(entry["score"] as? Double))
    }
  }

  /// A random set: crowds, categories without objects, pictures without either, equal scores, areas
  /// apart from the boxes', boxes near others, tiny and huge ones.
  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    images = (0..<Int.random(in: 1...6, using: &random)).map { $0 * 7 + 3 }.shuffled(using: &random)
    categories = Array(1...Int.random(in: 1...4, using: &random)).shuffled(using: &random)
    groundTruth = []
    detections = []
    func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    let scales = seed % 2 == 0 ? [0.2, 1, 1, 4] : [1e-170, 1e-3, 1, 40, 1e6, 1e160]
    let objectCount = Int.random(in: 0...40, using: &random)
    let detectionCount = [0, 20, 120, 400].randomElement(using: &random) ?? 0
    for _ in 0..<objectCount {
      let scale = scales.randomElement(using: &random) ?? 1
      let (width, height) = (number(1...150) * scale, number(1...150) * scale)
      groundTruth.append(
        COCOGroundTruth(
          imageID: images.randomElement(using: &random) ?? 0,
          categoryID: categories.dropLast(categories.count / 3).randomElement(using: &random) ?? 0,
          x: number(0...300) * min(scale, 1), y: number(0...300) * min(scale, 1), width: width,
          height: height,
          area: min(1e300, width * height) * number(0.4...1),
          isCrowd: number(0...1) < 0.1))
    }
    for _ in 0..<detectionCount {
      let score = Double(Int(number(0...20))) / 20
      if let near = groundTruth.randomElement(using: &random), number(0...1) < 0.6 {
        let shift = number(0...0.3)
        detections.append(
          COCODetection(
            imageID: near.imageID, categoryID: near.categoryID, x: near.x + near.width * shift,
            y: near.y, width: near.width * number(0.8...1.2), height: near.height, score: score))
      } else {
        detections.append(
          COCODetection(
            imageID: images.randomElement(using: &random) ?? 0,
            categoryID: categories.randomElement(using: &random) ?? 0,
            x: number(0...300), y: number(0...300), width: number(0...200),
            height: number(0...200), score: score))
      }
    }
  }
}
