import ApusImage
import Foundation
import Testing

struct AnnotationTests {
  /// A folder to which pictures are written for a person to look at; nil for none.
  static let gallery = ProcessInfo.processInfo.environment["APUS_GALLERY"]

  @Test(.enabled(if: SharedData.isPresent, SharedData.reason), arguments: PhotoTests.names)
  func drawsDetections(name: String) throws {
    let json = try SharedData.json("expected/yolov5n_pt/detections.json")
    let entry = try #require(json[name] as? [String: Any])
    let detections = try #require(entry["detections"] as? [[String: Any]])
    let boxes = try detections.map { detection in
      let corners = try #require(detection["xyxy"] as? [Double]).map { Float($0) }
      let score = try #require(detection["score"] as? Double)
      let className = try #require(detection["class"] as? String)
      return LabeledBox(
        x1: corners[0], y1: corners[1], x2: corners[2], y2: corners[3],
        label: "\(className) \(String(format: "%.2f", score))",
        colorIndex: try #require(detection["class_id"] as? Int))
    }
    let photo = try SharedData.photo(name, as: .rgb)
    let image = photo.annotated(boxes)
    #expect(image != photo)
    try Self.show(image, "annotated_" + name + ".png")
  }

  @Test(.enabled(if: SharedData.isPresent, SharedData.reason))
  func drawsManyScriptsAndCrowds() throws {
    let photo = try SharedData.photo("dog.jpg", as: .rgb)
    let names = [
      "人 0.91", "自行车 0.85", "سيارة 0.77", "собака 0.66", "Fußgänger 0.5", "कुत्ता 0.4", "犬 0.3",
    ]
    let boxes = (0..<60).map { index in
      let x = Float(index * 37 % 500)
      let y = Float(index * 53 % 400)
      return LabeledBox(
        x1: x, y1: y, x2: x + 120 + Float(index % 7) * 20, y2: y + 90,
        label: names[index % names.count], colorIndex: index % 9)
    }
    try Self.show(photo.annotated(boxes), "crowd.png")
    let scripts = names.enumerated().map { index, name in
      LabeledBox(
        x1: 100, y1: Float(70 * index + 40), x2: 600, y2: Float(70 * index + 95), label: name,
        colorIndex: index)
    }
    try Self.show(photo.annotated(scripts), "scripts.png")
  }

  static func show(_ image: Image, _ name: String) throws {
    guard let gallery else { return }
    try image.write(to: gallery + "/" + name)
  }
}
