import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

/// A VOC file with one object per box.
func xml(box: String, size: String = "40 30", rest: String = "") -> String {
  let sides = size.split(separator: " ")
  let corners = box.split(separator: " ")
  return """
    <annotation>
    <filename>a.png</filename>
    <size><width>\(sides[0])</width><height>\(sides[1])</height></size>
    <object><name>x</name><bndbox><xmin>\(corners[0])</xmin><ymin>\(corners[1])</ymin>\
    <xmax>\(corners[2])</xmax><ymax>\(corners[3])</ymax></bndbox>\(rest)</object>
    </annotation>
    """
}

/// A COCO file with members of one annotation.
func coco(_ annotation: String, images: String? = nil) -> String {
  let picture = #"{"id": 1, "file_name": "a.png", "width": 40, "height": 30}"#
  return """
    {"images": [\(images ?? picture)], "categories": [{"id": 7, "name": "x"}],
    "annotations": [\(annotation)]}
    """
}

/// Files with one fault, and what the error says of it.
struct BadInput: CustomTestStringConvertible, Sendable {
  let name: String
  let files: [String: String]
  let code: DatasetError.Code
  /// The end of the faulty file's path.
  var file: String
  let place: String
  /// Whether the rest of the data set can be read.
  var isRecoverable = true

  var testDescription: String { name }

  static func yolo(
    _ name: String, label: String? = nil, yaml: String = "train: images\nnames: [a, b]\n",
    _ code: DatasetError.Code, _ place: String, fatal: Bool = false, more: [String: String] = [:]
  ) -> BadInput {
    var files = ["data.yaml": yaml, "images/1.png": ""].merging(more) { $1 }
    if let label { files["labels/1.txt"] = label }
    let file = label != nil ? "labels/1.txt" : more.keys.first ?? "data.yaml"
    return BadInput(
      name: "YOLO: \(name)", files: files, code: code, file: file, place: place,
      isRecoverable: !fatal)
  }

  static func json(
    _ name: String, _ text: String, _ code: DatasetError.Code, _ place: String, fatal: Bool = false
  ) -> BadInput {
    BadInput(
      name: "COCO: \(name)", files: ["set.json": text], code: code, file: "set.json", place: place,
      isRecoverable: !fatal)
  }

  static func voc(
    _ name: String, _ text: String, _ code: DatasetError.Code, _ place: String
  ) -> BadInput {
    BadInput(
      name: "VOC: \(name)", files: ["Annotations/a.xml": text], code: code, file: "a.xml",
      place: place)
  }

  static func labelme(
    _ name: String, _ shapes: String, _ code: DatasetError.Code, _ place: String
  ) -> BadInput {
    let text = #"{"imagePath": "a.png", "imageWidth": 40, "imageHeight": 30, "shapes": \#(shapes)}"#
    return BadInput(
      name: "LabelMe: \(name)", files: ["a.json": text], code: code, file: "a.json", place: place)
  }

  static let all: [BadInput] = yoloFaults + cocoFaults + vocFaults + labelmeFaults

  static let yoloFaults: [BadInput] = [
    .yolo("NaN", label: "0 .5 .5 .1 .1\n1 nan .5 .1 .1", .badNumber, "line 2"),
    .yolo("infinite", label: "0 .5 .5 inf .1", .badNumber, "line 1"),
    .yolo("negative size", label: "\n0 .5 .5 -.1 .1", .badNumber, "line 2"),
    .yolo("class outside the names", label: "2 .5 .5 .1 .1", .unknownClass, "line 1"),
    .yolo("negative class", label: "-1 .5 .5 .1 .1", .malformed, "line 1"),
    .yolo("huge class", label: "1e300 .5 .5 .1 .1", .malformed, "line 1"),
    .yolo("broken class", label: "a .5 .5 .1 .1", .malformed, "line 1"),
    .yolo("score", label: "0 .5 .5 .1 .1 .9", .malformed, "line 1"),
    .yolo("few values", label: "0 .5 .5 .1", .malformed, "line 1"),
    .yolo("two points and a half", label: "0 .1 .2 .3 .4 .5 .6 .7", .malformed, "line 1"),
    .yolo("words", label: "0 x y w h", .malformed, "line 1"),
    .yolo(
      "label without picture", .unknownPicture, "", more: ["labels/2.txt": "0 .5 .5 .1 .1"]),
    .yolo("corrupt picture", .unreadable, "byte 0", more: ["images/2.jpg": "not a picture"]),
    .yolo("missing folder", yaml: "train: nowhere\nnames: [a]\n", .unreadable, "\"nowhere\""),
    .yolo("no names", yaml: "train: images\n", .malformed, "line 1", fatal: true),
    .yolo(
      "wrong nc", yaml: "train: images\nnc: 3\nnames: [a]\n", .malformed, "line 2", fatal: true),
    .yolo(
      "number of class twice", yaml: "train: images\nnames:\n  0: a\n  00: b\n", .malformed,
      "line 4", fatal: true),
    .yolo(
      "names that are maps", yaml: "train: images\nnames: [{a: b}]\n", .malformed, "line 2",
      fatal: true),
    .yolo("a list", yaml: "- a\n- b\n", .malformed, "line 1", fatal: true),
    .yolo("empty data.yaml", yaml: "", .malformed, "", fatal: true),
    .yolo(
      "broken YAML", yaml: "train: [images\nnames: [a]\n", .malformed, "line 2, column 6",
      fatal: true),
    .yolo(
      "deep YAML", yaml: "x: \(String(repeating: "[", count: 200_000))", .malformed,
      "line 1, column 5",
      fatal: true),
    .yolo(
      "YAML of 900 levels",
      yaml: "x: \(String(repeating: "[", count: 900) + String(repeating: "]", count: 900))",
      .malformed, "line 1", fatal: true),
    .yolo(
      "a bomb of aliases",
      yaml: "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\ntrain: images\nnames: *c\n", .unsupported,
      "line 1", fatal: true),
  ]

  static let box = #""bbox": [1, 2, 3, 4]"#

  static let cocoFaults: [BadInput] = [
    .json("empty", "", .malformed, "line 1, column 1", fatal: true),
    .json("cut", #"{"images": [{"#, .malformed, "line 1, column 14", fatal: true),
    .json("a list", "[]", .malformed, "$", fatal: true),
    .json(
      "results instead of a data set", #"{"images": 3}"#, .malformed, "$.images", fatal: true),
    .json(
      "deep", String(repeating: "[", count: 1_000_000), .tooDeep, "line 1, column 65", fatal: true),
    .json(
      "repeated key", #"{"images": [], "images": []}"#, .duplicate, "line 1, column 28", fatal: true
    ),
    .json(
      "annotation without image", coco(#"{"id": 1, "image_id": 2, "category_id": 7, \#(box)}"#),
      .unknownPicture, "$.annotations[0].image_id"),
    .json(
      "annotation of no category", coco(#"{"id": 1, "image_id": 1, "category_id": 8, \#(box)}"#),
      .unknownClass, "$.annotations[0].category_id"),
    .json(
      "NaN", coco(#"{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, NaN, 3, 4]}"#),
      .badNumber, "$.annotations[0].bbox"),
    .json(
      "infinite", coco(#"{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 1e999, 4]}"#),
      .badNumber, "$.annotations[0].bbox"),
    .json(
      "negative size", coco(#"{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, -3, 4]}"#),
      .badNumber, "$.annotations[0].bbox"),
    .json(
      "three numbers", coco(#"{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3]}"#),
      .malformed, "$.annotations[0].bbox"),
    .json(
      "no box", coco(#"{"id": 1, "image_id": 1, "category_id": 7}"#), .malformed,
      "$.annotations[0].bbox"),
    .json(
      "area of text",
      coco(#"{"id": 1, "image_id": 1, "category_id": 7, "area": "big", \#(box)}"#), .badNumber,
      "$.annotations[0].area"),
    .json(
      "crowd of two",
      coco(#"{"id": 1, "image_id": 1, "category_id": 7, "iscrowd": 2, \#(box)}"#), .malformed,
      "$.annotations[0].iscrowd"),
    .json(
      "half a point",
      coco(#"{"id": 1, "image_id": 1, "category_id": 7, "segmentation": [[1, 2, 3]], \#(box)}"#),
      .badNumber, "$.annotations[0].segmentation[0]"),
    .json(
      "mask without size",
      coco(
        #"{"id": 1, "image_id": 1, "category_id": 7, "segmentation": {"counts": []}, \#(box)}"#),
      .malformed, "$.annotations[0].segmentation.size"),
    .json(
      "annotation id twice",
      coco(
        #"{"id": 1, "image_id": 1, "category_id": 7, \#(box)}, "#
          + #"{"id": 1, "image_id": 1, "category_id": 7, \#(box)}"#), .duplicate,
      "$.annotations[1].id"),
    .json(
      "image id twice",
      coco(
        "",
        images: #"{"id": 1, "file_name": "a", "width": 1, "height": 1}, "#
          + #"{"id": 1, "file_name": "b", "width": 1, "height": 1}"#), .duplicate, "$.images[1].id"),
    .json(
      "image without size",
      coco("", images: #"{"id": 1, "file_name": "a", "width": 0, "height": 9}"#),
      .badNumber, "$.images[0]"),
    .json(
      "huge id", coco("", images: #"{"id": 1e18, "file_name": "a", "width": 1, "height": 1}"#),
      .malformed, "$.images[0].id"),
  ]

  static let vocFaults: [BadInput] = [
    .voc("empty", "", .malformed, "line 1, column 1"),
    .voc("cut", "<annotation>\n<object>", .malformed, "line 2, column 9"),
    .voc("another root", "<html/>", .malformed, "line 1"),
    .voc("NaN", xml(box: "nan 1 2 3"), .badNumber, "line 4"),
    .voc("infinite", xml(box: "1 1 inf 3"), .badNumber, "line 4"),
    .voc("corners swapped", xml(box: "20 1 10 30"), .badNumber, "line 4"),
    .voc("text as corner", xml(box: "a 1 10 30"), .malformed, "line 4"),
    .voc("no size", xml(box: "1 1 2 2", size: "0 0"), .badNumber, "line 3"),
    .voc(
      "truncated maybe", xml(box: "1 1 2 2", rest: "<truncated>maybe</truncated>"), .malformed,
      "line 4"),
    .voc(
      "external entity",
      #"<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><annotation>&e;</annotation>"#,
      .unsupported, "line 1, column 13"),
    .voc(
      "a bomb of entities",
      #"<!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]><annotation>&b;</annotation>"#,
      .unsupported, "line 1, column 13"),
    .voc(
      "another encoding", #"<?xml version="1.0" encoding="UTF-7"?><annotation/>"#, .unsupported,
      "line 1, column 31"),
    .voc("deep", String(repeating: "<a>", count: 100_000), .tooDeep, "line 1, column 193"),
    BadInput(
      name: "VOC: list of a missing picture",
      files: ["Annotations/a.xml": xml(box: "1 1 2 2"), "ImageSets/Main/train.txt": "a\nb\n"],
      code: .unknownPicture, file: "train.txt", place: "line 2"),
  ]

  static let labelmeFaults: [BadInput] = [
    .labelme("shapes of a wrong kind", "3", .malformed, "$.shapes"),
    .labelme(
      "NaN", #"[{"label": "x", "points": [[1, NaN], [2, 3]], "shape_type": "rectangle"}]"#,
      .badNumber, "$.shapes[0].points[0]"),
    .labelme(
      "half a rectangle", #"[{"label": "x", "points": [[1, 2]], "shape_type": "rectangle"}]"#,
      .malformed, "$.shapes[0].points"),
    .labelme(
      "no points", #"[{"label": "x", "points": []}]"#, .malformed, "$.shapes[0].points"),
    .labelme("no label", #"[{"points": [[1, 2]]}]"#, .unknownClass, "$.shapes[0].label"),
    .labelme("a number", "[3]", .malformed, "$.shapes[0]"),
  ]
}

@Suite struct BadInputTests {
  @Test(arguments: BadInput.all)
  func namesFileAndPlace(_ input: BadInput) throws {
    let folder = try Folder(input.files)
    let fault = #expect(throws: DatasetError.self) { try Dataset(reading: folder.url) }
    #expect(fault?.code == input.code, "\(fault?.description ?? "")")
    #expect(fault?.file.hasSuffix(input.file) == true, "\(fault?.description ?? "")")
    #expect(fault?.place == input.place, "\(fault?.description ?? "")")
    #expect(fault?.expected.isEmpty == false && fault?.remedy.isEmpty == false)
    if input.isRecoverable {
      let reading = try DatasetReading(folder.url)
      #expect(reading.faultCount == 1 && reading.faults.count == 1)
    } else {
      #expect(throws: DatasetError.self) { try DatasetReading(folder.url) }
    }
  }

  @Test(arguments: [
    ("data.yaml", DatasetFormat.yolo), ("set.json", .coco), ("a.xml", .voc), ("a.json", .labelme),
  ])
  func refusesOtherBytesAndLargeFiles(_ name: String, _ format: DatasetFormat) throws {
    let folder = try Folder()
    try folder.write([0x22, 0xff, 0xfe, 0x00], to: name)
    let bytes = #expect(throws: DatasetError.self) {
      try Dataset(reading: folder[name], format: format)
    }
    #expect(bytes?.code == .notUTF8)
    var limits = DatasetLimits()
    (limits.jsonBytes, limits.textBytes, limits.yamlBytes) = (3, 3, 3)
    let size = #expect(throws: DatasetError.self) {
      try Dataset(reading: folder[name], format: format, limits: limits)
    }
    #expect(size?.code == .tooLarge)
    let missing = #expect(throws: DatasetError.self) {
      try Dataset(reading: folder["none/" + name], format: format)
    }
    #expect(missing?.code == .unreadable)
  }

  @Test func goodLinesBesideBadOnesAreKept() throws {
    let folder = try Folder([
      "data.yaml": "train: images\nnames: [a]\n", "images/1.png": "", "images/2.png": "",
      "images/3.png": "", "labels/1.txt": "0 .5 .5 .5 .5\r\n9 .5 .5 .5 .5\r\n0 .5 .5 .1 .1\r\n",
      "labels/2.txt": "",
    ])
    let reading = try DatasetReading(folder.url)
    #expect(reading.faults.map(\.place) == ["line 2"])
    #expect(reading.dataset.pictures.count == 3 && reading.dataset.annotations.count == 2)
    #expect(reading.dataset.annotationsByPicture().keys.sorted() == [1])
  }

  @Test(arguments: [
    "path: .\ntrain: list.txt\nval: images/b\ntest: # none\nnames:\n  1: b\n  0: a\nnc: 2\n",
    "path: nowhere\ntrain: [images/a]\nval: images/b\nnames: [\n  a,\n  'b']\ndownload: |\n  x *y\n",
  ])
  func formsOfDataYAML(_ yaml: String) throws {
    let folder = try Folder([
      "data.yaml": yaml, "list.txt": "./images/a/1.png\n", "images/a/1.png": "",
      "images/b/2.png": "", "labels/a/1.txt": "1 .5 .5 .5 .5",
    ])
    let set = try Dataset(reading: folder.url)
    #expect(set.classes.map(\.name) == ["a", "b"] && set.classes.map(\.id) == [0, 1])
    #expect(set.pictures.map(\.splits) == [["train"], ["val"]])
    #expect(
      set.annotations.map(\.box) == [Dataset.PixelBox(x: 10, y: 7.5, width: 20, height: 15)])
  }

  @Test func missingIdsAndBoxesOfCOCOAreFilledIn() throws {
    let outline = #""segmentation": [[1, 2, 5, 2, 3, 9]]"#
    let folder = try Folder([
      "set.json": coco(
        #"{"id": 4, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}, "#
          + #"{"image_id": 1, "category_id": 7, \#(outline)}"#)
    ])
    let set = try Dataset(reading: folder["set.json"])
    #expect(set.annotations.map(\.id) == [4, 5])
    #expect(set.annotations[1].box == Dataset.PixelBox(x: 1, y: 2, width: 4, height: 7))
    #expect(set.annotations[1].area == nil)
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func damagedFilesNeverCrash(_ seed: UInt64) throws {
    let folder = try Folder()
    let original = try Dataset.random(seed, in: folder)
    var generator = SeededGenerator(seed: seed)
    for format in DatasetFormat.allCases {
      let place = folder["\(format)"]
      try original.write(as: format, to: place)
      let root = place.resolvingSymlinksInPath().path
      let texts = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
        .filter { path in ["json", "xml", "yaml", "txt"].contains { path.hasSuffix($0) } }.sorted()
      for _ in 0..<20 {
        guard let path = texts.randomElement(using: &generator) else { continue }
        let file = URL(fileURLWithPath: root).appendingPathComponent(path)
        let sound = try Data(contentsOf: file)
        var bytes = [UInt8](sound)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
          let index = Int.random(in: 0..<bytes.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: bytes[index] = .random(in: 0...255, using: &generator)
          case 1: bytes.remove(at: index)
          case 2: bytes.insert(contentsOf: "-9e99[{<&".utf8.shuffled(using: &generator), at: index)
          default: bytes.removeSubrange(index...)
          }
        }
        try Data(bytes).write(to: file)
        if let reading = try? DatasetReading(place, format: format) {
          let ids = Set(reading.dataset.pictures.map(\.id))
          let sane = reading.dataset.annotations.allSatisfy {
            ids.contains($0.pictureID) && $0.box.x.isFinite && $0.box.width >= 0
          }
          #expect(sane)
        }
        try sound.write(to: file)
      }
    }
  }
}
