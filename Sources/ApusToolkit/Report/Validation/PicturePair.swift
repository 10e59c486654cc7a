import ApusBoxes
import ApusDatasets
import ApusImage
import Foundation

/// A picture twice, as `data:` addresses: with what is in it, and with what was found.
struct PicturePair: Sendable {
  /// The picture with its objects, missed ones dashed.
  let truths: String
  /// The picture with the detections above a confidence, false ones dashed.
  let detections: String
  /// The size of both, in pixels.
  let width: Int
  /// See ``width``.
  let height: Int

  /// The longer side of what is drawn, in pixels.
  static let side = 480
  /// The most pixels a picture may have to be drawn: what is held in memory at a time.
  static let limits = ImageLimits(maximumPixels: 60_000_000)
  /// With more boxes than these, only the wrong ones have labels.
  static let labelledBoxes = 12
  /// With more wrong boxes than these, their labels are the class alone: dashes tell the rest.
  static let explainedBoxes = 6

  /// Reads a picture and draws on it.
  ///
  /// Boxes are scaled from the size that the data set states to that of the file.
  init(
    _ picture: Dataset.Picture, judged: Evaluation.JudgedPicture, entry: WorstPictures.Entry,
    names: ClassNames
  ) throws(PictureProblem) {
    guard let path = picture.path else {
      throw PictureProblem(reason: "its file is not there", isAbsent: true)
    }
    do {
      let image = try ImageDecoder(limits: Self.limits).decode(contentsOf: path)
      let scale = Double(Self.side) / Double(max(image.width, image.height))
      width = max(Int((Double(image.width) * scale).rounded()), 1)
      height = max(Int((Double(image.height) * scale).rounded()), 1)
      let small = try image.resized(
        toWidth: width, height: height, interpolation: scale < 1 ? .area : .linear)
      let places = (
        x: Float(width) / Float(max(picture.width, 1)),
        y: Float(height) / Float(max(picture.height, 1))
      )
      let style = AnnotationStyle(lineWidth: 2, fontSize: 13)
      func address(_ boxes: [LabeledBox]) throws(ImageError) -> String {
        let bytes = try small.annotated(boxes, style: style).encoded(
          as: .jpeg(quality: 78, subsampling: .full))
        return "data:image/jpeg;base64," + Data(bytes).base64EncodedString()
      }
      truths = try address(Self.truths(judged, entry, names, places))
      detections = try address(Self.detections(judged, entry, names, places))
    } catch {
      throw PictureProblem(reason: "\(error)", isAbsent: false)
    }
  }

  private static func truths(
    _ judged: Evaluation.JudgedPicture, _ entry: WorstPictures.Entry, _ names: ClassNames,
    _ scale: (x: Float, y: Float)
  ) -> [LabeledBox] {
    let missed = Set(entry.missed)
    let order = entry.missed + judged.truths.indices.filter { !missed.contains($0) }
    let isLabelled = judged.truths.count <= labelledBoxes
    return order.map { place in
      let truth = judged.truths[place]
      let name = HTML.clipped(names[truth.classID], to: 30)
      let isMissed = missed.contains(place)
      let label =
        isMissed && missed.count <= explainedBoxes
        ? "missed: \(name)" : truth.isCrowd ? "\(name) (crowd)" : name
      return box(
        truth.box, isMissed || isLabelled ? label : "", truth.classID, isDashed: isMissed, scale)
    }
  }

  private static func detections(
    _ judged: Evaluation.JudgedPicture, _ entry: WorstPictures.Entry, _ names: ClassNames,
    _ scale: (x: Float, y: Float)
  ) -> [LabeledBox] {
    let wrong = Set(entry.wrong)
    let order = entry.wrong + (0..<entry.kept).filter { !wrong.contains($0) }
    let isLabelled = entry.kept <= labelledBoxes
    return order.map { place in
      let detection = judged.detections[place]
      let name = HTML.clipped(names[detection.classID], to: 30)
      let score = Number.decimal(Double(detection.score), digits: 2)
      let isWrong = wrong.contains(place)
      let label =
        isWrong && wrong.count <= explainedBoxes ? "false: \(name) \(score)" : "\(name) \(score)"
      return box(
        detection.box, isWrong || isLabelled ? label : "", detection.classID, isDashed: isWrong,
        scale)
    }
  }

  private static func box(
    _ box: Box, _ label: String, _ classID: Int, isDashed: Bool, _ scale: (x: Float, y: Float)
  ) -> LabeledBox {
    LabeledBox(
      x1: box.x1 * scale.x, y1: box.y1 * scale.y, x2: box.x2 * scale.x, y2: box.y2 * scale.y,
      label: label, colorIndex: classID, isDashed: isDashed)
  }
}

/// Why a picture is not shown.
struct PictureProblem: Error, Sendable {
  let reason: String
  /// Whether there is no file, which is no fault.
  let isAbsent: Bool
}
