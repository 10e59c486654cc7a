import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

/// Every number beside the slow and obvious way to it.
@Suite struct StatisticsTwinTests {
  private static let seeds: [UInt64] = Array(0..<30)

  /// What one object of a class is, from the definitions.
  private struct Seen {
    let picture: Dataset.Picture
    let annotation: Dataset.Annotation
    let scale: Double
    var width: Double { annotation.box.width * scale }
    var height: Double { annotation.box.height * scale }
    var side: Double { (width * height).squareRoot() }
    var area: Double { annotation.area ?? annotation.box.width * annotation.box.height }
  }

  private static let input = DatasetStatistics.InputSize(height: 384, width: 640)

  private static func seen(_ set: Dataset) -> [Seen] {
    set.annotations.filter { !$0.isCrowd }.compactMap { annotation in
      set.pictures.first { $0.id == annotation.pictureID }.map { picture in
        Seen(
          picture: picture, annotation: annotation,
          scale: min(640 / Double(picture.width), 384 / Double(picture.height)))
      }
    }
  }

  /// The quantile by its definition: linear between the values around place `share * (n - 1)`.
  private static func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    let place = share * Double(sorted.count - 1)
    let low = sorted[Int(place.rounded(.down))]
    let high = sorted[Int(place.rounded(.up))]
    return low + (high - low) * (place - place.rounded(.down))
  }

  private static func expect(
    _ found: Distribution?, _ values: [Double], _ edges: [Double], _ what: String
  ) {
    guard !values.isEmpty else {
      #expect(found == nil, "\(what)")
      return
    }
    guard let found else {
      Issue.record("\(what): nothing")
      return
    }
    for (share, value) in [
      (0.05, found.p5), (0.1, found.p10), (0.25, found.p25), (0.5, found.p50), (0.75, found.p75),
      (0.9, found.p90), (0.95, found.p95), (0, found.least), (1, found.greatest),
    ] {
      #expect(abs(quantile(values, share) - value) <= 1e-9 * max(1, value), "\(what) \(share)")
    }
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - found.mean) <= 1e-9 * max(1, mean), "\(what)")
    let borders = [-Double.infinity] + edges + [.infinity]
    let counts = (0..<borders.count - 1).map { bin in
      values.count { $0 >= borders[bin] && $0 < borders[bin + 1] }
    }
    #expect(counts == found.counts, "\(what)")
  }

  private static func expect(_ found: ObjectStatistics, _ seen: [Seen], _ all: [Seen]) {
    let bins = DatasetStatistics(Dataset()).bins
    #expect(found.count == seen.count)
    let pictures = Dictionary(grouping: seen, by: \.picture.id).mapValues(\.count)
    #expect(found.pictures == pictures.count)
    #expect(found.sizes.small == seen.count { $0.area < 32 * 32 })
    #expect(found.sizes.large == seen.count { $0.area >= 96 * 96 })
    #expect(found.sizes.total == seen.count)
    let areas = seen.map { $0.area * $0.scale * $0.scale }
    #expect(found.inputSizes.small == areas.count { $0 < 32 * 32 })
    #expect(found.inputSizes.large == areas.count { $0 >= 96 * 96 })
    #expect(found.inputSizes.total == seen.count)
    expect(found.width, seen.map(\.width), bins.size, "width")
    expect(found.height, seen.map(\.height), bins.size, "height")
    expect(found.side, seen.map(\.side), bins.size, "side")
    expect(
      found.originalSide,
      seen.map { ($0.annotation.box.width * $0.annotation.box.height).squareRoot() },
      bins.originalSide, "original side")
    expect(
      found.ratio,
      seen.map(\.annotation.box).filter { $0.width > 0 && $0.height > 0 }
        .map { $0.width / $0.height }, bins.ratio, "ratio")
    #expect(found.under3 == seen.count { $0.width < 3 || $0.height < 3 })
    #expect(
      found.underCell == [4, 8, 16, 32, 64].map { stride in seen.count { $0.side < stride } })
    let counts = pictures.values.map(Double.init)
    if counts.isEmpty {
      #expect(found.perPicture == nil)
    } else {
      #expect(found.perPicture?.most == Int(counts.max() ?? 0))
      #expect(abs((found.perPicture?.p95 ?? 0) - quantile(counts, 0.95)) < 1e-9)
    }
    let overlaps = seen.map { one in
      all.filter {
        $0.annotation.id != one.annotation.id && $0.picture.id == one.picture.id
          && $0.annotation.classID == one.annotation.classID
      }.map { Self.overlap(one.annotation.box, $0.annotation.box) }.max() ?? 0
    }
    let mean = overlaps.isEmpty ? 0 : overlaps.reduce(0, +) / Double(overlaps.count)
    #expect(abs(found.crowding.meanOverlap - mean) < 1e-9)
    #expect(found.crowding.above45 == overlaps.count { $0 > 0.45 })
    #expect(found.crowding.above65 == overlaps.count { $0 > 0.65 })
  }

  private static func overlap(_ a: Dataset.PixelBox, _ b: Dataset.PixelBox) -> Double {
    let across = max(0, min(a.x + a.width, b.x + b.width) - max(a.x, b.x))
    let down = max(0, min(a.y + a.height, b.y + b.height) - max(a.y, b.y))
    let union = a.width * a.height + b.width * b.height - across * down
    return union > 0 ? min(1, across * down / union) : 0
  }

  @Test(arguments: seeds) func objectsAndClasses(_ seed: UInt64) {
    let set = Dataset.scattered(seed)
    let found = DatasetStatistics(set, input: Self.input)
    let all = Self.seen(set)
    Self.expect(found.objects, all, all)
    for (kind, measured) in zip(set.classes, found.classes) {
      #expect(kind.id == measured.id && kind.name == measured.name)
      Self.expect(measured.objects, all.filter { $0.annotation.classID == kind.id }, all)
      #expect(
        measured.crowds == set.annotations.count { $0.isCrowd && $0.classID == kind.id })
      let share = all.isEmpty ? 0 : Double(measured.objects.count) / Double(all.count)
      #expect(abs(measured.share - share) < 1e-12)
    }
    #expect(found.crowds == set.annotations.count { $0.isCrowd })
  }

  @Test(arguments: seeds) func gridsLevelsAndPictures(_ seed: UInt64) {
    let set = Dataset.scattered(seed)
    let found = DatasetStatistics(set, input: Self.input)
    let all = Self.seen(set)
    let borders = [-Double.infinity] + found.bins.size + [.infinity]
    for row in 0..<borders.count - 1 {
      for column in 0..<borders.count - 1 {
        let count = all.count {
          $0.height >= borders[row] && $0.height < borders[row + 1]
            && $0.width >= borders[column] && $0.width < borders[column + 1]
        }
        #expect(found.sizeGrid[row][column] == count)
      }
    }
    var centres = [[Int]](repeating: [Int](repeating: 0, count: 32), count: 32)
    for one in all {
      let box = one.annotation.box
      let x = (box.x + box.width / 2) / Double(one.picture.width) * 32
      let y = (box.y + box.height / 2) / Double(one.picture.height) * 32
      centres[max(0, min(31, Int(y.rounded(.down))))][max(0, min(31, Int(x.rounded(.down))))] += 1
    }
    #expect(found.centreGrid == centres)
    // The stride whose fourfold is nearest as a ratio; of two equally near ones the coarser.
    let strides = [4.0, 8, 16, 32, 64]
    for (level, stride) in zip(found.levels, strides) {
      let suited = all.count { one in
        let nearest = strides.min { a, b in
          let (near, far) = (abs(log2(one.side / (4 * a))), abs(log2(one.side / (4 * b))))
          return near == far ? a < b : near < far
        }
        return one.side == 0 ? stride == 4 : nearest == stride
      }
      #expect(level.objects == suited && level.underCell == all.count { $0.side < stride })
    }
    #expect(found.pictures.count == set.pictures.count)
    let marked = Set(set.annotations.map(\.pictureID))
    #expect(found.pictures.backgrounds == set.pictures.count { !marked.contains($0.id) })
    #expect(found.pictures.objectCounts.reduce(0, +) == set.pictures.count)
    let numbers = set.pictures.map { picture in all.count { $0.picture.id == picture.id } }
    for (number, count) in found.pictures.objectCounts.enumerated() where number < 200 {
      #expect(count == numbers.count { $0 == number })
    }
    let filled = set.pictures.map { picture in
      let scale = min(640 / Double(picture.width), 384 / Double(picture.height))
      return Double(picture.width * picture.height) * scale * scale / (640 * 384)
    }
    let padding = 1 - filled.reduce(0, +) / Double(filled.count)
    #expect(abs(found.pictures.padding - padding) < 1e-9)
  }

  @Test(arguments: seeds) func balancePairsAndSplits(_ seed: UInt64) {
    let set = Dataset.scattered(seed)
    let found = DatasetStatistics(set, input: Self.input)
    let all = Self.seen(set)
    for (place, first) in set.classes.enumerated() {
      for second in set.classes.dropFirst(place + 1) {
        let both = set.pictures.count { picture in
          [first.id, second.id].allSatisfy { id in
            all.contains { $0.picture.id == picture.id && $0.annotation.classID == id }
          }
        }
        let pair = found.pairs.first { $0.first == first.name && $0.second == second.name }
        #expect((pair?.pictures ?? 0) == both)
      }
    }
    let shares = found.classes.map(\.share).filter { $0 > 0 }
    let effective = shares.isEmpty ? 0 : exp(-shares.map { $0 * log($0) }.reduce(0, +))
    #expect(abs(found.balance.effective - effective) < 1e-9)
    for split in found.splits.splits {
      let part = DatasetStatistics(set, split: split.name, input: Self.input)
      #expect(part.pictures.count == split.pictures && part.objects.count == split.objects)
      #expect(part.classes.map(\.objects.count) == split.classCounts)
      if let distance = found.splits.distances[split.name], let base = found.splits.base {
        let other = DatasetStatistics(set, split: base, input: Self.input)
        let sum = zip(part.classes, other.classes).map { abs($0.share - $1.share) }.reduce(0, +)
        #expect(abs(distance - sum / 2) < 1e-9)
      }
    }
  }
}
