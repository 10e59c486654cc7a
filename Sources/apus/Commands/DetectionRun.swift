import ApusBoxes
import ApusImage
import ApusToolkit
import Foundation

/// One run of `apus detect`: pictures in, files and a table out.
struct DetectionRun {
  private let detector: Detector
  private let command: Detect
  private var folder: OutputFolder?
  private var table = TextTable([
    ("picture", .left), ("size", .right), ("objects", .left), ("pre", .right), ("net", .right),
    ("post", .right),
  ])
  private var results: [CocoResult] = []
  private let decoder = ImageDecoder()

  init(detector: Detector, command: Detect, sources: [MediaSource]) throws {
    self.detector = detector
    self.command = command
    if !command.writesNoPictures { try AnnotationStyle().checkLabels() }
    if !command.writesNoPictures || command.savesText {
      folder = try OutputFolder(
        command.output, keeping: sources.map(\.path) + command.sources + [command.model])
    }
    if !command.writesNoPictures, var trial = folder {
      for source in sources {
        _ = try trial.path(for: source.path, ending: Self.ending(of: source))
      }
    }
  }

  /// Removes the output folder where nothing was written into it.
  func close() { folder?.removeIfUnused() }

  /// Finds the objects in one source and writes what was asked for.
  mutating func process(_ source: MediaSource, progress: inout ProgressLine) throws {
    switch source {
    case .picture(let path):
      try picture(
        decoded { () throws(ImageError) in try decoder.decode(contentsOf: path) }, source: path)
      progress.advance()
    case .standardInput:
      let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
      guard !bytes.isEmpty else {
        throw ApusError.failure(
          "standard input is empty; expected a picture: apus detect MODEL - < picture.jpg")
      }
      try picture(
        decoded { () throws(ImageError) in try decoder.decode(bytes, name: "standard input") },
        source: "-")
      progress.advance()
    case .video(let path):
      try video(path)
      progress.advance()
    }
  }

  /// The ending of the annotated file of a source.
  private static func ending(of source: MediaSource) -> String {
    switch source {
    case .picture, .standardInput: "jpg"
    case .video: "mp4"
    }
  }

  /// Prints the table or the JSON.
  func finish() throws {
    if command.json {
      try StandardOutput.print(json: results)
    } else if !table.isEmpty {
      try StandardOutput.print(
        table.text + (folder.map { "\nwritten to \($0.path)" } ?? ""))
    }
  }

  private func decoded(_ body: () throws(ImageError) -> Image) throws(ApusError) -> Image {
    do {
      return try body()
    } catch {
      throw .failure("\(error)")
    }
  }

  private mutating func picture(_ image: Image, source: String) throws {
    let found = try detect(image, source: source, frame: nil)
    if !command.writesNoPictures, let path = try folder?.path(for: source, ending: "jpg") {
      try annotate(image, found.detections).write(to: path)
    }
    try writeText(found)
  }

  private mutating func video(_ path: String) throws {
    let reader = try VideoReader(path: path)
    var writer: VideoWriter?
    if !command.writesNoPictures, let target = try folder?.path(for: path, ending: "mp4") {
      writer = try VideoWriter(path: target, like: reader)
    }
    var progress = ProgressLine("frames", total: reader.frameCount)
    defer { progress.finish() }
    var frame = 0
    while let image = try reader.next() {
      let found = try detect(image, source: path, frame: frame)
      try writer?.append(annotate(image, found.detections))
      try writeText(found)
      frame += 1
      progress.advance()
    }
    try writer?.finish()
  }

  private mutating func detect(
    _ image: Image, source: String, frame: Int?
  ) throws -> PictureDetections {
    let found = PictureDetections(
      source: source, frame: frame, width: image.width, height: image.height,
      detections: try detector.detect(image))
    if command.json {
      results += found.cocoResults(
        categoryIDs: command.cocoCategoryIds ? CocoResult.coco80Categories : nil)
    }
    let timing = detector.timing
    table.add([
      frame.map { "\(source) #\($0)" } ?? source, "\(image.width)x\(image.height)",
      summary(found.detections), milliseconds(timing.preprocess),
      milliseconds(timing.inference), milliseconds(timing.postprocess),
    ])
    return found
  }

  private mutating func writeText(_ found: PictureDetections) throws {
    guard command.savesText else { return }
    let suffix = found.frame.map { "_\($0)" } ?? ""
    guard let path = try folder?.path(for: found.source, suffix: suffix, ending: "txt")
    else { return }
    try AtomicFile.write(found.yoloText.utf8, to: path)
  }

  private func annotate(_ image: Image, _ detections: [Detection]) throws(ImageError) -> Image {
    try image.annotated(
      detections.map { detection in
        let box = detection.box
        let score = String(format: "%.2f", detection.score)
        return LabeledBox(
          x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y2,
          label: "\(name(detection.classID)) \(score)", colorIndex: detection.classID)
      })
  }

  /// `3 person, 1 bus`, in order of first mention.
  private func summary(_ detections: [Detection]) -> String {
    var order: [Int] = []
    var counts: [Int: Int] = [:]
    for detection in detections {
      if counts[detection.classID] == nil { order.append(detection.classID) }
      counts[detection.classID, default: 0] += 1
    }
    if order.isEmpty { return "nothing" }
    return order.map { "\(counts[$0] ?? 0) \(name($0))" }.joined(separator: ", ")
  }

  private func name(_ classID: Int) -> String {
    detector.classNames[classID]
  }

  private func milliseconds(_ seconds: Double) -> String {
    String(format: "%.1f ms", seconds * 1000)
  }
}
