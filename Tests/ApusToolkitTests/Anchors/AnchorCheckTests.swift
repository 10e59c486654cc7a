import ApusDatasets
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

@Suite("Anchors on data")
struct AnchorCheckTests {
  /// The report of a check, computed object by object in the plainest way.
  @Test(arguments: UInt64(0)..<10)
  func everyFigureIsThatOfThePlainCount(_ seed: UInt64) throws {
    let set = AnchorFixtures.dataset(seed: seed)
    let data = try AnchorData(set, path: "set")
    #expect(data.split == "train")
    let text = "5,9,12,10,20,33/40,40,61,30,45,90/100,120,200,140,300,310"
    let anchors = try ModelAnchors(text: text, strides: [8, 16, 32])
    var options = AnchorOptions()
    options.imageSize = 416
    options.ratioLimit = 3
    options.worstCount = 5
    let check = try AnchorCheck(anchors, data: data, options: options)

    let pictures = Dictionary(uniqueKeysWithValues: set.pictures.map { ($0.id, $0) })
    var ratios: [(classID: Int, values: [Float])] = []
    for object in set.annotations where !object.isCrowd {
      let picture = try #require(pictures[object.pictureID])
      guard picture.splits == ["train"] else { continue }
      // In upstream's order of operations, since ratios are compared to the bit.
      let longest = Double(max(picture.width, picture.height))
      let across = 416 * Double(picture.width) / longest
      let down = 416 * Double(picture.height) / longest
      let width = Double(Float(object.box.width / Double(picture.width))) * across
      let height = Double(Float(object.box.height / Double(picture.height))) * down
      ratios.append(
        (
          object.classID,
          anchors.all.map { anchor in
            let sides = [
              Float(width) / Float(anchor.width),
              Float(height) / Float(anchor.height),
            ]
            return sides.map { min($0, 1 / $0) }.min() ?? 0
          }
        ))
    }
    func expectFit(_ fit: AnchorCheck.Fit, _ rows: [[Float]]) {
      #expect(fit.objects == rows.count)
      let reached = rows.filter { $0.contains { $0 > Float(1.0 / 3) } }
      let fitting = rows.joined().filter { $0 > Float(1.0 / 3) }
      let best = reached.map { Double($0.max() ?? 0) }.reduce(0, +)
      #expect(Float(fit.bestPossibleRecall) == Float(reached.count) / Float(rows.count))
      #expect(Float(fit.anchorsPerTarget) == Float(fitting.count) / Float(rows.count))
      #expect(Tolerance.reorderedDoubles.accepts(fit.fitness, best / Double(rows.count)))
    }
    let all = ratios.map(\.values)
    expectFit(check.fit, all)
    for (place, level) in check.levels.enumerated() {
      expectFit(level.fit, all.map { Array($0[(3 * place)..<(3 * place + 3)]) })
      let own = all.filter { row in (row.firstIndex(of: row.max() ?? 0) ?? 0) / 3 == place }
      #expect(level.share == Double(own.count) / Double(all.count))
    }
    #expect(check.classes.map(\.name) == ["a", "b"])
    for (name, id) in [("a", 3), ("b", 9)] {
      let fit = try #require(check.classes.first { $0.name == name }?.fit)
      expectFit(fit, ratios.filter { $0.classID == id }.map(\.values))
    }
    let worst = all.map { Double($0.max() ?? 0) }.sorted().prefix(5)
    #expect(check.worst.count == 5)
    for (misfit, ratio) in zip(check.worst, worst) {
      #expect(misfit.ratio == ratio)
    }
    let levelShares = check.levels.reduce(0) { $0 + $1.share }
    #expect(Tolerance.reorderedDoubles.accepts(levelShares, 1))
  }

  /// The figures of `check_anchors` (ultralytics/yolov5 v7.0) without its random scales, computed with numpy by
  /// `Tools/conformance/anchors`: 1765 objects that are no crowds.
  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
  func theFitToRealObjectsIsUpstreams() throws {
    let path = Shared.file("data/coco_val2017_subset/instances_val2017_subset.json").path
    let data = try AnchorData(path: path)
    let anchors = try ModelAnchors(
      text: "10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326", strides: [8, 16, 32])
    let check = try AnchorCheck(anchors, data: data)
    #expect(check.fit.objects == 1765 && check.tinyCount == 4)
    #expect(Float(check.fit.bestPossibleRecall) == 0.9949008)
    #expect(Float(check.fit.anchorsPerTarget) == 4.573371)
    #expect(Tolerance.rounding.accepts(check.fit.fitness, 0.6983877276057224))
    #expect(
      check.messages == [
        "4.57 anchors/target, 0.995 Best Possible Recall (BPR). Current anchors are a good fit to dataset ✅",
        "WARNING ⚠ Extremely small objects found: 4 of 1765 labels are < 3 pixels in size",
      ])
    #expect(!check.needsSearch && check.isOrdered)
  }

  @Test func theFitIsSeededAndReplacesOnlyWhatIsWorse() throws {
    let data = try AnchorData(AnchorFixtures.dataset(seed: 5, largest: 0.2), path: "set")
    let model = try AnchorFixtures.model("2,2,2,3,3,2/4,4,4,5,5,4/600,600,610,610,620,620")
    var options = AnchorOptions()
    options.generations = 100
    options.seed = 7
    let first = try AnchorFitting(model, data: data, options: options)
    let second = try AnchorFitting(model, data: data, options: options)
    #expect(first.result == second.result && first.isReplaced)
    let before = try #require(first.before)
    #expect(before.fit.bestPossibleRecall < first.after.fit.bestPossibleRecall)
    #expect(first.messages.last == AnchorMessages.outcome(isReplaced: true))
    #expect(first.found.isOrdered && first.found.levels.map(\.stride) == [8, 16, 32])
    options.seed = 8
    #expect(try AnchorFitting(model, data: data, options: options).result != first.result)

    // The anchors found are the model's now: the same search finds none that reach more objects.
    options.seed = 7
    let fitted = try model.replacingAnchors(by: first.result)
    let again = try AnchorFitting(fitted, data: data, options: options)
    #expect(!again.isReplaced && again.result.levels == first.result.levels)
    #expect(again.messages.last == AnchorMessages.outcome(isReplaced: false))

    options.rule = .below
    let old = try AnchorFitting(model, data: data, options: options)
    #expect(old.messages[0].hasPrefix("anchors/target = "))
    #expect(old.messages.contains(AnchorMessages.outcome(isReplaced: true, rule: .below)))
  }

  @Test func jitterIsSeededAndLeavesTheSearchAlone() throws {
    let data = try AnchorData(AnchorFixtures.dataset(seed: 6), path: "set")
    let anchors = try ModelAnchors(text: "10,13/30,61/116,90", strides: [8, 16, 32])
    var options = AnchorOptions()
    let still = try AnchorCheck(anchors, data: data, options: options)
    options.isJittered = true
    let moved = try AnchorCheck(anchors, data: data, options: options)
    let again = try AnchorCheck(anchors, data: data, options: options)
    #expect(moved.fit.fitness == again.fit.fitness && moved.fit.fitness != still.fit.fitness)
    #expect(moved.tinyCount == still.tinyCount)
    options.generations = 5
    var calm = options
    calm.isJittered = false
    let found = try AnchorFitting(strides: [8, 16], count: 4, data: data, options: options)
    #expect(
      found.result
        == (try AnchorFitting(strides: [8, 16], count: 4, data: data, options: calm).result))
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    let set = AnchorFixtures.dataset(seed: 1)
    let data = try AnchorData(set, path: "set")
    let anchors = try ModelAnchors(text: "10,13/30,61/116,90", strides: [8, 16, 32])
    for ratio in [1, 0.5, 0, -4, .nan, .infinity] as [Double] {
      var options = AnchorOptions()
      options.ratioLimit = ratio
      let error = #expect(throws: ApusError.self) {
        try AnchorCheck(anchors, data: data, options: options)
      }
      #expect(error?.kind == .usage && error?.message.contains("above 1") == true)
    }
    for (strides, count) in [
      ([], 9), ([8, 16, 32], 10), ([16, 8], 4), ([8, 8], 4), ([0, 8], 4),
    ] {
      let error = #expect(throws: ApusError.self) {
        try AnchorFitting(strides: strides, count: count, data: data)
      }
      #expect(error?.kind == .usage)
    }
    var empty = set
    empty.annotations = []
    #expect(throws: ApusError.self) { try AnchorData(empty, path: "set") }
    #expect(throws: ApusError.self) { try AnchorData(set, path: "set", split: "test") }
    var broken = set
    broken.annotations[0].box.width = .nan
    #expect(throws: ApusError.self) { try AnchorData(broken, path: "set") }
    var dots = set
    for place in dots.annotations.indices { dots.annotations[place].box.width = 0.01 }
    for place in dots.annotations.indices { dots.annotations[place].box.height = 0.01 }
    let tiny = try AnchorData(dots, path: "dots")
    let error = #expect(throws: ApusError.self) {
      try AnchorFitting(strides: [8], count: 3, data: tiny)
    }
    #expect(error?.message.contains("2 pixels or more") == true)
  }
}
