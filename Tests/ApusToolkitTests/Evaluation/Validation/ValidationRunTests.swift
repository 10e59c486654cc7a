import ApusBoxes
import ApusDatasets
import ApusImage
import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// A small network with seeded weights, measured on five pictures of random pixels.
@Suite struct ValidationRunTests {
  private static let sizes = [(100, 80), (80, 100), (64, 64), (120, 40), (33, 57)]

  /// Calls `body` with the data set; its pictures are removed afterwards.
  private static func with(_ body: (EvaluationData) throws -> Void) throws {
    try EvaluationFixture.withFolder { folder in
      var generator = SeededGenerator(seed: 4)
      var pictures: [Dataset.Picture] = []
      for (index, (width, height)) in sizes.enumerated() {
        let image = try Image(
          width: width, height: height, format: .rgb,
          pixels: (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
        )
        let path = folder.appendingPathComponent("\(index).png").path
        try image.write(to: path)
        pictures.append(
          .init(id: 11 + index, file: "\(index).png", path: path, width: width, height: height))
      }
      let box = Dataset.PixelBox(x: 10, y: 20, width: 15, height: 16)
      try body(
        EvaluationData(
          Dataset(
            classes: [.init(id: 7, name: "b"), .init(id: 3, name: "a")], pictures: pictures,
            annotations: [.init(id: 1, pictureID: 11, classID: 7, box: box)]), path: "set.json"))
    }
  }

  private static func model(_ input: ModelInput) throws -> Model {
    try Model(new: "yolov5n", classNames: ["a", "b"], seed: 5, input: input)
  }

  private static func options(batch: Int?, isRectangular: Bool = false) -> DetectionOptions {
    var options = DetectionOptions.validation
    options.inputSize = (64, 64)
    options.batch = batch
    options.isRectangular = isRectangular
    // New weights are sure of nothing.
    options.confidence = ConfidenceThresholds(0.0005)
    options.maxDetections = 20
    return options
  }

  /// Detections in the order of the pictures, to the bit.
  private static func expect(
    _ found: [COCODetection], toEqual expected: [COCODetection], _ note: String
  ) {
    #expect(found.count == expected.count, "\(note)")
    for (found, expected) in zip(found, expected) { #expect(found == expected, "\(note)") }
  }

  /// Batches of 2 and 4 leave one picture over, a batch of 8 is never full.
  @Test func batchesDoNotChangeWhatIsFound() throws {
    try Self.with { data in
      let model = try Self.model(.symbolic)
      let one = try ValidationRun(model, on: data, options: Self.options(batch: 1))
      #expect(one.results.detections.count > 20)
      #expect(Set(one.results.detections.map(\.imageID)) == [11, 12, 13, 14, 15])
      #expect(Set(one.results.detections.map(\.categoryID)) == [3, 7])
      #expect(one.settings["batch"] == "1")
      for batch in [2, 4, 8] {
        var seen: [[Int]] = []
        let run = try ValidationRun(model, on: data, options: Self.options(batch: batch)) {
          seen.append([$0, $1])
        }
        Self.expect(run.results.detections, toEqual: one.results.detections, "batch \(batch)")
        #expect(seen == [[1, 5], [2, 5], [3, 5], [4, 5], [5, 5]])
        #expect(run.settings["batch"] == "\(batch)")
        for times in [
          run.times.decode, run.times.preprocess, run.times.inference, run.times.postprocess,
        ] {
          #expect(times.count == 5 && times.allSatisfy { $0 > 0 })
        }
      }
    }
  }

  /// A network made for two pictures at once finds in five what one made for single ones finds.
  @Test func aFixedBatchIsFilledUp() throws {
    try Self.with { data in
      let single = try ValidationRun(
        Self.model(.fixed(height: 64, width: 64, batch: 1)), on: data,
        options: Self.options(batch: nil))
      let pairs = try Self.model(.fixed(height: 64, width: 64, batch: 2))
      let run = try ValidationRun(pairs, on: data, options: Self.options(batch: nil))
      #expect(run.settings["batch"] == "2")
      #expect(run.times.inference.count == 5)
      Self.expect(run.results.detections, toEqual: single.results.detections, "fixed 2")
      // The same when it is asked for, nothing else.
      #expect(
        try ValidationRun(pairs, on: data, options: Self.options(batch: 2)).settings["batch"]
          == "2")
      let error = #expect(throws: ApusError.self) {
        try ValidationRun(pairs, on: data, options: Self.options(batch: 4))
      }
      #expect(error?.kind == .usage && error?.message.contains("batches of 2") == true)
    }
  }

  /// The slow twin: every picture by itself through the detector.
  @Test(arguments: [false, true])
  func aRunIsTheDetectorOnEachPicture(isRectangular: Bool) throws {
    try Self.with { data in
      let model = try Self.model(.symbolic)
      let run = try ValidationRun(
        model, on: data, options: Self.options(batch: 1, isRectangular: isRectangular))
      var expected: [COCODetection] = []
      for picture in data.dataset.pictures {
        let image = try ImageDecoder().decode(contentsOf: try #require(picture.path))
        let detector = try Detector(
          model, options: Self.options(batch: 1, isRectangular: isRectangular))
        // ⌈share · 64 / 32 + 0.5⌉ · 32: a side of the full share has 96, one of half a share 64.
        func side(_ length: Int) -> Int {
          let share = Double(length) / Double(max(picture.width, picture.height))
          return Int((share * 2 + 0.5).rounded(.up)) * 32
        }
        let size = isRectangular ? (side(picture.height), side(picture.width)) : (64, 64)
        for found in try detector.detect(batch: [image], inputSize: size)[0] {
          let box = found.box
          #expect(box.x1 >= 0 && box.y1 >= 0)
          #expect(box.x2 <= Float(picture.width) && box.y2 <= Float(picture.height))
          expected.append(
            COCODetection(
              imageID: picture.id,
              categoryID: ["a": 3, "b": 7][detector.classNames[found.classID]]
                ?? -1,
              x: Double(box.x1), y: Double(box.y1), width: Double(box.x2) - Double(box.x1),
              height: Double(box.y2) - Double(box.y1), score: Double(found.score)))
        }
      }
      #expect(!expected.isEmpty)
      Self.expect(run.results.detections, toEqual: expected, "rect \(isRectangular)")
      #expect(run.settings["rect"] == "\(isRectangular)")
    }
  }

  /// What held is written down, given or not.
  @Test func settingsAreSpelledOut() throws {
    try Self.with { data in
      let model = try Self.model(.fixed(height: 64, width: 64, batch: 1))
      let own = try ValidationRun(model, on: data)
      #expect(
        own.settings == [
          "image-size": "64x64", "rect": "false", "batch": "1", "preprocess": "own",
          "conf": "0.001", "iou": "0.6", "max-det": "300", "agnostic": "false", "nms": "false",
          "threads": "1",
        ])
      var options = DetectionOptions.validation
      options.confidence = ConfidenceThresholds(0.25, perClass: [1: 0.5, 0: 0.125])
      options.iou = 0.7
      options.threads = 2
      let run = try ValidationRun(model, on: data, options: options)
      #expect(run.settings["conf"] == "0.25,a=0.125,b=0.5")
      #expect(run.settings["iou"] == "0.7" && run.settings["threads"] == "2")
    }
  }
}
