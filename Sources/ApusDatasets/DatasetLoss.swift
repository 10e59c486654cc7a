public import Foundation

/// Something of a data set that a format has no place for.
public struct DatasetLoss: Sendable, Hashable, Encodable {
  /// What it is, such as `crowd` or `segmentation`.
  public let attribute: String
  /// How many objects, pictures or classes lose it.
  public let count: Int
  /// Of what it is lost: objects, pictures, classes or the data set.
  public let of: String
  /// What becomes of it.
  public let consequence: String

  /// A loss.
  init(_ attribute: String, _ count: Int, of: String, _ consequence: String) {
    self.attribute = attribute
    self.count = count
    self.of = of
    self.consequence = consequence
  }
}

extension Dataset {
  /// What ``write(as:to:_:)`` will have to leave out, or to change, because the format has no place for it.
  ///
  /// Boxes, names of classes and sizes of pictures are in every format, so they are never listed.
  public func losses(
    as format: DatasetFormat, to url: URL, _ writing: DatasetWriting = DatasetWriting()
  ) -> [DatasetLoss] {
    let all =
      idLosses(format) + attributeLosses(format) + [outlineLoss(format, writing)]
      + memberLosses(format) + splitLosses(format) + pictureLosses(format, url, writing)
    return all.compactMap { $0 }.filter { $0.count > 0 }
  }

  /// COCO alone has ids; the other formats number anew when they are read.
  private func idLosses(_ format: DatasetFormat) -> [DatasetLoss] {
    guard format != .coco else { return [] }
    let fromOne = "numbered from 1 when read"
    return [
      DatasetLoss(
        "id", pictures.enumerated().count { $1.id != $0 + 1 }, of: "pictures", fromOne),
      DatasetLoss(
        "id", annotations.enumerated().count { $1.id != $0 + 1 }, of: "objects", fromOne),
      DatasetLoss(
        "id", classes.enumerated().count { $1.id != $0 }, of: "classes",
        "numbered from 0 in their order"),
    ]
  }

  /// YOLO text has classes and places alone.
  private func attributeLosses(_ format: DatasetFormat) -> [DatasetLoss] {
    guard format == .yolo else { return [] }
    func loss(_ name: String, _ consequence: String, _ has: (Annotation) -> Bool) -> DatasetLoss {
      DatasetLoss(name, annotations.count { has($0) }, of: "objects", consequence)
    }
    return [
      loss("crowd", "written as ordinary objects") { $0.isCrowd },
      loss("area", "the box's is taken when read") { $0.area != nil },
      loss("difficult", "left out") { $0.isDifficult != nil },
      loss("truncated", "left out") { $0.isTruncated != nil },
      loss("occluded", "left out") { $0.isOccluded != nil },
      loss("pose", "left out") { $0.pose != nil },
    ]
  }

  private func outlineLoss(_ format: DatasetFormat, _ writing: DatasetWriting) -> DatasetLoss? {
    let lost = annotations.count { annotation in
      guard let outline = annotation.segmentation else { return false }
      switch format {
      case .coco: return false
      case .voc: return true
      case .yolo: return !writing.writesOutlines || !outline.isOnePolygon
      case .labelme: return !outline.isOnePolygon || !outline.surrounds(annotation.box)
      }
    }
    return DatasetLoss("segmentation", lost, of: "objects", "the box alone is written")
  }

  /// Members that are known to one format only, such as COCO's `supercategory` and `licenses`.
  private func memberLosses(_ format: DatasetFormat) -> [DatasetLoss] {
    guard format != .coco else { return [] }
    func losses(_ lists: [[String: JSON]], _ of: String, _ isKept: (String, JSON) -> Bool)
      -> [DatasetLoss]
    {
      var counts: [String: Int] = [:]
      for fields in lists {
        for (key, value) in fields where !isKept(key, value) { counts[key, default: 0] += 1 }
      }
      return counts.sorted { $0.key < $1.key }.map {
        DatasetLoss($0.key, $0.value, of: of, "left out")
      }
    }
    func isKeptOfObject(_ key: String, _ value: JSON) -> Bool {
      switch format {
      case .coco: true
      case .voc: !VOCWriter.objectMembers.contains(key) && VOCWriter.holds(key, value)
      case .labelme: key != "label"
      case .yolo: false
      }
    }
    func isKeptOfPicture(_ key: String, _ value: JSON) -> Bool {
      switch format {
      case .coco: true
      case .voc: !VOCWriter.pictureMembers.contains(key) && VOCWriter.holds(key, value)
      case .labelme: !LabelMeWriter.pictureMembers.contains(key)
      case .yolo: false
      }
    }
    return losses(annotations.map(\.fields), "objects", isKeptOfObject)
      + losses(pictures.map(\.fields), "pictures", isKeptOfPicture)
      + losses(classes.map(\.fields), "classes") { _, _ in false }
      + losses([fields], "data set") { _, _ in false }
  }

  private func splitLosses(_ format: DatasetFormat) -> [DatasetLoss] {
    guard format == .yolo else { return [] }
    let unread = pictures.count { picture in
      Self.mainSplit(of: picture).map { !YOLOWriter.isRead($0) } ?? false
    }
    return [
      DatasetLoss(
        "further splits", pictures.count { $0.splits.count > 1 }, of: "pictures",
        "each picture is in one split"),
      DatasetLoss(
        "no split", pictures.count { $0.splits.isEmpty }, of: "pictures", "written to train"),
      DatasetLoss(
        "split", unread, of: "pictures",
        "written under keys other than train, val and test, which readers pass over"),
    ]
  }

  private func pictureLosses(
    _ format: DatasetFormat, _ url: URL, _ writing: DatasetWriting
  ) -> [DatasetLoss] {
    let isAlone = format == .coco && url.pathExtension.lowercased() == "json"
    let place =
      format == .yolo
      ? "not written; must be put beside the labels before these can be read" : "not written"
    let missing = DatasetLoss(
      "file", pictures.count { $0.path == nil }, of: "pictures", "not found, so \(place)")
    guard !isAlone, writing.pictures != .leave else { return [missing] }
    var renamed = 0
    if format == .voc || format == .labelme,
      let stems = try? outputStems(foldersOfSplits: false, file: "")
    {
      renamed = zip(pictures, stems).count {
        ($0.file as NSString).deletingPathExtension != $1
      }
    }
    return [
      missing,
      DatasetLoss(
        "name", renamed, of: "pictures", "preceded by the split, as other splits use the same name"),
    ]
  }
}

extension Dataset.Segmentation {
  /// Whether it is one polygon of at least three points.
  var isOnePolygon: Bool {
    guard case .polygons(let polygons) = self else { return false }
    return polygons.count == 1 && polygons[0].count >= 6
  }

  /// Whether a box is the one around it.
  func surrounds(_ box: Dataset.PixelBox) -> Bool {
    guard case .polygons(let polygons) = self, let first = polygons.first,
      let around = Dataset.PixelBox(around: first)
    else { return false }
    return around.isClose(to: box)
  }
}
