import ApusDatasets
import Foundation
import Testing

@Suite struct BoxCheckTests {
  /// A change of the first box of picture 0 that a value can hold, and what is found then.
  struct Case: CustomTestStringConvertible, Sendable {
    let box: Dataset.PixelBox
    let kind: FindingKind
    var testDescription: String { "\(kind.rawValue) \(box)" }

    static let all: [Case] = [
      .init(box: .init(x: 8, y: 12, width: 0, height: 12), kind: .zeroArea),
      .init(box: .init(x: 8, y: 12, width: 16, height: 0), kind: .zeroArea),
      .init(box: .init(x: 8, y: 12, width: 2, height: 12), kind: .tinyBox),
      .init(box: .init(x: 32, y: 6, width: 24, height: 30), kind: .classOverlap),
      .init(box: .init(x: 32, y: 6, width: 24, height: 29.5), kind: .classOverlap),
      .init(box: .init(x: -4, y: 12, width: 16, height: 12), kind: .boxOverEdge),
      .init(box: .init(x: 50, y: 12, width: 15, height: 12), kind: .boxOverEdge),
      .init(box: .init(x: 50, y: 40, width: 10, height: 9), kind: .boxOverEdge),
    ]
  }

  @Test(arguments: Case.all, DatasetFormat.allCases)
  func boxesOfEveryFormat(_ test: Case, _ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { $0.annotations[0].box = test.box }
    let found = try set.findings()
    #expect(found.kinds == [test.kind.rawValue], "\(found)")
    #expect(found.count == 1 && !(found.first?.place.isEmpty ?? true))
    // Of two boxes that coincide the second is named, which is also in the file.
    #expect(found.has(test.kind, set.labels(0)))
  }

  @Test(arguments: [DatasetFormat.coco, .voc, .labelme])
  func boxesOutside(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      set.annotations[0].box = .init(x: 64, y: 12, width: 16, height: 12)
      set.annotations[3].box = .init(x: 8, y: -30, width: 16, height: 12)
    }
    let found = try set.findings()
    #expect(found.kinds == ["box-outside"], "\(found)")
    #expect(found.has(.boxOutside, set.labels(0)) && found.has(.boxOutside, set.labels(1)))
    #expect(found.count == 2 && found.allSatisfy { $0.severity == .error })
  }

  @Test func numbersOfYOLOThatAreNoFractions() throws {
    let set = try CheckedSet(.yolo)
    try "0 32 24 10 10\n1 1.2 0.5 0.1 0.1\n0 -0.01 0.5 0.1 0.1\n".write(
      to: set.labels(0), atomically: true, encoding: .utf8)
    try "0 0.1 0.1 0.5 0.1 0.5 1.25\n".write(to: set.labels(1), atomically: true, encoding: .utf8)
    let found = try set.findings()
    #expect(found.kinds == ["not-normalised"], "\(found)")
    for line in 1...3 { #expect(found.has(.notNormalised, set.labels(0), "line \(line)")) }
    #expect(found.has(.notNormalised, set.labels(1), "line 1") && found.count == 4)
  }

  @Test(arguments: DatasetFormat.allCases)
  func repeatedBoxes(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      var copy = set.annotations[0]
      copy.id = 90
      set.annotations.append(copy)
      copy.id = 91
      (copy.pictureID, copy.box.width) = (2, 16.25)
      set.annotations.append(copy)
    }
    let found = try set.findings()
    #expect(found.kinds == ["duplicate-box"], "\(found)")
    #expect(found.has(.duplicateBox, set.labels(0), "again"))
    #expect(found.has(.duplicateBox, set.labels(1), "98 %") && found.count == 2)
  }

  /// The plain comparison of all pairs, which the sweep over left edges must equal.
  @Test(arguments: 1...20)
  func overlapsAreThoseOfAllPairs(_ seed: Int) throws {
    var generator = Seeded(seed)
    let boxes = (0..<60).map { _ in
      Dataset.PixelBox(
        x: Double(Int.random(in: 0...3, using: &generator)),
        y: Double(Int.random(in: 0...2, using: &generator)),
        width: Double(Int.random(in: 40...44, using: &generator)),
        height: Double(Int.random(in: 40...42, using: &generator)))
    }
    let set = try CheckedSet(.coco) { set in
      set.annotations = boxes.enumerated().map { index, box in
        .init(id: index + 1, pictureID: 1, classID: index % 2, box: box)
      }
    }
    var expected = 0
    for (index, a) in boxes.enumerated() {
      let isRepeated = boxes[..<index].enumerated().contains { $0 % 2 == index % 2 && $1 == a }
      if isRepeated {
        expected += 1
        continue
      }
      for (other, b) in boxes[..<index].enumerated() {
        let repeats = boxes[..<other].enumerated().contains { $0 % 2 == other % 2 && $1 == b }
        let across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
        let down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
        let shared = across * down
        let share = shared / (a.width * a.height + b.width * b.height - shared)
        if !repeats, share >= 0.95 { expected += 1 }
      }
    }
    let found = try set.findings()
    #expect(expected > 0)
    #expect(found.count { [.duplicateBox, .classOverlap].contains($0.kind) } == expected)
  }

  @Test func numbersThatMakeNoBox() throws {
    let yolo = try CheckedSet(.yolo)
    let lines = [
      "0 nan 0.5 0.1 0.1", "0 0.5 0.5 -0.1 0.1", "0 0.5 0.5 0.1", "0 a b c d",
      "0 0.5 0.5 0.1 1e308",
    ]
    try lines.joined(separator: "\n").write(to: yolo.labels(0), atomically: true, encoding: .utf8)
    var found = try yolo.findings()
    #expect(found.kinds == ["malformed-label", "negative-box", "non-finite-box"])
    #expect(found.has(.nonFiniteBox, yolo.labels(0), "line 1"))
    #expect(found.has(.negativeBox, yolo.labels(0), "line 2"))
    #expect(found.has(.malformedLabel, yolo.labels(0), "line 3"))
    #expect(found.has(.malformedLabel, yolo.labels(0), "line 4"))
    #expect(found.has(.nonFiniteBox, yolo.labels(0), "line 5"))
    let voc = try CheckedSet(.voc)
    try voc.replace("<xmin>9</xmin>", "<xmin>inf</xmin>", in: voc.labels(0))
    try voc.replace("<xmin>9</xmin>", "<xmin>59</xmin>", in: voc.labels(1))
    try voc.replace("<ymax>24</ymax>", "<ymax>low</ymax>", in: voc.labels(2))
    found = try voc.findings()
    #expect(found.kinds == ["malformed-label", "negative-box", "non-finite-box"], "\(found)")
    #expect(found.has(.nonFiniteBox, voc.labels(0)) && found.has(.negativeBox, voc.labels(1)))
    #expect(found.has(.malformedLabel, voc.labels(2)))
    let coco = try CheckedSet(.coco)
    try coco.replace("[8.0, 12.0, 16.0", "[NaN, 12.0, 16.0", in: coco.labels(0))
    try coco.replace("[8.0, 12.0, 16.0", "[8.0, 12.0, -16.0", in: coco.labels(0))
    try coco.replace("[8.0, 12.0, 16.0", "[8.0, null, 16.0", in: coco.labels(0))
    try coco.replace("[8.0, 12.0, 16.0", "[-1e308, 12.0, 1e308", in: coco.labels(0))
    found = try coco.findings()
    #expect(found.kinds == ["malformed-label", "negative-box", "non-finite-box"], "\(found)")
    #expect(found.has(.nonFiniteBox, coco.labels(0), "$.annotations[0].bbox"))
    #expect(found.has(.negativeBox, coco.labels(0), "$.annotations[2].bbox"))
    #expect(found.has(.nonFiniteBox, coco.labels(0), "$.annotations[6].bbox"))
  }

  @Test func cornersOfVOCThatCountFromZero() throws {
    let set = try CheckedSet(.voc) { set in
      set.annotations[0].box = .init(x: -1, y: 12, width: 16, height: 12)
      set.annotations[2].box = .init(x: 3, y: -1, width: 16, height: 12)
      set.annotations[4].box = .init(x: -2, y: 12, width: 16, height: 12)
    }
    let found = try set.findings()
    #expect(found.kinds == ["box-over-edge", "corners-from-zero"], "\(found)")
    #expect(found.has(.cornersFromZero, set.labels(0), "2 boxes") && found.count == 2)
  }
}
