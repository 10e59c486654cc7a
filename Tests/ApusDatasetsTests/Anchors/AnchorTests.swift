import ApusDatasets
import ApusTestSupport
import Testing

@Suite("Anchors")
struct AnchorTests {
  static func objects(_ count: Int, seed: UInt64) -> [BoxSize] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      BoxSize(
        width: .random(in: 1...400, using: &random), height: .random(in: 1...400, using: &random))
    }
  }

  @Test(arguments: UInt64(0)..<50)
  func fitEqualsTheTrainingRule(_ seed: UInt64) throws {
    let objects = Self.objects(60, seed: seed)
    let anchors = Self.objects(9, seed: seed + 1000)
    let fit = try #require(AnchorFit(anchors: anchors, objects: objects))
    let counts = objects.map { object in
      anchors.filter { anchor in
        let ratios = [object.width / anchor.width, object.height / anchor.height]
        return ratios.allSatisfy { max($0, 1 / $0) < 4 }
      }.count
    }
    #expect(fit.bestPossibleRecall == Float(counts.filter { $0 > 0 }.count) / 60)
    #expect(fit.anchorsPerTarget == Float(counts.reduce(0, +)) / 60)
  }

  @Test func theReleasesDifferAtTheirBound() throws {
    let objects = (0..<50).map { BoxSize(width: $0 == 0 ? 100 : 10, height: 10) }
    let fit = try #require(
      AnchorFit(anchors: [BoxSize(width: 10, height: 10)], objects: objects))
    #expect(fit.bestPossibleRecall == 0.98)
    #expect(!fit.needsSearch(.below) && fit.needsSearch(.atMost))
    #expect(
      AnchorMessages.analysis(fit)
        == "0.98 anchors/target, 0.980 Best Possible Recall (BPR). "
        + "Anchors are a poor fit to dataset ⚠️, attempting to improve...")
    #expect(
      AnchorMessages.analysis(fit, rule: .below)
        == "anchors/target = 0.98, Best Possible Recall (BPR) = 0.9800")
    let good = try #require(AnchorFit(anchors: objects, objects: objects))
    #expect(
      AnchorMessages.analysis(good).hasSuffix("Current anchors are a good fit to dataset ✅"))
    #expect(
      AnchorMessages.outcome(isReplaced: true)
        == "Done ✅ (optional: update model *.yaml to use these anchors in the future)")
    #expect(
      AnchorMessages.outcome(isReplaced: false)
        == "Done ⚠️ (original anchors better than new anchors, proceeding with original anchors)")
    #expect(AnchorFit(anchors: objects, objects: []) == nil)
  }

  @Test(arguments: UInt64(0)..<20)
  func theBestAnchorIsTheOneOfTheGreatestRatio(_ seed: UInt64) throws {
    let objects = Self.objects(40, seed: seed)
    let anchors = Self.objects(6, seed: seed + 500)
    let matches = AnchorMatch.best(anchors: anchors, objects: objects)
    try #require(matches.count == objects.count)
    for (match, object) in zip(matches, objects) {
      let ratios = anchors.map { anchor in
        let sides = [
          Float(object.width) / Float(anchor.width), Float(object.height) / Float(anchor.height),
        ]
        return sides.map { min($0, 1 / $0) }.min() ?? 0
      }
      #expect(match.ratio == ratios.max() && ratios[match.anchor] == match.ratio)
    }
    #expect(AnchorMatch.best(anchors: [], objects: objects).isEmpty)
  }

  @Test func progressTellsTheFitnessOfEveryGeneration() throws {
    let objects = Self.objects(100, seed: 8)
    var seen: [Double] = []
    let found = try AnchorSearch(generations: 50).anchors(for: objects, seed: 4) { seen.append($0) }
    #expect(seen.count == 50 && seen == seen.sorted())
    let used = try AnchorSearch().usable(objects)
    let last = AnchorEvolution(anchors: found.anchors, objects: used).fitness
    #expect(Tolerance.reorderedDoubles.accepts(try #require(seen.last), last))
  }

  @Test func searchRepeatsAndImproves() throws {
    let objects = Self.objects(300, seed: 3)
    let search = AnchorSearch(generations: 200)
    var (first, second) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1))
    let found = try search.anchors(for: objects, using: &first)
    #expect(found == (try search.anchors(for: objects, using: &second)))
    #expect(found.startIsClustered && found.anchors.count == 9)
    let used = try search.usable(objects)
    let before = AnchorEvolution(anchors: found.start, objects: used).fitness
    #expect(AnchorEvolution(anchors: found.anchors, objects: used).fitness > before)
    #expect(found.anchors.allSatisfy { $0.width >= 2 && $0.height >= 2 })
    let areas = found.anchors.map(\.area)
    #expect(areas == areas.sorted())
    let tiny = objects.filter { $0.width < 3 || $0.height < 3 }.count
    #expect(found.tinyCount == tiny)
  }

  @Test func clustersOfSeparateHeapsAreTheirMeans() throws {
    let heaps = [(10.0, 10.0), (100.0, 20.0), (30.0, 200.0)]
    let objects = heaps.flatMap { width, height in
      [-1.0, 0, 1].map { BoxSize(width: width + $0, height: height - $0) }
    }
    let found = try #require(AnchorSearch(count: 3).clusters(of: objects, starts: [[0, 3, 6]]))
    for (centre, heap) in zip(found, heaps) {
      #expect(Tolerance.reorderedDoubles.accepts(centre.width, heap.0))
      #expect(Tolerance.reorderedDoubles.accepts(centre.height, heap.1))
    }
  }

  @Test func tooFewOrEqualObjectsStartAtRandom() throws {
    var generator = SeededGenerator(seed: 5)
    for objects in [
      Self.objects(4, seed: 2), Array(repeating: BoxSize(width: 9, height: 9), count: 20),
    ] {
      let found = try AnchorSearch(generations: 20).anchors(for: objects, using: &generator)
      #expect(!found.startIsClustered && found.anchors.count == 9)
    }
  }

  @Test func unusableObjectsAreRefused() {
    let search = AnchorSearch()
    let dots = Array(repeating: BoxSize(width: 1, height: 1.5), count: 3)
    #expect(throws: AnchorSearch.Failure.noObjects(of: 3)) { try search.usable(dots) }
    #expect(throws: AnchorSearch.Failure.noObjects(of: 0)) { try search.usable([]) }
    for size in [BoxSize(width: .infinity, height: 1), BoxSize(width: 5, height: -1)] {
      #expect(throws: AnchorSearch.Failure.size(size, object: 3)) {
        try search.usable(dots + [size])
      }
    }
    let broken = [BoxSize(width: 5, height: 5), BoxSize(width: .nan, height: 1)]
    #expect(throws: AnchorSearch.Failure.self) { try search.usable(broken) }
  }

  @Test func orderIsJudgedByLevels() {
    func levels(_ first: Double, _ second: Double) -> [AnchorLevel] {
      [
        AnchorLevel(stride: 8, anchors: [BoxSize(width: first, height: first)]),
        AnchorLevel(stride: 16, anchors: [BoxSize(width: second, height: second)]),
      ]
    }
    let order = AnchorOrder.levelsInPixels
    #expect(order.applied(to: levels(50, 5)) == levels(5, 50))
    #expect(order.applied(to: levels(5, 50)) == levels(5, 50))
    #expect(order.applied(to: levels(5, 5)) == levels(5, 5))
    // In cells the second level's anchor is the smaller one, though it is larger in pixels.
    #expect(order.applied(to: levels(5, 6)) == levels(5, 6))
    #expect(AnchorOrder.endsInGrid.applied(to: levels(5, 6)) == levels(3, 10))
    let empty = [AnchorLevel(stride: 8, anchors: []), AnchorLevel(stride: 16, anchors: [])]
    for order in AnchorOrder.allCases {
      #expect(order.applied(to: empty) == empty)
      #expect(order.applied(to: []).isEmpty)
    }
  }

  /// The anchors of the RK3588 report, whose 82.5 rounds to 83.
  @Test func roundingIsAwayFromZero() {
    let pixels = [
      4.34765625, 4.66015625, 6.8203125, 7.10546875, 10.828125, 10.546875, 17.375, 16.609375,
      28.0625, 27.28125, 38.1875, 39.40625, 55.75, 53.71875, 82.5, 78.6875, 124.9375, 120,
    ]
    let anchors = stride(from: 0, to: 18, by: 2).map {
      BoxSize(width: pixels[$0], height: pixels[$0 + 1])
    }
    let levels = [Array(anchors[0..<3]), Array(anchors[3..<6]), Array(anchors[6..<9])]
    #expect(
      AnchorMessages.initialisers(levels) == [
        "{4,5,7,7,11,11}", "{17,17,28,27,38,39}", "{56,54,83,79,125,120}",
      ])
    #expect(AnchorMessages.pixels(levels[0]) == "4,5, 7,7, 11,11")
    #expect(
      AnchorMessages.tinyObjects(764, of: 27545)
        == "WARNING ⚠ Extremely small objects found: 764 of 27545 labels are < 3 pixels in size")
    #expect(AnchorMessages.tinyObjects(0, of: 5) == nil)
  }
}
