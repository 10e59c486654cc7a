import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

@Suite struct ConversionTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func randomSetsGoThroughEveryPairOfFormats(_ seed: UInt64) throws {
    let folder = try Folder()
    let original = try Dataset.random(seed, in: folder)
    for first in DatasetFormat.allCases {
      let there = folder["out-\(first)"]
      try original.write(as: first, to: there)
      let read = try Dataset(reading: there)
      let difference = read.largestDifference(from: original)
      #expect((difference ?? .infinity) <= 1e-9, "\(first): \(String(describing: difference))")
      for second in DatasetFormat.allCases {
        let further = folder["out-\(first)-\(second)"]
        try read.write(as: second, to: further)
        let again = try Dataset(reading: further)
        let difference = again.largestDifference(from: original)
        #expect((difference ?? .infinity) <= 1e-9, "\(first), \(second)")
        #expect(
          Dictionary(uniqueKeysWithValues: again.pictures.map { ($0.file, $0.splits) })
            == Dictionary(uniqueKeysWithValues: original.pictures.map { ($0.file, $0.splits) }))
      }
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func attributesSurviveWhereTheFormatHasThem(_ seed: UInt64) throws {
    let folder = try Folder()
    let original = try Dataset.random(seed, in: folder)
    try original.write(as: .coco, to: folder["set.json"])
    var coco = try Dataset(reading: folder["set.json"])
    for index in coco.pictures.indices { coco.pictures[index].path = original.pictures[index].path }
    #expect(coco == original)

    for format in [DatasetFormat.voc, .labelme] {
      try original.write(as: format, to: folder["\(format)"])
      let read = try Dataset(reading: folder["\(format)"])
      var (mine, theirs) = ([String: [Dataset.Annotation]](), [String: [Dataset.Annotation]]())
      for (set, isMine) in [(original, true), (read, false)] {
        let order = set.classIndices()
        for picture in set.pictures {
          let list = (set.annotationsByPicture()[picture.id] ?? []).map { annotation in
            var plain = annotation
            (plain.id, plain.pictureID) = (0, 0)
            plain.classID = order[annotation.classID] ?? -1
            plain.box = Dataset.PixelBox(x: 0, y: 0, width: 0, height: 0)
            if format == .voc || plain.segmentation.isRuns { plain.segmentation = nil }
            return plain
          }
          if isMine { mine[picture.file] = list } else { theirs[picture.file] = list }
        }
      }
      #expect(mine == theirs, "\(format)")
    }
  }

  @Test func outlinesAreWrittenToYOLOWhereAsked() throws {
    let folder = try Folder(["p.png": ""])
    let outline = Dataset.Segmentation.polygons([[1, 2, 11, 2, 6, 22]])
    let box = Dataset.PixelBox(x: 1, y: 2, width: 10, height: 20)
    let set = Dataset(
      classes: [.init(id: 5, name: "x")],
      pictures: [.init(id: 1, file: "p.png", path: folder["p.png"].path, width: 40, height: 30)],
      annotations: [.init(id: 1, pictureID: 1, classID: 5, box: box, segmentation: outline)])
    var writing = DatasetWriting()
    writing.writesOutlines = true
    writing.pictures = .link
    try set.write(as: .yolo, to: folder["out"], writing)
    let read = try Dataset(reading: folder["out"])
    let difference = read.largestDifference(from: set)
    #expect((difference ?? .infinity) <= 1e-12)
    guard case .polygons(let polygons) = read.annotations[0].segmentation else {
      Issue.record("no outline")
      return
    }
    #expect(zip(polygons[0], [1, 2, 11, 2, 6, 22]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func cornersOfVOCCountAsAsked() throws {
    let folder = try Folder(["a.xml": xml(box: "1 1 40 30")])
    let one = try Dataset(reading: folder["a.xml"]).annotations[0].box
    #expect(one == Dataset.PixelBox(x: 0, y: 0, width: 40, height: 30))
    let zero = try Dataset(reading: folder["a.xml"], corners: .fromZero).annotations[0].box
    #expect(zero == Dataset.PixelBox(x: 1, y: 1, width: 39, height: 29))
  }

  @Test func namesThatSplitsShareAreToldApart() throws {
    let folder = try Folder([
      "y/data.yaml": "train: images/train\nval: images/val\nnames: [a]\n",
      "y/images/train/1.png": "", "y/images/val/1.png": "", "y/labels/val/1.txt": "0 .5 .5 .5 .5",
    ])
    let set = try Dataset(reading: folder["y"])
    #expect(set.pictures.count == 2 && set.annotations.count == 1)
    try set.write(as: .voc, to: folder["v"])
    let read = try Dataset(reading: folder["v"])
    #expect(read.pictures.map(\.file) == ["train/1.png", "val/1.png"])
    #expect(read.annotations.map(\.pictureID) == [2])
  }

  @Test func nothingIsOverwritten() throws {
    let folder = try Folder(["set.json": "{}"])
    for (format, name) in [(DatasetFormat.coco, "set.json"), (.voc, ""), (.yolo, "")] {
      let fault = #expect(throws: DatasetError.self) {
        try Dataset().write(as: format, to: folder[name])
      }
      #expect(fault?.code == .unwritable)
    }
    let text = try String(contentsOf: folder["set.json"], encoding: .utf8)
    #expect(text == "{}")
  }

  @Test func aFailedWriteLeavesNothing() throws {
    let folder = try Folder()
    let picture = Dataset.Picture(id: 1, file: "../../up.png", width: 1, height: 1)
    for format in [DatasetFormat.yolo, .voc, .labelme, .coco] {
      let fault = #expect(throws: DatasetError.self) {
        try Dataset(pictures: [picture]).write(as: format, to: folder["out"])
      }
      #expect(fault?.code == .unsupported, "\(format)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(left.isEmpty)
  }
}

extension Dataset.Segmentation? {
  /// Whether it is a mask of run lengths.
  var isRuns: Bool {
    switch self {
    case .runs, .packedRuns: true
    default: false
    }
  }
}
