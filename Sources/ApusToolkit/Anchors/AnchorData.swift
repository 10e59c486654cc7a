public import ApusDatasets
import Foundation

/// The objects of a data set that anchors are measured on.
public struct AnchorData: Sendable {
  /// One object.
  struct Object: Sendable {
    /// Its sides as fractions of the picture's, rounded to binary32 as YOLOv5 keeps labels.
    let fraction: BoxSize
    /// Its picture, a place in `pictures`.
    let picture: Int
    /// Its class, a place in `classNames`.
    let classIndex: Int
  }

  /// The file or folder it was read from.
  public let path: String
  /// The split that was taken; nil for all pictures.
  public let split: String?
  /// The names of the classes.
  public let classNames: [String]
  let pictures: [Dataset.Picture]
  let objects: [Object]

  /// The number of objects.
  public var objectCount: Int { objects.count }
  /// The number of pictures, those without objects included.
  public var pictureCount: Int { pictures.count }

  /// Reads a data set; crowds are left out, as they are in training.
  ///
  /// - Parameters:
  ///   - path: a `data.yaml`, a COCO or LabelMe JSON, or the folder of a data set.
  ///   - split: such as `train`; nil for `train`, else, where there is none, all pictures.
  /// - Throws: `ApusError` where it cannot be read, or has no object.
  public init(
    path: String, format: DatasetFormat? = nil, split: String? = nil
  ) throws(ApusError) {
    try self.init(Dataset.read(path, format: format), path: path, split: split)
  }

  /// Takes a data set that was read already.
  ///
  /// - Throws: `ApusError` as reading does.
  public init(_ dataset: Dataset, path: String, split: String? = nil) throws(ApusError) {
    let chosen = try dataset.split(split, else: ["train"], path: path)
    pictures = dataset.pictures.filter { picture in
      chosen.map { picture.splits.contains($0) } ?? true
    }
    let places = Dictionary(
      pictures.enumerated().map { ($0.element.id, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    let classes = dataset.classIndices()
    var objects: [Object] = []
    for annotation in dataset.annotations where !annotation.isCrowd {
      guard let place = places[annotation.pictureID], let classIndex = classes[annotation.classID]
      else { continue }
      let picture = pictures[place]
      let fraction = BoxSize(
        width: Double(Float(annotation.box.width / Double(picture.width))),
        height: Double(Float(annotation.box.height / Double(picture.height))))
      guard fraction.width.isFinite, fraction.height.isFinite, fraction.width >= 0,
        fraction.height >= 0
      else {
        throw .failure(
          "'\(path)': annotation \(annotation.id) of '\(picture.file)' is \(annotation.box.width) x"
            + " \(annotation.box.height) in a picture of \(picture.width)x\(picture.height), expected finite sides"
            + " of 0 or more; check the data set with apus data check")
      }
      objects.append(Object(fraction: fraction, picture: place, classIndex: classIndex))
    }
    guard !objects.isEmpty else {
      throw .failure(
        "'\(path)': none of \(pictures.count) pictures"
          + (chosen.map { " of the split '\($0)'" } ?? "")
          + " has an object that anchors could fit; label some, or choose another split with --split"
      )
    }
    self.path = path
    self.split = chosen
    self.objects = objects
    classNames = dataset.classes.map(\.name)
  }

  /// The objects in pixels of a network's input.
  ///
  /// - Parameters:
  ///   - imageSize: its longer side, which the longer side of every picture becomes.
  ///   - scales: what each picture is scaled by beyond that; none where nil.
  func sizes(imageSize: Int, scales: [Double]? = nil) -> [BoxSize] {
    objects.map { object in
      let picture = pictures[object.picture]
      return BoxSize(
        fraction: object.fraction,
        picture: BoxSize(width: Double(picture.width), height: Double(picture.height)),
        imageSize: Double(imageSize), scale: scales?[object.picture] ?? 1)
    }
  }
}
