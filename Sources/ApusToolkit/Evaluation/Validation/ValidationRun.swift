import ApusBoxes
import ApusDatasets
import ApusGraph
import ApusImage
import ApusMetrics
import Foundation

/// A model run on the pictures of a data set, as its family's own validation does.
///
/// One picture after the other is read, fitted, run and decoded, and each stage is timed by the wall clock alone:
/// nothing runs beside it. Compiling the network is in none of the times.
public struct ValidationRun: Sendable {
  /// What was found, with the ids of the data set.
  public let results: ResultSet
  /// What the stages took, in the order in which the pictures were run; of a batch, each picture its share.
  public let times: StageTimes
  /// How large the network is.
  public let network: NetworkFigures
  /// What held in the run: thresholds, input, batch, pre-process, threads.
  public let settings: [String: String]

  /// Runs a model.
  ///
  /// - Parameters:
  ///   - options: ``DetectionOptions/validation``, with what is to be otherwise. Where it is rectangular,
  ///     pictures are grouped by shape and each batch has its own input; of a batch of 1, its picture's.
  ///   - progress: called after each picture with how many are done, and how many there are.
  /// - Throws: `ApusError` where a picture is missing, cannot be read or has another size than the data set
  ///   says; where model and data set have no class in common; and as `Detector` does.
  public init(
    _ model: Model, on data: EvaluationData, options: DetectionOptions = .validation,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(ApusError) {
    let detector = try Detector(model, options: options)
    let mapping = try ClassMapping(
      names: model.graph.card.classNames, count: detector.classCount, modelPath: model.path,
      data: data)
    let pictures = data.dataset.pictures
    for picture in pictures where picture.path == nil {
      throw .failure(
        "'\(data.path)': the picture '\(picture.file)' is not there; put it beside the annotations, or"
          + " check the data set with apus data check")
    }
    if options.isRectangular, detector.isWarped, detector.batch > 1 {
      throw .usage(
        "--rect with --batch \(detector.batch): pictures of this family are warped each into its own"
          + " rectangle; run it with --batch 1")
    }
    let batches = Self.batches(of: pictures, detector, isRectangular: options.isRectangular)
    var times = StageTimes()
    var found: [[COCODetection]] = Array(repeating: [], count: pictures.count)
    let decoder = ImageDecoder()
    var done = 0
    for batch in batches {
      var images: [Image] = []
      for index in batch.pictures {
        let start = ContinuousClock.now
        images.append(try Self.image(pictures[index], decoder))
        times.decode.append((ContinuousClock.now - start) / .seconds(1))
      }
      let detections = try detector.detect(
        batch: images, inputSize: (batch.height, batch.width))
      let share = 1 / Double(images.count)
      for (index, detections) in zip(batch.pictures, detections) {
        times.preprocess.append(detector.timing.preprocess * share)
        times.inference.append(detector.timing.inference * share)
        times.postprocess.append(detector.timing.postprocess * share)
        for detection in detections {
          guard mapping.ids.indices.contains(detection.classID) else {
            throw .failure(
              "'\(model.path)': found class \(detection.classID), but '\(data.path)' has"
                + " \(mapping.ids.count) classes, and the model carries no names; name its classes with"
                + " --names")
          }
          guard let id = mapping.ids[detection.classID] else { continue }
          found[index].append(Self.detection(detection, image: pictures[index].id, category: id))
        }
        done += 1
        progress(done, pictures.count)
      }
    }
    results = ResultSet(
      name: model.path, detections: found.flatMap(\.self), notes: mapping.notes)
    self.times = times
    settings = Self.settings(detector, options)
    network = NetworkFigures(model, inputSize: detector.inputSize)
  }

  private static func batches(
    of pictures: [Dataset.Picture], _ detector: Detector, isRectangular: Bool
  ) -> [PictureBatches.Batch] {
    // Warped pictures find their rectangle themselves.
    guard isRectangular, !detector.isWarped else {
      return PictureBatches(
        square: pictures, of: detector.batch, inputSize: detector.inputSize
      ).batches
    }
    return PictureBatches(
      rectangular: pictures, of: detector.batch,
      side: max(detector.inputSize.height, detector.inputSize.width), stride: detector.stride
    ).batches
  }

  private static func image(
    _ picture: Dataset.Picture, _ decoder: ImageDecoder
  ) throws(ApusError) -> Image {
    let image: Image
    do throws(ImageError) {
      image = try decoder.decode(contentsOf: picture.path ?? picture.file)
    } catch {
      throw .failure("\(error)")
    }
    guard image.width == picture.width, image.height == picture.height else {
      throw .failure(
        "'\(picture.path ?? picture.file)': the picture has \(image.width)x\(image.height) pixels, but the data"
          + " set says \(picture.width)x\(picture.height), so its boxes may lie elsewhere; apus data check"
          + " finds all such pictures")
    }
    return image
  }

  private static func detection(
    _ detection: Detection, image: Int, category: Int
  ) -> COCODetection {
    let box = detection.box
    let (x, y) = (Double(box.x1), Double(box.y1))
    return COCODetection(
      imageID: image, categoryID: category, x: x, y: y, width: Double(box.x2) - x,
      height: Double(box.y2) - y, score: Double(detection.score))
  }

  private static func settings(
    _ detector: Detector, _ options: DetectionOptions
  ) -> [String: String] {
    let suppression = detector.suppression
    return [
      "image-size": "\(detector.inputSize.height)x\(detector.inputSize.width)",
      "rect": "\(options.isRectangular)",
      "batch": "\(detector.batch)",
      "preprocess": "\(options.preprocess)",
      "conf":
        ([String(suppression.confidence.base)]
        + suppression.confidence.perClass.sorted { $0.key < $1.key }.map {
          "\(detector.classNames[$0.key])=\($0.value)"
        }).joined(separator: ","),
      "iou": "\(suppression.iou)",
      "max-det": "\(suppression.maxDetections)",
      "agnostic": "\(options.isClassAgnostic)",
      "nms": "\(options.suppressesDuplicates)",
      "threads": "\(options.threads)",
    ]
  }
}
