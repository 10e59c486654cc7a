import Foundation

/// Writes a LabelMe JSON for every picture, `classes.txt` and, where asked, the pictures beside.
///
/// An annotation is a polygon where it has exactly one and its box is around it to within 1e-3
/// pixels, the shape it was read as, or a rectangle. LabelMe has no masks of runs: of them the box
/// is written. `area`, `pose` and `splits` are members that LabelMe keeps and ours reads.
struct LabelMeWriter {
  let dataset: Dataset
  let output: StagedOutput
  let writing: DatasetWriting

  func write() throws(DatasetError) {
    let stems = try dataset.outputStems(foldersOfSplits: false, file: output.name)
    let names = try dataset.namesByID(file: output.name)
    let annotations = dataset.annotationsByPicture()
    for (picture, stem) in zip(dataset.pictures, stems) {
      let ending = (picture.file as NSString).pathExtension
      let name = ending.isEmpty ? stem : "\(stem).\(ending)"
      var fields = picture.fields
      fields["version"] = .text("5.0.0")
      fields["flags"] = fields["flags"] ?? .object([:])
      fields["imagePath"] = .text((name as NSString).lastPathComponent)
      fields["imageData"] = .null
      fields["imageWidth"] = .integer(picture.width)
      fields["imageHeight"] = .integer(picture.height)
      if !picture.splits.isEmpty { fields["splits"] = .array(picture.splits.map(JSON.text)) }
      fields["shapes"] = .array(
        (annotations[picture.id] ?? []).map { Self.shape($0, names[$0.classID] ?? "") })
      try output.write(JSON.object(fields).encoded() + [0x0a], to: "\(stem).json")
      try output.put(picture, at: name, writing.pictures)
    }
    let classes = dataset.classes.map { $0.name + "\n" }.joined()
    try output.write(Array(classes.utf8), to: "classes.txt")
  }

  /// The members of a file that have a meaning of their own.
  static let pictureMembers: Set = [
    "version", "imagePath", "imageData", "imageWidth", "imageHeight", "shapes",
  ]

  private static func shape(_ annotation: Dataset.Annotation, _ name: String) -> JSON {
    var fields = annotation.fields
    let box = annotation.box
    var type = "rectangle"
    var points = [box.x, box.y, box.x + box.width, box.y + box.height]
    if case .polygons(let polygons) = annotation.segmentation, polygons.count == 1,
      polygons[0].count >= 6, let around = Dataset.PixelBox(around: polygons[0]),
      around.isClose(to: box)
    {
      (type, points) = ("polygon", polygons[0])
    } else if let kept = fields["points"]?.array?.compactMap(\.double),
      let shape = fields["shape_type"]?.text, kept.count >= 2, kept.count.isMultiple(of: 2)
    {
      (type, points) = (shape, kept)
    }
    var flags = fields["flags"]?.object ?? [:]
    if annotation.isCrowd { flags["crowd"] = .bool(true) }
    if let value = annotation.isDifficult { flags["difficult"] = .bool(value) }
    if let value = annotation.isTruncated { flags["truncated"] = .bool(value) }
    if let value = annotation.isOccluded { flags["occluded"] = .bool(value) }
    fields["flags"] = .object(flags)
    fields["label"] = .text(name)
    fields["shape_type"] = .text(type)
    fields["points"] = .array(
      stride(from: 0, to: points.count, by: 2).map {
        .array([.number(points[$0]), .number(points[$0 + 1])])
      })
    fields["group_id"] = fields["group_id"] ?? .null
    if let area = annotation.area { fields["area"] = .number(area) }
    if let pose = annotation.pose { fields["pose"] = .text(pose) }
    return .object(fields)
  }
}

extension Dataset.PixelBox {
  /// Whether the edges are at most 1e-3 pixels from those of another box.
  func isClose(to other: Dataset.PixelBox) -> Bool {
    abs(x - other.x) <= 1e-3 && abs(y - other.y) <= 1e-3
      && abs(x + width - other.x - other.width) <= 1e-3
      && abs(y + height - other.y - other.height) <= 1e-3
  }
}
