import ApusDatasets
import Testing

/// What advice says, and that it is silent where there is nothing to say.
@Suite struct AdviceTests {
  private static func advice(
    _ set: Dataset, _ topic: DatasetAdvice.Topic, input: DatasetStatistics.InputSize = .init()
  ) -> [DatasetAdvice] {
    DatasetStatistics(set, input: input).advice.filter { $0.topic == topic }
  }

  /// `count` boxes of one size in pictures of 1280 x 720, one to a picture, side by side.
  private static func uniform(
    _ side: Double, count: Int = 40, size: (Int, Int) = (1280, 720)
  ) -> Dataset {
    .made(
      classes: ["x"], sizes: Array(repeating: (size.0, size.1, ""), count: count),
      objects: (0..<count).map { ($0, 0, [100, 100, side, side]) })
  }

  @Test func inputSizeFollowsFromTheSmallestObjects() throws {
    // 12 px in the picture are 6 px at 640: 8 / 6 * 640 = 853, rounded up to 864.
    let found = try #require(Self.advice(Self.uniform(12), .inputSize).first)
    #expect(found.weight == .act && found.suggestion.contains("864"))
    #expect(found.numbers["p10"] == 6 && found.numbers["sizeForP10"] == 864)
    #expect(found.numbers["nativeSize"] == 1280)
    #expect(!found.suggestion.contains("not clearer"))
    // 4 px are 2: an input of 2560 is more than the pictures have.
    let tiny = try #require(Self.advice(Self.uniform(4), .inputSize).first)
    #expect(tiny.suggestion.contains("2560") && tiny.suggestion.contains("not clearer"))
    // 100 px are 50: half the input will do.
    let large = try #require(Self.advice(Self.uniform(100), .inputSize).first)
    #expect(
      large.weight == .note && large.suggestion.contains("320")
        && large.suggestion.contains("25.0 px"))
  }

  @Test func noSizeFollowsFromBoxesWithoutArea() throws {
    let found = try #require(Self.advice(Self.uniform(0), .inputSize).first)
    #expect(found.weight == .act && found.numbers["sizeForP5"] == nil)
    #expect(Self.advice(Self.uniform(0), .labels).first?.numbers["share"] == 1)
  }

  @Test func tilesAreAdvisedForSmallObjectsInLargePictures() throws {
    let found = try #require(
      Self.advice(Self.uniform(40, size: (3840, 2160)), .tiling).first)
    // (3840 - 640) / 512 = 6.25 and (2160 - 640) / 512 = 2.97, and one each.
    #expect(found.numbers["across"] == 8 && found.numbers["down"] == 4)
    #expect(Self.advice(Self.uniform(40), .tiling).isEmpty)
  }

  @Test func stridesFollowTheObjects() {
    let tiny = Self.advice(Self.uniform(12), .strides)
    #expect(tiny.contains { $0.suggestion.contains("P2") && $0.weight == .act })
    let large = Self.advice(Self.uniform(700), .strides)
    #expect(large.contains { $0.numbers["suitP2P3"] == 0 })
    #expect(
      Self.advice(Self.uniform(700), .strides, input: .init(height: 1280, width: 1280))
        .contains { $0.suggestion.contains("P6") })
    #expect(!Self.advice(Self.uniform(60), .strides).contains { $0.suggestion.contains("P2") })
  }

  @Test func shapeFollowsThePictures() throws {
    let wide = try #require(Self.advice(Self.uniform(100), .inputShape).first)
    // 640 * 9 / 16 = 360, rounded up to 384.
    #expect(wide.suggestion.contains("384x640"))
    #expect(abs((wide.numbers["saved"] ?? 0) - 0.4) < 1e-12)
    let high = try #require(
      Self.advice(Self.uniform(100, size: (720, 1280)), .inputShape).first)
    #expect(high.suggestion.contains("640x384"))
    #expect(Self.advice(Self.uniform(100, size: (500, 500)), .inputShape).isEmpty)
    #expect(
      Self.advice(Self.uniform(100), .inputShape, input: .init(height: 384, width: 640)).isEmpty)
  }

  @Test func peopleAndCarsDifferInScaleAndDensity() throws {
    var objects: [(Int, Int, [Double])] = []
    for picture in 0..<40 {
      objects.append((picture, 1, [100, 100, 400, 400]))
      for person in 0..<12 { objects.append((picture, 0, [Double(person) * 60, 600, 20, 45])) }
    }
    let set = Dataset.made(
      classes: ["person", "car"], sizes: Array(repeating: (1280, 720, ""), count: 40),
      objects: objects)
    let scale = try #require(Self.advice(set, .scale).first)
    #expect(scale.finding.contains("'person'") && scale.finding.contains("'car'"))
    // √(20 * 45) and 400, both halved.
    #expect(abs((scale.numbers["smallest"] ?? 0) - 15) < 1e-9)
    #expect(abs((scale.numbers["largest"] ?? 0) - 200) < 1e-9)
    let density = try #require(Self.advice(set, .density).first)
    #expect(density.numbers["densest"] == 12 && density.numbers["sparsest"] == 1)
    let balance = try #require(Self.advice(set, .balance).first { $0.numbers["ratio"] != nil })
    #expect(balance.numbers["ratio"] == 12)
  }

  @Test func crowdedObjectsAndBackgroundsAreNamed() throws {
    var set = Self.uniform(100)
    for index in 0..<20 {
      var twin = set.annotations[index]
      twin.id += 1000
      twin.box.x += 10
      set.annotations.append(twin)
    }
    let found = try #require(Self.advice(set, .crowding).first)
    // 40 of 60 overlap by 90 / 110.
    #expect(abs((found.numbers["above45"] ?? 0) - 40.0 / 60) < 1e-12)
    #expect(Self.advice(Self.uniform(100), .crowding).isEmpty)
    set.annotations.removeAll { $0.pictureID > 3 * 20 }
    #expect(Self.advice(set, .backgrounds).first?.weight == .consider)
  }

  @Test func splitsThatMissClassesAreNamed() throws {
    let sizes = (0..<60).map { (100, 100, $0 < 40 ? "train" : "val") }
    let set = Dataset.made(
      classes: ["a", "b", "c"], sizes: sizes,
      objects: (0..<60).map { ($0, $0 < 20 ? 0 : $0 < 40 ? 1 : 2, [10, 10, 50, 50]) })
    let found = Self.advice(set, .splits)
    #expect(found.first?.weight == .act)
    #expect(found.contains { $0.finding.contains("1 class of val has no object in train: c") })
    #expect(found.contains { $0.finding.contains("have none in val: a, b") })
    #expect(Self.advice(set, .balance).allSatisfy { $0.numbers["ratio"] == nil })
  }
}
