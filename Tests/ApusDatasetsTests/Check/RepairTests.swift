import ApusDatasets
import ApusImage
import Foundation
import Testing

@Suite struct RepairTests {
  /// Repairs into the folder beside the data set; the copy has no error, and the set is as it was.
  private func repair(
    _ set: CheckedSet, to format: DatasetFormat? = nil
  ) throws -> (report: RepairReport, copy: Dataset) {
    let before = try contents(set.url)
    let output = set.folder["copy"]
    let report = try set.check().repair(to: output, as: format)
    #expect(try contents(set.url) == before)
    var options = DatasetCheck.Options()
    options.cache = nil
    let again = try DatasetCheck(output, options).report
    #expect(again.count(.error) == 0, "\(again.findings.filter { $0.severity == .error })")
    #expect(again.pictures == report.pictures && again.labels == report.labels)
    return (report, try Dataset(reading: output))
  }

  private func contents(_ folder: URL) throws -> [String: Data?] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return Dictionary(
      uniqueKeysWithValues: paths.map {
        ($0, try? Data(contentsOf: folder.appendingPathComponent($0)))
      })
  }

  @Test(arguments: DatasetFormat.allCases)
  func aGoodSetIsCopied(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    let (report, copy) = try repair(set)
    #expect(report.actions.isEmpty && report.format == format.rawValue)
    let original = try Dataset(reading: set.url)
    #expect((copy.largestDifference(from: original) ?? 1) < 1e-9)
    #expect(copy.pictures.map(\.splits) == original.pictures.map(\.splits))
  }

  @Test(arguments: DatasetFormat.allCases)
  func boxesAreClippedAndDropped(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      set.annotations[0].box = .init(x: -4, y: 12, width: 16, height: 40)
      set.annotations[2].box.width = 0
      set.annotations[4].box = .init(x: 70, y: 12, width: 16, height: 12)
      var copy = set.annotations[6]
      copy.id = 90
      set.annotations.append(copy)
    }
    let (report, copy) = try repair(set)
    #expect(
      report.actions.map(\.kind.rawValue).sorted() == [
        "clipped-box", "dropped-duplicate-box", "dropped-empty-box", "dropped-outside-box",
      ])
    #expect(report.labels == 10 && report.pictures == 6)
    let box = try #require(copy.essence()["0.png"]?.objects.first?.box)
    let edges = [box.x, box.y, box.x + box.width, box.y + box.height]
    for (edge, right) in zip(edges, [0.0, 12, 12, 48]) { #expect(abs(edge - right) < 1e-6) }
    #expect(report.actions.first?.what == "-4, 12 to 12, 52 is 0, 12 to 12, 48")
  }

  @Test(arguments: DatasetFormat.allCases)
  func picturesThatCannotBeUsedAreDropped(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    try Data(noise(1).encoded(as: .png).dropLast(50)).write(to: set.picture(0))
    try FileManager.default.removeItem(at: set.picture(1))
    try FileManager.default.removeItem(at: set.picture(3))
    try FileManager.default.copyItem(at: set.picture(2), to: set.picture(3))
    try FileManager.default.createDirectory(
      at: set.url.appendingPathComponent("unrelated"), withIntermediateDirectories: true)
    let (report, copy) = try repair(set)
    #expect(copy.pictures.map(\.file).sorted() == ["2.png", "4.png", "5.png"])
    #expect(report.actions.contains { $0.kind == .droppedCopy && $0.file.hasSuffix("3.png") })
    #expect(report.actions.contains { $0.file.hasSuffix("0.png") })
  }

  @Test(arguments: [DatasetFormat.yolo, .coco, .voc])
  func leaksAreTakenOutOfTraining(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      let paths = (set.pictures[4].path ?? "", set.pictures[2].path ?? "")
      try FileManager.default.removeItem(atPath: paths.0)
      try FileManager.default.copyItem(atPath: paths.1, toPath: paths.0)
      if format == .voc { set.pictures[5].splits = ["train", "val"] }
    }
    let (report, copy) = try repair(set)
    #expect(report.actions.allSatisfy { $0.kind == .droppedLeak })
    #expect(report.actions.count == (format == .voc ? 2 : 1))
    #expect(copy.pictures.map(\.file).sorted() == ["0.png", "1.png", "3.png", "4.png", "5.png"])
    #expect(copy.pictures.first { $0.file == "5.png" }?.splits == ["val"])
  }

  @Test(arguments: [DatasetFormat.coco, .voc, .labelme], Array(2...8) as [UInt8])
  func labelsOfTurnedPicturesAreTurned(_ format: DatasetFormat, _ orientation: UInt8) throws {
    let set = try CheckedSet(format) { set in
      set.annotations[4].segmentation = .polygons([[8, 12, 24, 12, 8, 24]])
    }
    // A white box in the dark: where it is afterwards, its pixels say.
    var image = try Image(width: 64, height: 48, format: .rgb, filledWith: Color(gray: 20))
    for y in 12..<24 { for x in 8..<24 { image.setPixel(x: x, y: y, to: Color(gray: 250)) } }
    try Data(PictureCheckTests.jpeg(image, orientation: orientation)).write(to: set.picture(2))
    let (report, copy) = try repair(set)
    let name = "2.jpg"
    let picture = try #require(copy.pictures.first { $0.file == name })
    let path = try #require(picture.path)
    let upright = try ImageDecoder().decode(contentsOf: path, as: .gray)
    #expect(picture.width == upright.width && picture.height == upright.height)
    let kinds = report.actions.map(\.kind)
    guard orientation >= 5 else {
      // The size does not tell what the labels were drawn on.
      #expect(kinds == [.renamed])
      return
    }
    #expect(kinds == [.turnedLabels, .renamed])
    let box = try #require(copy.essence()[name]?.objects.first?.box)
    for y in 0..<upright.height {
      for x in 0..<upright.width {
        let isInside =
          Double(x) >= box.x && Double(x) < box.x + box.width && Double(y) >= box.y
          && Double(y) < box.y + box.height
        #expect((upright.pixel(x: x, y: y)?[0] ?? 0 > 128) == isInside, "\(x), \(y): \(box)")
      }
    }
  }

  @Test func sizesAreCorrectedAndBoxesScaledWhereTheyMustBe() throws {
    let set = try CheckedSet(.coco) { set in
      set.pictures[0].width = 65
      (set.pictures[1].width, set.pictures[1].height) = (128, 96)
      set.annotations[2].box = .init(x: 80, y: 20, width: 40, height: 60)
    }
    let (report, copy) = try repair(set)
    #expect(report.actions.map(\.kind) == [.correctedSize, .correctedSize])
    #expect(copy.pictures.allSatisfy { $0.width == 64 && $0.height == 48 })
    #expect(
      copy.essence()["1.png"]?.objects.map(\.box)
        == [.init(x: 40, y: 10, width: 20, height: 30), .init(x: 16, y: 3, width: 12, height: 15)])
    #expect(copy.essence()["0.png"]?.objects.first?.box.x == 8)
  }

  @Test func unreadableLabelsAndNamesThatClash() throws {
    let set = try CheckedSet(.yolo)
    try noise(50).write(to: set.picture(0, ending: "jpg").path, as: .png)
    try set.edit(set.labels(1)) { "9 0.5 0.5 0.1 0.1\n0 x 0.5 0.1 0.1\n0 nan 0.5 0.1 0.1\n" + $0 }
    let (report, copy) = try repair(set)
    #expect(report.actions.count { $0.kind == .leftOutLabel } == 3)
    #expect(report.actions.count { $0.kind == .renamed } == 2)
    #expect(Set(copy.pictures.map(\.file)).count == 7)
    #expect(copy.pictures.allSatisfy { $0.file.hasSuffix(".png") })
  }

  @Test func anotherFormat() throws {
    let (report, copy) = try repair(try CheckedSet(.voc), to: .yolo)
    #expect(report.format == "yolo" && copy.annotations.count == 12)
  }

  @Test func outlinesOfYOLOStay() throws {
    let set = try CheckedSet(.yolo)
    try "0 0.1 0.1 0.5 0.1 0.5 0.5\n1 0.5 0.5 0.25 0.25\n".write(
      to: set.labels(0), atomically: true, encoding: .utf8)
    let copy = try repair(set).copy
    #expect(copy.annotations.count { $0.segmentation != nil } == 1)
  }

  @Test func outputsInTheDataSetAreRefused() throws {
    let set = try CheckedSet(.coco)
    let check = try set.check()
    try FileManager.default.createSymbolicLink(at: set.folder["link"], withDestinationURL: set.url)
    try FileManager.default.createDirectory(
      at: set.folder["there"], withIntermediateDirectories: true)
    for output in [
      set.url, set.folder["set/fixed"], set.folder["set/a/b"], set.folder["link/fixed"],
      set.folder["set/../set/x"],
    ] {
      #expect("\(output)") { try check.repair(to: output) } throws: { error in
        (error as? DatasetError)?.expected == "an output outside of the data set"
      }
    }
    #expect(throws: DatasetError.self) { try check.repair(to: set.folder["there"]) }
    #expect(throws: DatasetError.self) { try check.repair(to: set.folder["new.json"]) }
    let file = DatasetCheck.checkOutput
    #expect(throws: DatasetError.self) {
      try file(set.folder["set/annotations/x"], set.labels(0))
    }
  }
}
