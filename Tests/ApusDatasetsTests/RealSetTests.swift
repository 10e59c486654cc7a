import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

@Suite(.enabled(if: Shared.isPresent, "\(Shared.absence)")) struct RealSetTests {
  static func coco(_ split: String) -> URL {
    Shared.file("data/coco_\(split)2017_subset/instances_\(split)2017_subset.json")
  }

  @Test(arguments: [("val", 206, 1_786, 21), ("train", 337, 2_838, 28)])
  func cocoSubsets(_ split: String, _ pictures: Int, _ annotations: Int, _ masks: Int) throws {
    let set = try Dataset(reading: Self.coco(split))
    #expect(set.pictures.count == pictures && set.annotations.count == annotations)
    #expect(set.classes.count == 80 && set.classes.last?.id == 90)
    #expect(set.pictures.allSatisfy { $0.path != nil })
    #expect(set.annotations.count { $0.segmentation.isRuns } == masks)
    #expect(set.classes[0].fields["supercategory"] == .text("person"))
    #expect(set.annotations.allSatisfy { $0.area != nil })
  }

  @Test func bloodCells() throws {
    let set = try Dataset(reading: Shared.file("data/bccd/BCCD"))
    #expect(set.pictures.count == 364 && set.annotations.count == 4_888)
    #expect(set.classes.map(\.name) == ["Platelets", "RBC", "WBC"])
    let sizes = ["train": 205, "val": 87, "trainval": 292, "test": 72]
    for (split, count) in sizes {
      #expect(set.pictures.count { $0.splits.contains(split) } == count, "\(split)")
    }
    let first = try #require(set.pictures.first { $0.file == "BloodImage_00117.jpg" })
    let cell = try #require(set.annotationsByPicture()[first.id]?.first)
    #expect(cell.box == Dataset.PixelBox(x: 506, y: 62, width: 103, height: 118))
    #expect(cell.isDifficult == false && cell.isTruncated == false && cell.pose == "Unspecified")
  }

  @Test(arguments: ["val", "train"])
  func boxesSurviveTheChain(_ split: String) throws {
    let folder = try Folder()
    let original = try Dataset(reading: Self.coco(split))
    var writing = DatasetWriting()
    writing.pictures = .link
    var set = original
    for format in [DatasetFormat.yolo, .voc, .coco, .labelme, .voc, .yolo, .coco] {
      let place = folder[UUID().uuidString]
      try set.write(as: format, to: place, writing)
      set = try Dataset(reading: place)
      let difference = set.largestDifference(from: original)
      #expect((difference ?? .infinity) <= 1e-3, "\(format): \(String(describing: difference))")
      #expect(set.classes.map(\.name) == original.classes.map(\.name))
    }
  }

  @Test func cocoIsKeptAsItIs() throws {
    let folder = try Folder()
    let original = try Dataset(reading: Self.coco("val"))
    try original.write(as: .coco, to: folder["set.json"])
    var read = try Dataset(reading: folder["set.json"])
    for index in read.pictures.indices { read.pictures[index].path = original.pictures[index].path }
    #expect(read == original)
  }

  @Test func bloodCellsKeepTheirAttributesThroughCOCO() throws {
    let folder = try Folder()
    let original = try Dataset(reading: Shared.file("data/bccd/BCCD"))
    var writing = DatasetWriting()
    writing.pictures = .link
    try original.write(as: .coco, to: folder["coco"], writing)
    let coco = try Dataset(reading: folder["coco"])
    try coco.write(as: .voc, to: folder["voc"], writing)
    var read = try Dataset(reading: folder["voc"])
    #expect(read.annotations.count == original.annotations.count)
    for index in read.pictures.indices {
      #expect(Set(read.pictures[index].splits) == Set(original.pictures[index].splits))
      read.pictures[index].splits = original.pictures[index].splits
      read.pictures[index].path = original.pictures[index].path
    }
    for index in read.annotations.indices { read.annotations[index].area = nil }
    #expect(read == original)
  }
}
