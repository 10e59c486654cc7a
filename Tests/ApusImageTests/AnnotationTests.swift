import ApusImage
import ApusTestSupport
import Foundation
import Testing

struct AnnotationTests {
  /// A folder to which pictures are written for a person to look at; nil for none.
  static let gallery = ProcessInfo.processInfo.environment["APUS_GALLERY"]

  @Test(.enabled(if: Shared.isPresent, ReferencePictures.absence), arguments: PhotoTests.names)
  func drawsDetections(name: String) throws {
    let json = try ReferencePictures.json("expected/yolov5n_pt/detections.json")
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
    let photo = try ReferencePictures.photo(name, as: .rgb)
    let image = try photo.annotated(boxes)
    #expect(image != photo)
    try Self.show(image, "annotated_" + name + ".png")
  }

  @Test(.enabled(if: Shared.isPresent, ReferencePictures.absence))
  func drawsManyScriptsAndCrowds() throws {
    let photo = try ReferencePictures.photo("dog.jpg", as: .rgb)
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

  @Test(arguments: [(200, 100, 40), (640, 480, 300), (30, 20, 5), (5, 5, 3)])
  func labelsStayInsideAndApart(width: Int, height: Int, count: Int) {
    var random = SeededGenerator(seed: 7)
    var layout = LabelLayout(width: width, height: height)
    for _ in 0..<count {
      let box = PixelRect(
        x: .random(in: 0..<width, using: &random), y: .random(in: 0..<height, using: &random),
        width: .random(in: 1...width, using: &random),
        height: .random(in: 1...height, using: &random))
      let size = (Int.random(in: 4...60, using: &random), Int.random(in: 4...16, using: &random))
      let before = layout.placed.count
      let place = layout.place(width: size.0, height: size.1, for: box)
      #expect(layout.placed.count == before + (place == nil ? 0 : 1))
    }
    for (index, rect) in layout.placed.enumerated() {
      #expect(rect.x >= 0 && rect.y >= 0 && rect.right <= width && rect.bottom <= height)
      #expect(!layout.placed[..<index].contains { $0.overlaps(rect) })
    }
  }

  @Test
  func labelsPreferTheTopOfTheirBox() {
    var layout = LabelLayout(width: 100, height: 100)
    let box = PixelRect(x: 20, y: 30, width: 40, height: 40)
    let places = (0..<8).map { _ in layout.place(width: 40, height: 10, for: box) }
    #expect(places[0] == PixelRect(x: 20, y: 20, width: 40, height: 10))
    #expect(places[1] == PixelRect(x: 20, y: 30, width: 40, height: 10))
    #expect(places[2] == PixelRect(x: 20, y: 70, width: 40, height: 10))
    #expect(places[3] == PixelRect(x: 20, y: 60, width: 40, height: 10))
    #expect(places[4] == PixelRect(x: 20, y: 10, width: 40, height: 10))
    #expect(!places.contains(nil))
    let top = PixelRect(x: 90, y: 0, width: 10, height: 40)
    #expect(
      layout.place(width: 30, height: 10, for: top)
        == PixelRect(x: 70, y: 0, width: 30, height: 10))
  }

  /// A full picture has no place left; one that is not full still has.
  @Test
  func labelsFillThePicture() {
    var layout = LabelLayout(width: 40, height: 40)
    let box = PixelRect(x: 0, y: 0, width: 40, height: 40)
    for _ in 0..<16 { #expect(layout.place(width: 10, height: 10, for: box) != nil) }
    #expect(layout.place(width: 1, height: 1, for: box) == nil)
  }

  @Test
  func colorsAreStableDistinctAndReadable() {
    #expect(ClassColors.color(3) == ClassColors.color(3))
    #expect(Set((0..<80).map(ClassColors.color)).count == 80)
    for index in [0, 1, 79, 1203, -4, Int.max, Int.min] {
      let color = ClassColors.color(index)
      let text = ClassColors.text(on: color)
      #expect(text == Color(gray: 0) || text == Color(gray: 255))
    }
    #expect(ClassColors.text(on: Color(gray: 255)) == Color(gray: 0))
    #expect(ClassColors.text(on: Color(red: 0, green: 0, blue: 160)) == Color(gray: 255))
  }

  @Test
  func boxesAreDrawnInTheirColor() throws {
    let image = try Image(width: 60, height: 50, format: .bgr, filledWith: Color(gray: 0))
    let box = LabeledBox(x1: 10, y1: 10, x2: 40, y2: 30, label: "", colorIndex: 5)
    let color = ClassColors.color(5)
    let drawn = try image.annotated([box], style: AnnotationStyle(lineWidth: 1))
    for (x, y) in [(10, 10), (39, 10), (10, 29), (39, 29), (25, 10)] {
      #expect(drawn.pixel(x: x, y: y) == [color.blue, color.green, color.red])
    }
    for (x, y) in [(9, 9), (11, 11), (40, 30), (25, 20)] {
      #expect(drawn.pixel(x: x, y: y) == [0, 0, 0])
    }
    #expect(try image.converted(to: .gray).annotated([box]).format == .rgb)
  }

  @Test
  func dashedBoxesShowTwoColorsAndLieOnTop() throws {
    let image = try Image(width: 60, height: 50, format: .rgb, filledWith: Color(gray: 128))
    let dashed = LabeledBox(
      x1: 10, y1: 10, x2: 40, y2: 30, label: "", colorIndex: 5, isDashed: true)
    var solid = dashed
    solid.isDashed = false
    solid.colorIndex = 2
    let color = ClassColors.color(5)
    let gap = ClassColors.text(on: color)
    let drawn = try image.annotated([dashed, solid], style: AnnotationStyle(lineWidth: 1))
    // Dashes of four pixels and gaps of three, from the left and from the top.
    for place in 0..<30 {
      // The corners are those of the upright sides.
      guard place != 0, place != 29 else { continue }
      let wanted = place % 7 < 4 ? color : gap
      for y in [10, 29] {
        #expect(drawn.pixel(x: 10 + place, y: y) == [wanted.red, wanted.green, wanted.blue])
      }
    }
    for place in 1..<19 {
      let wanted = place % 7 < 4 ? color : gap
      for x in [10, 39] {
        #expect(drawn.pixel(x: x, y: 10 + place) == [wanted.red, wanted.green, wanted.blue])
      }
    }
    #expect(drawn.pixel(x: 25, y: 20) == [128, 128, 128])
  }

  @Test
  func strangeLabelsAreHarmless() throws {
    let image = try Image(width: 80, height: 60, format: .rgb, filledWith: Color(gray: 9))
    let labels = [
      "a\nb\u{0}c\t", String(repeating: "long ", count: 400), "👩‍👩‍👧 \u{202E}abc", " ", "\u{FFFF}",
    ]
    for label in labels {
      let box = LabeledBox(x1: 10, y1: 20, x2: 70, y2: 50, label: label, colorIndex: 1)
      #expect(try image.annotated([box]).pixels.count == image.pixels.count)
    }
  }
}
