import ApusImage
import Foundation

/// What is odd about each picture by itself.
struct PictureFindings {
  private(set) var all: [Finding] = []
  private let reading: DatasetReading

  /// The side under which upstream's loaders refuse a picture.
  static let leastSide = 10
  /// The side under which a warning is given: one cell of the coarsest common stride.
  private static let smallSide = 32
  /// The proportion over which a warning is given.
  private static let mostAspect = 8.0

  init(_ reading: DatasetReading, _ outcomes: [String: PictureInspection.Outcome]) {
    self.reading = reading
    for picture in reading.dataset.pictures {
      guard let path = picture.path, let outcome = outcomes[path] else {
        addMissing(picture)
        continue
      }
      switch outcome {
      case .missing: addMissing(picture)
      case .unreadable(let why): all.append(Finding(.unreadablePicture, file: path, found: why))
      case .known(let facts):
        if let fault = facts.fault {
          all.append(Finding(.corruptPicture, file: path, found: fault))
        } else {
          add(picture, path, facts)
        }
      }
    }
  }

  private mutating func addMissing(_ picture: Dataset.Picture) {
    all.append(
      Finding(
        .missingPicture, file: reading.origins.labelFile(ofPicture: picture.id) ?? picture.file,
        place: reading.origins.format == .coco ? "image id \(picture.id)" : "",
        found: "no picture \(DatasetError.quote(picture.file))"))
  }

  private mutating func add(_ picture: Dataset.Picture, _ path: String, _ facts: PictureFacts) {
    if let format = facts.format, let named = ImageFormat(path: path), named != format {
      all.append(
        Finding(
          .wrongEnding, file: path,
          found: "a \(format.rawValue.uppercased()) with the ending of a "
            + "\(named.rawValue.uppercased())"))
    }
    let (width, height) = (facts.uprightWidth, facts.uprightHeight)
    switch SizeAgreement(picture, facts) {
    case .equal:
      if let orientation = facts.orientation, orientation != .upright {
        addOrientation(orientation, path, facts)
      }
    case .stored:
      all.append(
        Finding(
          .orientation, .error, file: reading.origins.labelFile(ofPicture: picture.id) ?? path,
          found: "labels for \(picture.width) x \(picture.height), the size as stored; by its EXIF "
            + "orientation \(facts.orientation?.rawValue ?? 1) the picture is \(width) x \(height)")
      )
    case .different:
      all.append(
        Finding(
          .sizeMismatch, file: reading.origins.labelFile(ofPicture: picture.id) ?? path,
          place: reading.origins.format == .coco ? "image id \(picture.id)" : "",
          found: "\(picture.width) x \(picture.height), but \(picture.file) is "
            + "\(width) x \(height)"))
    }
    let (short, long) = (min(width, height), max(width, height))
    if short < Self.smallSide {
      all.append(
        Finding(
          .smallPicture, short < Self.leastSide ? .error : .warning, file: path,
          found: "\(width) x \(height) pixels"))
    }
    if Double(long) > Self.mostAspect * Double(short) {
      all.append(
        Finding(.extremeAspect, file: path, found: "\(width) x \(height) pixels"))
    }
    let oddities =
      (facts.color == .rgb ? [] : [facts.color == .gray ? "gray" : "inks (CMYK)"])
      + (facts.hasAlpha ? ["alpha, which is dropped"] : [])
    if !oddities.isEmpty {
      all.append(
        Finding(.colorModel, file: path, found: oddities.joined(separator: " and ")))
    }
  }

  private mutating func addOrientation(
    _ orientation: Orientation, _ path: String, _ facts: PictureFacts
  ) {
    let isKnown = orientation.swapsSides && facts.width != facts.height
    // YOLO states no size; that of the upright picture was taken.
    let isStated = reading.origins.format != .yolo
    all.append(
      Finding(
        .orientation, isKnown && isStated ? .note : .warning, file: path,
        found: "stored with EXIF orientation \(orientation.rawValue)"
          + (isKnown && isStated ? "; the labels' size is that of the upright picture" : "")))
  }
}

/// How a stated size and a picture's own go together.
enum SizeAgreement: Sendable {
  /// The stated size is that of the upright picture.
  case equal
  /// It is that of the picture as stored, which is another.
  case stored
  /// It is neither.
  case different

  init(_ picture: Dataset.Picture, _ facts: PictureFacts) {
    if picture.width == facts.uprightWidth, picture.height == facts.uprightHeight {
      self = .equal
    } else if picture.width == facts.width, picture.height == facts.height {
      self = .stored
    } else {
      self = .different
    }
  }
}
