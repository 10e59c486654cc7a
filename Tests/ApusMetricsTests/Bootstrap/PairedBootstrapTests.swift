import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

/// Resampling beside the evaluation of data sets whose pictures are copied.
struct PairedBootstrapTests {
  /// The slow twin: every picture as often as its weight says, under identifiers of its own.
  static func copied(_ set: COCOSet, weights: [Int]) throws -> COCOEvaluation {
    var copy = COCOSet(objects: [], detections: [])
    copy.categories = set.categories
    copy.images = []
    for (image, weight) in zip(Set(set.images).sorted(), weights) {
      for _ in 0..<weight {
        let identifier = copy.images.count + 1
        copy.images.append(identifier)
        copy.groundTruth += set.groundTruth.filter { $0.imageID == image }.map { object in
          var object = object
          object.imageID = identifier
          return object
        }
        copy.detections += set.detections.filter { $0.imageID == image }.map { detection in
          var detection = detection
          detection.imageID = identifier
          return detection
        }
      }
    }
    return try copy.evaluated()
  }

  @Test(arguments: 0..<60)
  func weightsCountAsCopies(seed: UInt64) throws {
    let set = COCOSet(seed: seed)
    let bootstrap = try PairedBootstrap(
      groundTruth: set.groundTruth, results: [set.detections], images: set.images,
      categories: set.categories)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<4 {
      let weights = set.images.map { _ in UInt32.random(in: 0...3, using: &random) }
      let values = bootstrap.values(weights: weights)[0]
      let evaluation = try Self.copied(set, weights: weights.map(Int.init))
      let summary = evaluation.summary
      #expect(Tolerance.reorderedDoubles.accepts(values.mean?.ap ?? -1, summary.ap))
      #expect(Tolerance.reorderedDoubles.accepts(values.mean?.ap50 ?? -1, summary.ap50))
      for (pair, result) in zip(values.classes, evaluation.classes) {
        #expect(
          Tolerance.reorderedDoubles.accepts(pair?.ap ?? -1, result.averagePrecision()))
      }
    }
  }

  /// Two result sets of one data set, the second without a third of the detections.
  static let pair: (set: COCOSet, results: [[COCODetection]]) = {
    let set = COCOSet.withDistinctScores(seed: 7)
    let fewer = set.detections.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
    return (set, [set.detections, fewer])
  }()

  static func samples(_ order: [Int], seed: UInt64 = 1, count: Int = 200) throws -> BootstrapSamples
  {
    try PairedBootstrap(
      groundTruth: pair.set.groundTruth, results: order.map { pair.results[$0] },
      images: pair.set.images, categories: pair.set.categories
    ).resampled(count: count, seed: seed)
  }

  @Test func theSameResultsDoNotDiffer() throws {
    let samples = try Self.samples([0, 0])
    for measure in BootstrapSamples.Measure.allCases {
      let interval = try #require(samples.difference(of: 1, from: 0, measure))
      #expect(interval.estimate == 0 && interval.low == 0 && interval.high == 0)
      #expect(interval.probabilityAbove == 0.5 && interval.verdict == .undecided)
      #expect(interval.resamples == 200)
    }
  }

  @Test func swappingFlipsTheSigns() throws {
    let forth = try Self.samples([0, 1])
    let back = try Self.samples([1, 0])
    for category in [nil, 1, 2, 3] {
      let one = try #require(forth.difference(of: 1, from: 0, .ap, category: category))
      let other = try #require(back.difference(of: 1, from: 0, .ap, category: category))
      let same = try #require(forth.difference(of: 0, from: 1, .ap, category: category))
      #expect(other == same)
      #expect(one.estimate == -other.estimate)
      #expect(Tolerance.reorderedDoubles.accepts(one.low, -other.high))
      #expect(Tolerance.reorderedDoubles.accepts(one.high, -other.low))
      #expect(Tolerance.reorderedDoubles.accepts(one.probabilityAbove, 1 - other.probabilityAbove))
    }
  }

  @Test func theEstimateIsTheEvaluationAndTheSeedTheResult() throws {
    let samples = try Self.samples([0, 1])
    for (set, detections) in Self.pair.results.enumerated() {
      var evaluated = Self.pair.set
      evaluated.detections = detections
      let summary = try evaluated.evaluated().summary
      let (ap, ap50) = (samples.value(of: set, .ap), samples.value(of: set, .ap50))
      #expect(Tolerance.reorderedDoubles.accepts(try #require(ap), summary.ap))
      #expect(Tolerance.reorderedDoubles.accepts(try #require(ap50), summary.ap50))
    }
    let first = samples.difference(of: 1, from: 0, .ap)
    let again = try Self.samples([0, 1]).difference(of: 1, from: 0, .ap)
    let other = try Self.samples([0, 1], seed: 2).difference(of: 1, from: 0, .ap)
    #expect(first == again)
    #expect(first != other)
    let interval = try #require(first)
    #expect(interval.low < interval.estimate && interval.estimate < interval.high)
  }

  @Test func theEndsArePercentiles() throws {
    // Of 41 values the 2.5th percentile is the second lowest, of 21 it is halfway to the second.
    for (count, low) in [(41, { $0[1] }), (21, { ($0[0] + $0[1]) / 2 })]
      as [(Int, ([Double]) -> Double)]
    {
      let samples = try Self.samples([0, 1], count: count)
      let interval = try #require(samples.difference(of: 1, from: 0, .ap50))
      let values = samples.differences(of: 1, from: 0, .ap50)
      #expect(interval.resamples == count && values.count == count)
      #expect(Tolerance.reorderedDoubles.accepts(interval.low, low(values)))
      #expect(Tolerance.reorderedDoubles.accepts(interval.high, low(values.reversed())))
    }
  }

  @Test func nothingToMeasureAndBadInput() throws {
    let set = COCOSet(objects: [], detections: [(1, 0, 0.5)])
    let nothing = try PairedBootstrap(
      groundTruth: [], results: [set.detections, []], images: set.images,
      categories: set.categories
    ).resampled(count: 10)
    #expect(nothing.difference(of: 1, from: 0, .ap) == nil)
    #expect(nothing.value(of: 0, .ap) == nil)
    let known = try Self.samples([0, 1], count: 10)
    #expect(known.difference(of: 1, from: 0, .ap, category: 99) == nil)
    var bad = set.detections
    bad[0].score = .nan
    #expect(throws: COCOError.self) {
      try PairedBootstrap(groundTruth: [], results: [bad], images: [1], categories: [1])
    }
    bad[0].score = 0.5
    #expect(throws: COCOError.self) {
      try PairedBootstrap(groundTruth: [], results: [bad], images: [2], categories: [1])
    }
  }

  /// The width of an interval is that of theory where there is one.
  @Test func drawsAreEvenAndIndependent() throws {
    // One object a picture; the first finds those of even pictures, the second of every fourth.
    let pictures = Array(1...400)
    let truth = pictures.map {
      COCOGroundTruth(imageID: $0, categoryID: 1, x: 0, y: 0, width: 9, height: 9, area: 81)
    }
    let found = { (step: Int) in
      pictures.filter { $0 % step == 0 }.map {
        COCODetection(
          imageID: $0, categoryID: 1, x: 0, y: 0, width: 9, height: 9,
          score: 1 - Double($0) / 1000)
      }
    }
    let samples = try PairedBootstrap(
      groundTruth: truth, results: [found(2), found(4)], images: pictures, categories: [1]
    ).resampled(count: 2000)
    let interval = try #require(samples.difference(of: 0, from: 1, .ap50))
    // Recall 0.5 less 0.25, each share a sum of 400 draws: the difference is a share of 1/4 with the
    // standard error sqrt(1/4 * 3/4 / 400) = 0.0217; recall points come in steps of 0.01.
    #expect(abs(interval.estimate - 0.25) < 0.011)
    #expect(abs((interval.high - interval.low) / 2 - 1.96 * 0.0217) < 0.01)
    #expect(interval.probabilityAbove == 1 && interval.verdict == .better)
  }
}
