import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// Detections made elsewhere: what is read, what is refused, and how numbers are taken.
struct ResultReadingTests {
  @Test func cocoResults() throws {
    let found = try EvaluationFixture.read(
      """
      [ {"image_id": 7, "category_id":18,"bbox":[1, 2.5,3e1,4.0], "score":0.75, "segmentation":[[1,{"a":null}]]},
        {"score":1,"bbox":[0,0,0,0],"category_id":1.0,"image_id":9,"file_name":"a\\"b","ok":true} ]

      """)
    #expect(
      found.detections == [
        COCODetection(
          imageID: 7, categoryID: 18, x: 1, y: 2.5, width: 30, height: 4, score: 0.75),
        COCODetection(imageID: 9, categoryID: 1, x: 0, y: 0, width: 0, height: 0, score: 1),
      ])
    #expect(found.notes.isEmpty)
  }

  @Test func noDetections() throws {
    #expect(try EvaluationFixture.read(" [ ]\n").detections.isEmpty)
    #expect(try EvaluationFixture.read("\u{FEFF}[]").detections.isEmpty)
  }

  /// A result file of one entry with other text in place of a member's.
  private static func entry(
    image: String = "7", category: String = "1", box: String = "[1,2,3,4]", score: String = "0.5",
    more: String = ""
  ) -> String {
    "[{\"image_id\":\(image),\"category_id\":\(category),\"bbox\":\(box),\"score\":\(score)\(more)}]"
  }

  /// Texts that are no results, and what the refusal says.
  private static let badTexts: [(text: String, words: [String])] = [
    ("", ["is empty"]),
    ("{}", ["byte 0", "list of results", "found \"{}\""]),
    ("{\"images\":[]}", ["list of results"]),
    ("null", ["list of results"]),
    ("[1]", ["byte 1", "entry 0", "a detection"]),
    ("[{}]", ["entry 0", "no image_id, no category_id, no bbox, no score"]),
    (entry() + "x", ["the end of the file", "\"x\""]),
    (entry() + entry(), ["the end of the file"]),
    (String(entry().dropLast()), ["\",\" or \"]\"", "end of the file"]),
    (String(entry().dropLast(2)), ["\",\" or \"}\"", "end of the file"]),
    ("[" + entry().dropFirst().dropLast() + ",]", ["entry 1", "a detection"]),
    (entry(score: "NaN"), ["entry 0", "finite number as score", "NaN"]),
    (entry(score: "Infinity"), ["finite number as score"]),
    (entry(score: "1e999"), ["finite number as score", "1e999"]),
    (entry(score: "\"0.5\""), ["finite number as score"]),
    (entry(score: "null"), ["finite number as score"]),
    (entry(box: "[1,2,3]"), ["entry 0", "four numbers", "found \"],"]),
    (entry(box: "[1,2,3,4,5]"), ["four numbers", "found \",5"]),
    (entry(box: "{}"), ["four numbers"]),
    (entry(box: "[1,2,-3,4]"), ["-3.0 x 4.0", "no side may be negative"]),
    (entry(box: "[1,NaN,3,4]"), ["finite number as y of bbox"]),
    (entry(image: "7.5"), ["whole number as image_id"]),
    (entry(image: "null"), ["whole number as image_id"]),
    (entry(category: "\"dog\""), ["whole number as category_id"]),
    (entry(image: "6"), ["entry 0", "image 6 is no picture of", "set.json"]),
    (entry(image: "\"nobody\""), ["entry 0", "image \"nobody\" is no picture of"]),
    (entry(category: "5"), ["entry 0", "no category 5", "1, 18", "--category-ids"]),
    (entry(more: ",\"score\":1"), ["score once"]),
    (entry(more: ",\"bbox\":[1,2,3,4]"), ["bbox once"]),
    (entry(more: ",\"x\":tru"), ["a value"]),
    (entry(more: ",\"x\":\"a\nb\""), ["control characters"]),
    (entry(more: ",\"x\":\"\\q\""), ["escapes"]),
    (entry(more: ",\"x\":" + String(repeating: "[", count: 100)), ["levels"]),
    ("[{\"image_id", ["closing quotation mark"]),
    ("\u{1f}\u{8b}", ["list of results"]),
  ]

  @Test(arguments: badTexts.indices)
  func badText(_ index: Int) throws {
    let (text, words) = Self.badTexts[index]
    let message = try #require(try EvaluationFixture.message(text), "\(text) is read")
    #expect(message.contains("found.json"))
    for word in words { #expect(message.contains(word), "\(text): \(message)") }
  }

  @Test func compressedFile() throws {
    try EvaluationFixture.withFolder { folder in
      let file = folder.appendingPathComponent("found.json.gz")
      try Data([0x1f, 0x8b, 8, 0]).write(to: file)
      let data = try EvaluationFixture.data()
      let error = #expect(throws: ApusError.self) { try ResultSet(reading: file.path, on: data) }
      #expect(error?.message.contains("gunzip") == true)
    }
  }

  @Test func missingFile() throws {
    let data = try EvaluationFixture.data()
    let error = #expect(throws: ApusError.self) {
      try ResultSet(reading: "/nowhere.json", on: data)
    }
    #expect(error?.message.contains("no such file") == true)
  }

  /// Every prefix of a file is refused, and none of them brings the reader down.
  @Test func cutText() throws {
    let text = Self.entry(more: ",\"x\":[{\"a\":\"\\u00e9\",\"b\":-1.5e3},true,null]")
    for length in 1..<text.utf8.count {
      let message = try EvaluationFixture.message(String(text.prefix(length)))
      #expect(message != nil, "\(text.prefix(length))")
    }
  }

  @Test(arguments: [
    ("\"b\"", 8), ("\"sub/b\"", 8), ("\"sub/b.jpg\"", 8), ("\"b.jpg\"", 8), ("\"c.d\"", 9),
    ("\"\\u0062\"", 8), ("\"000007\"", 7), ("7", 7),
  ])
  func picturesByName(_ key: String, _ id: Int) throws {
    let found = try EvaluationFixture.read(Self.entry(image: key))
    #expect(found.detections.map(\.imageID) == [id])
  }

  /// Numbers are ids where all are, else numbers in file names; where both hold and differ, the caller decides.
  @Test func picturesByNumber() throws {
    let named = try EvaluationFixture.data(
      ids: [1, 2, 3], files: ["000139.jpg", "000002.jpg", "000001.jpg"])
    let byName = try EvaluationFixture.read(Self.entry(image: "139"), on: named)
    #expect(byName.detections.map(\.imageID) == [1])
    #expect(byName.notes.count == 1)
    let byID = try EvaluationFixture.read(Self.entry(image: "3"), on: named)
    #expect(byID.detections.map(\.imageID) == [3])
    #expect(byID.notes.isEmpty)
    let same = try EvaluationFixture.read(Self.entry(image: "2"), on: named)
    #expect(same.detections.map(\.imageID) == [2])
    let message = try EvaluationFixture.message(Self.entry(image: "1"), on: named)
    #expect(message?.contains("--image-ids") == true)
    let first = try EvaluationFixture.read(Self.entry(image: "1"), on: named, pictures: .ids)
    #expect(first.detections.map(\.imageID) == [1])
    let last = try EvaluationFixture.read(Self.entry(image: "1"), on: named, pictures: .names)
    #expect(last.detections.map(\.imageID) == [3])
  }

  @Test func categories() throws {
    let byPosition = try EvaluationFixture.read(Self.entry(category: "0"))
    #expect(byPosition.detections.map(\.categoryID) == [1])
    #expect(byPosition.notes.count == 1)
    let byID = try EvaluationFixture.read(Self.entry(category: "1"))
    #expect(byID.detections.map(\.categoryID) == [1])
    let told = try EvaluationFixture.read(Self.entry(category: "1"), categories: .positions)
    #expect(told.detections.map(\.categoryID) == [18])
    let message = try EvaluationFixture.message(Self.entry(category: "0"), categories: .ids)
    #expect(message?.contains("no category 0") == true)
    let coco = try EvaluationFixture.message(Self.entry(category: "1"), categories: .coco)
    #expect(coco?.contains("80 classes") == true)
  }

  /// COCO's ids 1 to 90 on a data set whose 80 classes are numbered from 0.
  @Test func cocoCategories() throws {
    let data = try EvaluationFixture.data(classes: (0..<80).map { ($0, "class \($0)") })
    let found = try EvaluationFixture.read(Self.entry(category: "90"), on: data, categories: .coco)
    #expect(found.detections.map(\.categoryID) == [79])
    let message = try EvaluationFixture.message(Self.entry(category: "90"), on: data)
    #expect(message?.contains("no category 90") == true)
  }

  /// What was written reads back equal, to the bit.
  @Test func writtenAndReadAgain() throws {
    var random = SeededGenerator(seed: 5)
    let detections = (0..<500).map { _ in
      COCODetection(
        imageID: [7, 8, 9].randomElement(using: &random) ?? 7,
        categoryID: Bool.random(using: &random) ? 1 : 18,
        x: .random(in: -1..<100, using: &random),
        y: Double(Float.random(in: 0..<1, using: &random)),
        width: .random(in: 0..<1e-9, using: &random), height: .random(in: 0..<1e9, using: &random),
        score: .random(in: 0..<1, using: &random))
    }
    try EvaluationFixture.withFolder { folder in
      let path = folder.appendingPathComponent("found.json").path
      try ResultSet(name: "made", detections: detections).write(to: path)
      let read = try ResultSet(reading: path, on: EvaluationFixture.data())
      #expect(read.detections == detections)
    }
  }
}
