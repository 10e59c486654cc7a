import ApusDatasets
import ApusImage
import ApusTestSupport
import Foundation
import Testing

/// A seeded generator of plain numbers.
typealias Seeded = SeededGenerator

extension SeededGenerator {
  init(_ seed: Int) { self.init(seed: UInt64(seed)) }
}

@Suite struct SetCheckTests {
  @Test func picturesAndListsWithoutLabels() throws {
    let yolo = try CheckedSet(.yolo)
    try FileManager.default.removeItem(at: yolo.labels(0))
    try " \n".write(to: yolo.labels(1), atomically: true, encoding: .utf8)
    var report = try yolo.check().report
    #expect(report.findings.kinds == ["empty-label", "missing-label"])
    #expect(report.findings.has(.missingLabel, yolo.picture(0)))
    #expect(report.findings.has(.emptyLabel, yolo.labels(1)))
    #expect(report.count(.note) == 2 && report.count(.error) == 0 && report.backgrounds == 2)
    let voc = try CheckedSet(.voc)
    try FileManager.default.removeItem(at: voc.labels(0))
    report = try voc.check().report
    #expect(report.findings.has(.missingLabel, URL(fileURLWithPath: "train.txt"), "line 1"))
    #expect(report.findings.has(.unlabelledPicture, voc.picture(0)))
    #expect(report.count(.error) == 1 && report.count(.warning) == 1)
  }

  @Test(arguments: [DatasetFormat.coco, .voc, .labelme])
  func picturesThatNoFileNames(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    try noise(77).write(to: set.picture(3).deletingLastPathComponent().path + "/extra.png")
    let found = try set.findings()
    #expect(found.kinds == ["unlabelled-picture"])
    #expect(found.has(.unlabelledPicture, URL(fileURLWithPath: "extra.png")))
  }

  @Test(arguments: [DatasetFormat.coco, .voc, .labelme])
  func picturesWithoutObjects(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { $0.annotations.removeAll { $0.pictureID == 3 } }
    let found = try set.findings()
    #expect(found.kinds == ["background-picture"] && found.count == 1)
    #expect(found.has(.background, format == .coco ? set.picture(2) : set.labels(2)))
  }

  @Test func classesThatAreUnknownUnusedOrTwice() throws {
    let yolo = try CheckedSet(.yolo) { $0.classes.append(.init(id: 2, name: "spare")) }
    try yolo.edit(yolo.labels(0)) { "7 0.5 0.5 0.1 0.1\n" + $0 }
    var found = try yolo.findings()
    #expect(found.kinds == ["unknown-class", "unused-class"])
    #expect(found.has(.unknownClass, yolo.labels(0), "line 1"))
    #expect(found.has(.unusedClass, URL(fileURLWithPath: "data.yaml"), "\"spare\""))
    let coco = try CheckedSet(.coco) { set in
      set.classes[1].name = "cell"
    }
    try coco.replace(#""category_id": 0"#, #""category_id": 9"#, in: coco.labels(0))
    found = try coco.findings()
    #expect(found.kinds == ["duplicate-class", "unknown-class"], "\(found)")
    #expect(found.has(.unknownClass, coco.labels(0), "$.annotations[0].category_id"))
    let voc = try CheckedSet(.voc)
    try voc.replace("<name>cell", "<name>cel", in: voc.labels(4))
    found = try voc.findings()
    #expect(found.kinds == ["unknown-class"] && found.has(.unknownClass, voc.labels(4)))
  }

  @Test func idsAndPicturesOfCOCOThatDoNotFit() throws {
    let set = try CheckedSet(.coco)
    try set.replace(#""id": 2, "image_id": 1"#, #""id": 1, "image_id": 1"#, in: set.labels(0))
    try set.replace(#""image_id": 2"#, #""image_id": 99"#, in: set.labels(0))
    let found = try set.findings()
    #expect(found.kinds == ["duplicate-id", "unknown-picture"], "\(found)")
    #expect(found.has(.duplicateID, set.labels(0), "$.annotations[1].id"))
    #expect(found.has(.unknownPicture, set.labels(0), "$.annotations[2].image_id"))
  }

  @Test(arguments: [DatasetFormat.yolo, .coco, .voc])
  func namesThatShareAFileOfLabels(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    switch format {
    case .coco:
      try set.replace(#""file_name": "1.png""#, #""file_name": "0.jpg""#, in: set.labels(0))
      try FileManager.default.moveItem(at: set.picture(1), to: set.picture(0, ending: "jpg"))
    case .voc:
      try set.edit(set.labels(1)) { $0.replacingOccurrences(of: "1.png", with: "0.png") }
    default:
      try noise(50).write(to: set.picture(0, ending: "jpg").path)
    }
    let found = try set.findings()
    #expect(found.contains { $0.kind == .duplicateName }, "\(found)")
  }

  @Test func splitsThatAreEmptyOrMissing() throws {
    let yolo = try CheckedSet(.yolo)
    try FileManager.default.createDirectory(
      at: yolo.url.appendingPathComponent("images/none"), withIntermediateDirectories: true)
    try yolo.edit(yolo.url.appendingPathComponent("data.yaml")) {
      $0.replacingOccurrences(of: "images/val", with: "images/none") + "test: images/gone\n"
    }
    var found = try yolo.findings()
    #expect(found.has(.emptySplit, URL(fileURLWithPath: "none"), "\"val\""), "\(found)")
    #expect(found.has(.missingSplit, URL(fileURLWithPath: "data.yaml"), "images/gone"))
    let voc = try CheckedSet(.voc)
    try "".write(
      to: voc.url.appendingPathComponent("ImageSets/Main/test.txt"), atomically: true,
      encoding: .utf8)
    found = try voc.findings()
    #expect(
      found.kinds == ["empty-split"] && found.has(.emptySplit, URL(fileURLWithPath: "test.txt")))
    let coco = try CheckedSet(.coco)
    try coco.edit(coco.labels(4)) { _ in
      #"{"images": [], "annotations": [], "categories": [{"id": 0, "name": "cell"}, {"id": 1, "name": "plate"}]}"#
    }
    found = try coco.findings()
    #expect(found.has(.emptySplit, coco.labels(4), "\"val\""), "\(found)")
  }

  @Test func setsWithoutAnyPictureAreAnError() throws {
    let folder = try Folder(["Annotations/readme.txt": "", "images/train/readme.txt": ""])
    for text in ["train: images/train\nnames: [a]\n", "train: []\nval: images/train\nnames: [a]\n"]
    {
      try folder.write(Array(text.utf8), to: "data.yaml")
      var options = DatasetCheck.Options()
      options.cache = nil
      let yolo = try DatasetCheck(folder["data.yaml"], options).report
      #expect(yolo.findings.map(\.severity).first == .error && yolo.findings[0].kind == .emptySplit)
      options.format = .voc
      let voc = try DatasetCheck(folder.url, options).report
      #expect(voc.findings.map(\.kind) == [.emptySplit] && voc.count(.error) == 1)
    }
  }

  @Test func annotationsOfAFaultyPictureAreNoFindingsOfTheirOwn() throws {
    let set = try CheckedSet(.coco)
    try set.replace(#""width": 64"#, #""width": 0"#, in: set.labels(0))
    let reading = try DatasetReading(set.url)
    #expect(reading.faultCount == 3)
    #expect(try set.findings().filter { $0.severity == .error }.kinds == ["size-mismatch"])
  }

  @Test func filesOfLabelsThatCannotBeRead() throws {
    let yolo = try CheckedSet(.yolo)
    try Data([0xff, 0xfe, 0]).write(to: yolo.labels(0))
    var found = try yolo.findings()
    #expect(
      found.kinds == ["unreadable-label"] && found.has(.unreadableLabel, yolo.labels(0)), "\(found)"
    )
    let voc = try CheckedSet(.voc)
    try "<annotation><filename>".write(to: voc.labels(0), atomically: true, encoding: .utf8)
    found = try voc.findings()
    #expect(found.has(.malformedLabel, voc.labels(0)), "\(found)")
    #expect(!found.has(.unlabelledPicture, voc.picture(0)))
  }

  @Test(arguments: [DatasetFormat.yolo, .coco, .voc])
  func copiesInOneSplitAndAcross(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      for (copy, original) in [(1, 0), (4, 2)] {
        let paths = (set.pictures[copy].path ?? "", set.pictures[original].path ?? "")
        try FileManager.default.removeItem(atPath: paths.0)
        try FileManager.default.copyItem(atPath: paths.1, toPath: paths.0)
      }
    }
    let found = try set.findings()
    #expect(found.kinds == ["duplicate-picture", "leak"], "\(found)")
    #expect(found.has(.duplicatePicture, set.picture(1), "the bytes of"))
    #expect(found.has(.leak, set.picture(2), "in train with the bytes of"))
    #expect(found.count == 2)
  }

  @Test func copiesSavedAnew() throws {
    let set = try CheckedSet(.coco) { set in
      // Equal pixels in other bytes, and pixels that differ a little.
      try noise(1).write(to: set.pictures[4].path ?? "", as: .webp(quality: nil))
      try noise(2).write(to: set.pictures[5].path ?? "", as: .jpeg(quality: 80))
    }
    let found = try set.findings().filter { $0.kind != .wrongEnding }
    #expect(found.kinds == ["leak", "similar-picture"], "\(found)")
    #expect(found.has(.leak, set.picture(0), "the pixels of"))
    #expect(found.has(.similarPicture, set.picture(5), "one to train and one to judge with"))
  }

  @Test func oneFileInTwoListsLeaksSaveForTrainval() throws {
    let set = try CheckedSet(.voc) { set in
      set.pictures[0].splits = ["train", "val"]
      set.pictures[1].splits = ["train", "trainval"]
      set.pictures[4].splits = ["trainval", "val"]
      set.pictures[5].splits = ["trainval", "test"]
    }
    let found = try set.findings()
    #expect(found.kinds == ["leak"] && found.count == 2, "\(found)")
    #expect(found.has(.leak, set.picture(0)) && found.has(.leak, set.picture(5)))
  }
}
