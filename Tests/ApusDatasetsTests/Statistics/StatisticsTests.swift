import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

/// Numbers worked out by hand, and what holds for data sets with next to nothing in them.
@Suite struct StatisticsTests {
  /// Two pictures that fill the input by different factors (1/2 and 1), and one without objects.
  private static let small = Dataset.made(
    classes: ["a", "b", "none"],
    sizes: [(1280, 960, "train"), (640, 640, "val"), (100, 100, "")],
    objects: [
      (0, 0, [0, 0, 64, 64]), (0, 0, [0, 0, 64, 32]), (0, 1, [1216, 896, 64, 64]),
      (1, 0, [320, 320, 10, 40]),
    ])

  @Test func numbersByHand() throws {
    let found = DatasetStatistics(Self.small)
    #expect(found.objects.count == 4 && found.pictures.backgrounds == 1 && found.crowds == 0)
    // Areas in the pictures: 4096, 2048, 4096, 400; at the input a quarter, a quarter, a quarter, 400.
    #expect(found.objects.sizes.small == 1 && found.objects.sizes.medium == 3)
    #expect(found.objects.inputSizes.small == 2 && found.objects.inputSizes.medium == 2)
    let a = found.classes[0].objects
    let width = try #require(a.width)
    // 10, 32, 32.
    #expect(width.least == 10 && width.p50 == 32 && width.greatest == 32)
    #expect(abs(width.p5 - 12.2) < 1e-12 && abs(width.p25 - 21) < 1e-12)
    #expect(a.perPicture?.most == 2 && a.perPicture?.mean == 1.5)
    // The second box is half of the first; b stands alone.
    #expect(abs(a.crowding.meanOverlap - (0.5 + 0.5 + 0) / 3) < 1e-12)
    #expect(a.crowding.above45 == 2 && a.crowding.above65 == 0)
    #expect(found.classes[1].objects.crowding.meanOverlap == 0)
    // √areas at the input: 32, 22.63, 32, 20: the bound of strides 4 and 8 is 22.627.
    #expect(found.levels.map(\.objects) == [1, 3, 0, 0, 0])
    #expect(found.levels.map(\.underCell) == [0, 0, 0, 2, 4])
    #expect(found.balance.present == 2 && found.balance.ratio == 3)
    #expect(abs(found.balance.effective - 1.7547653506033) < 1e-9)
    #expect(found.pairs.count == 1 && found.pairs[0].pictures == 1)
    // Of three pictures a is in two and b in one: 2/3 are expected to have both.
    #expect(abs(found.pairs[0].lift - 1.5) < 1e-12)
    #expect(found.centreGrid[0][0] == 1 && found.centreGrid[31][31] == 0)
    #expect(found.centreGrid[30][31] == 1)
    #expect(found.centreGrid[17][16] == 1)
    // 640 x 480 of 640 x 640, and two squares.
    #expect(abs(found.pictures.padding - 0.25 / 3) < 1e-12)
    #expect(found.pictures.objectCounts == [1, 1, 0, 1])
  }

  @Test func binsHaveTheBoundsOfTheirNames() {
    let bins = DatasetStatistics(Dataset()).bins
    for value in [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048] {
      #expect(bins.size.contains(value))
    }
    #expect(bins.originalSide.contains(32) && bins.originalSide.contains(96))
    for value in [0.125, 0.25, 0.5, 1, 2, 4, 8] { #expect(bins.ratio.contains(value)) }
    for edges in [bins.size, bins.originalSide, bins.ratio] {
      #expect(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test func splitsAreCompared() {
    let found = DatasetStatistics(Self.small, split: "val")
    #expect(found.pictures.count == 1 && found.objects.count == 1)
    #expect(found.splits.base == "train" && found.splits.distances["val"] != nil)
    // train has a at 2/3 and b at 1/3, val a alone.
    #expect(abs((found.splits.distances["val"] ?? 0) - 1.0 / 3) < 1e-12)
    #expect(found.splits.differences.map(\.name) == ["a", "b"])
  }

  @Test func aDataSetOfNothingHasNumbers() throws {
    for set in [
      Dataset(), Dataset(classes: [.init(id: 0, name: "x")]),
      Dataset.made(classes: ["x"], sizes: [(10, 10, "")], objects: []),
    ] {
      let found = DatasetStatistics(set)
      #expect(found.objects.count == 0 && found.objects.side == nil)
      #expect(found.balance.ratio == nil && found.balance.effective == 0)
      #expect(found.advice.map(\.topic) == [.labels] && found.advice[0].weight == .act)
      let json = try JSONEncoder().encode(found)
      #expect(!json.isEmpty)
    }
  }

  @Test func boxesWithoutAreaAndBeyondTheirPictureAreCounted() throws {
    let set = Dataset.made(
      classes: ["x"], sizes: [(10, 10, ""), (1, 1_000_000, "")],
      objects: [
        (0, 0, [-50, -50, 0, 0]), (0, 0, [500, 500, 0, 7]), (1, 0, [0, 0, 1, 1_000_000]),
        (1, 0, [0, 0, 1, 1_000_000]),
      ])
    let found = DatasetStatistics(set)
    #expect(found.objects.count == 4 && found.objects.ratio?.counts.reduce(0, +) == 2)
    #expect(found.centreGrid[0][0] == 1 && found.centreGrid[31][31] == 1)
    #expect(found.objects.crowding.above65 == 2)
    let json = try JSONEncoder().encode(found)
    #expect(!json.isEmpty)
  }

  @Test func annotationsOfUnknownPicturesAndClassesArePassedOver() {
    var set = Self.small
    set.annotations[0].pictureID = 999
    set.annotations[1].classID = 999
    #expect(DatasetStatistics(set).objects.count == 2)
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)")) func realSets() throws {
    let cells = DatasetStatistics(
      try Dataset(reading: Shared.file("data/bccd/BCCD")), split: "train")
    #expect(cells.pictures.count == 205)
    #expect(cells.splits.base == "train" && cells.splits.distances["trainval"] == nil)
    let red = try #require(cells.classes.first { $0.name == "RBC" })
    #expect(red.share > 0.8)
    #expect(cells.advice.contains { $0.topic == .inputShape && $0.suggestion.contains("480x640") })
    #expect(cells.advice.contains { $0.topic == .density })
  }

  @Test func aHundredThousandLabelsTakeWellUnderASecond() {
    var objects: [(Int, Int, [Double])] = []
    var generator = SeededGenerator(seed: 5)
    for index in 0..<100_000 {
      objects.append(
        (
          index / 10, index % 80,
          [
            .random(in: 0...600, using: &generator), .random(in: 0...400, using: &generator),
            .random(in: 1...200, using: &generator), .random(in: 1...200, using: &generator),
          ]
        ))
    }
    let set = Dataset.made(
      classes: (0..<80).map { "c\($0)" },
      sizes: Array(repeating: (640, 480, "train"), count: 10_000), objects: objects)
    let start = ContinuousClock.now
    let found = DatasetStatistics(set)
    #expect(found.objects.count == 100_000)
    // Half a second on an idle machine; anything quadratic takes minutes.
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
