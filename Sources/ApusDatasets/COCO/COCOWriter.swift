import Foundation

/// Writes COCO JSON: one file, or a folder with a file for each split.
///
/// `area` is the box's where the data set has none. VOC's attributes are written under their own
/// names, and the lists a picture is in as `splits`; COCO's tools pass over both.
struct COCOWriter {
  let dataset: Dataset
  let output: StagedOutput
  let writing: DatasetWriting

  func write() throws(DatasetError) {
    guard !output.name.lowercased().hasSuffix(".json") else {
      return try output.write(json(dataset.pictures, dataset.annotations), to: "")
    }
    _ = try dataset.outputStems(foldersOfSplits: true, file: output.name)
    let annotations = dataset.annotationsByPicture()
    let splits = Dictionary(grouping: dataset.pictures) { Dataset.mainSplit(of: $0) ?? "all" }
    for split in splits.isEmpty ? ["all"] : splits.keys.sorted() {
      let pictures = splits[split] ?? []
      let marked = pictures.flatMap { annotations[$0.id] ?? [] }
      try output.write(json(pictures, marked), to: "annotations/instances_\(split).json")
      for picture in pictures {
        try output.put(picture, at: "images/\(split)/\(picture.file)", writing.pictures)
      }
    }
  }

  private func json(_ pictures: [Dataset.Picture], _ annotations: [Dataset.Annotation]) -> [UInt8] {
    var top = dataset.fields
    top["images"] = .array(pictures.map(Self.image))
    top["annotations"] = .array(annotations.map(Self.annotation))
    top["categories"] = .array(
      dataset.classes.map { kind in
        .object(kind.fields.merging(["id": .integer(kind.id), "name": .text(kind.name)]) { $1 })
      })
    return JSON.object(top).encoded() + [0x0a]
  }

  private static func image(_ picture: Dataset.Picture) -> JSON {
    var fields = picture.fields
    fields["id"] = .integer(picture.id)
    fields["file_name"] = .text(picture.file)
    fields["width"] = .integer(picture.width)
    fields["height"] = .integer(picture.height)
    if !picture.splits.isEmpty { fields["splits"] = .array(picture.splits.map(JSON.text)) }
    return .object(fields)
  }

  private static func annotation(_ annotation: Dataset.Annotation) -> JSON {
    let box = annotation.box
    var fields = annotation.fields
    fields["id"] = .integer(annotation.id)
    fields["image_id"] = .integer(annotation.pictureID)
    fields["category_id"] = .integer(annotation.classID)
    fields["bbox"] = .array([box.x, box.y, box.width, box.height].map(JSON.number))
    fields["area"] = .number(annotation.area ?? box.width * box.height)
    fields["iscrowd"] = .integer(annotation.isCrowd ? 1 : 0)
    fields["difficult"] = annotation.isDifficult.map { .integer($0 ? 1 : 0) }
    fields["truncated"] = annotation.isTruncated.map { .integer($0 ? 1 : 0) }
    fields["occluded"] = annotation.isOccluded.map { .integer($0 ? 1 : 0) }
    if let pose = annotation.pose { fields["pose"] = .text(pose) }
    switch annotation.segmentation {
    case nil: fields["segmentation"] = .array([])
    case .polygons(let polygons):
      fields["segmentation"] = .array(polygons.map { .array($0.map(JSON.number)) })
    case .runs(let runs, let height, let width):
      fields["segmentation"] = mask(.array(runs.map(JSON.integer)), height, width)
    case .packedRuns(let packed, let height, let width):
      fields["segmentation"] = mask(.text(packed), height, width)
    }
    return .object(fields)
  }

  private static func mask(_ counts: JSON, _ height: Int, _ width: Int) -> JSON {
    .object(["counts": counts, "size": .array([.integer(height), .integer(width)])])
  }
}
