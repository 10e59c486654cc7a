import ApusBoxes
import ApusDatasets
import Foundation
import Testing

@Suite struct FormTests {
  @Test func shapesOfLabelMeComeBackAsTheyWere() throws {
    let shapes = """
      [{"label": "x", "points": [[10, 10], [13, 14]], "shape_type": "circle", "group_id": 3},
       {"label": "y", "points": [[9, 8], [1, 2]], "shape_type": "rectangle",
        "flags": {"difficult": true, "blurred": true}},
       {"label": "x", "points": [[1, 2], [5, 2], [3, 9]], "shape_type": "polygon"},
       {"label": "x", "points": [[4, 5]], "shape_type": "point", "description": "tip"}]
      """
    let folder = try Folder([
      "in/a.json": """
      {"imagePath": "..\\\\pictures\\\\a.png", "imageWidth": 40, "imageHeight": 30,
      "flags": {"night": true}, "imageData": "AAAA", "shapes": \(shapes)}
      """
    ])
    let set = try Dataset(reading: folder["in"])
    #expect(
      set.annotations.map(\.box) == [
        .init(x: 5, y: 5, width: 10, height: 10), .init(x: 1, y: 2, width: 8, height: 6),
        .init(x: 1, y: 2, width: 4, height: 7), .init(x: 4, y: 5, width: 0, height: 0),
      ])
    #expect(set.annotations.map(\.isDifficult) == [nil, true, nil, nil])
    #expect(set.annotations[1].fields["flags"] == .object(["blurred": .bool(true)]))
    #expect(set.pictures[0].file == "a.png")
    #expect(set.pictures[0].fields["flags"] == .object(["night": .bool(true)]))
    try set.write(as: .labelme, to: folder["out"])
    let again = try Dataset(reading: folder["out"])
    #expect(again == set)
    try set.write(as: .coco, to: folder["set.json"])
    try Dataset(reading: folder["set.json"]).write(as: .labelme, to: folder["back"])
    let back = try Dataset(reading: folder["back"])
    #expect(back.annotations.map(\.box) == set.annotations.map(\.box))
    #expect(back.annotations.map(\.fields) == set.annotations.map(\.fields))
  }

  @Test func filesOfCOCOThatUseTheSameIdsAreMerged() throws {
    let annotation = #"{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}"#
    let other = #"{"id": 1, "file_name": "b.png", "width": 40, "height": 30}"#
    let folder = try Folder([
      "annotations/instances_train.json": coco(annotation),
      "annotations/instances_val.json": coco(annotation, images: other),
      "images/val/b.png": "",
    ])
    let set = try Dataset(reading: folder.url)
    #expect(
      set.pictures.map(\.id) == [1, 2] && set.pictures.map(\.splits) == [["train"], ["val"]])
    #expect(set.annotations.map(\.pictureID) == [1, 2] && set.annotations.map(\.id) == [1, 2])
    #expect(set.pictures[0].path == nil)
    #expect(set.pictures[1].path?.hasSuffix("images/val/b.png") == true)
  }

  @Test func masksOfCOCOAreKept() throws {
    let folder = try Folder([
      "set.json": coco(
        #"{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4], "iscrowd": 1, "#
          + #""segmentation": {"size": [30, 40], "counts": [1100, 100]}, "score": 0.5}, "#
          + #"{"id": 2, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4], "#
          + #""segmentation": {"size": [30, 40], "counts": "\\a`b"}}"#)
    ])
    let set = try Dataset(reading: folder["set.json"])
    #expect(set.annotations[0].isCrowd && !set.annotations[1].isCrowd)
    #expect(set.annotations[0].segmentation == .runs([1100, 100], height: 30, width: 40))
    #expect(set.annotations[1].segmentation == .packedRuns("\\a`b", height: 30, width: 40))
    #expect(set.annotations[0].fields == ["score": .number(0.5)])
    let truths = set.groundTruths()[1] ?? []
    #expect(truths.map(\.classID) == [0, 0] && truths.map(\.isCrowd) == [true, false])
    #expect(truths[0].box == Box(x1: 1, y1: 2, x2: 4, y2: 6) && set.classNames.names == ["x"])
    try set.write(as: .coco, to: folder["again.json"])
    var again = try Dataset(reading: folder["again.json"])
    for index in again.annotations.indices {
      #expect(again.annotations[index].area == 12)
      again.annotations[index].area = nil
    }
    #expect(again == set)
  }

  @Test func oneFormatOfJSONIsReadExactly() throws {
    let text =
      #"{"a": [1, -0.5, 1e3, 0.1, 123456789012345678, 1234567890.12345678, true, null], "#
      + #""b\u00e9\ud83d\ude00\n": "\u0041"}"#
    let folder = try Folder([
      "set.json": #"{"images": [], "annotations": [], "categories": [], "info": \#(text)}"#
    ])
    let info = try Dataset(reading: folder["set.json"], format: .coco).fields["info"]
    #expect(
      info
        == .object([
          "a": .array([
            .integer(1), .number(-0.5), .number(1000), .number(0.1),
            .integer(123_456_789_012_345_678),
            .number(1_234_567_890.12345678), .bool(true), .null,
          ]),
          "bé😀\n": .text("A"),
        ]))
  }
}
