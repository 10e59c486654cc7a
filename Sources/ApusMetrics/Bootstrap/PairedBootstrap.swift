import Dispatch
import Synchronization

/// How sure the difference between result sets is, on pictures drawn again and again with replacement.
///
/// Every resample has as many pictures as the data set and is the same for all result sets (Efron and
/// Tibshirani, An Introduction to the Bootstrap, 1993). Detections are matched once: matching never
/// crosses pictures, so a resample only counts pictures differently. A resample's AP is that of COCO's
/// evaluation on a data set in which pictures are copied under identifiers of their own, a picture's
/// copies beside each other.
public struct PairedBootstrap: Sendable {
  /// The identifiers of the categories, ascending.
  public let categories: [Int]
  /// How many pictures there are.
  public let pictureCount: Int

  /// `[category]` of every result set.
  private var rankings: [[WeightedRanking]] = []
  /// Of every category: pictures and how many of its objects they have.
  private var objects: [[(picture: Int, count: Int)]] = []
  private var capacity = 0

  /// Matches the detections of every result set.
  ///
  /// - Throws: ``COCOError`` as ``COCOEvaluation`` does.
  public init(
    groundTruth: [COCOGroundTruth], results: [[COCODetection]], images: [Int], categories: [Int]
  ) throws(COCOError) {
    let images = Set(images).sorted()
    let categories = Set(categories).sorted()
    self.categories = categories
    pictureCount = images.count
    let grouped = try COCOEvaluation.group(groundTruth, images: images, categories: categories)
    for category in categories.indices {
      var counts: [Int: Int] = [:]
      for index in grouped.order[grouped.starts[category]..<grouped.starts[category + 1]]
      where !groundTruth[index].isIgnored(in: .all) {
        counts[grouped.images[index], default: 0] += 1
      }
      objects.append(counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
    for detections in results {
      let found = try COCOEvaluation.group(detections, images: images, categories: categories)
      let matched = Mutex([WeightedRanking?](repeating: nil, count: categories.count))
      DispatchQueue.concurrentPerform(iterations: categories.count) { category in
        let matching = COCOMatching(
          detections: detections,
          detectionOrder: found.order[found.starts[category]..<found.starts[category + 1]],
          detectionImages: found.images, objects: groundTruth,
          objectOrder: grouped.order[grouped.starts[category]..<grouped.starts[category + 1]],
          objectImages: grouped.images)
        let ranking = WeightedRanking(matching)
        matched.withLock { $0[category] = ranking }
      }
      rankings.append(matched.withLock { $0.compactMap(\.self) })
    }
    capacity = rankings.joined().map(\.hitCount).max() ?? 0
  }

  /// Draws pictures again and again.
  ///
  /// - Parameters:
  ///   - count: how many resamples; 1000 are enough for two digits of an interval's ends.
  ///   - seed: the same seed gives the same resamples.
  ///   - progress: is told how many resamples are done.
  public func resampled(
    count: Int = 1000, seed: UInt64 = 0, progress: (Int) -> Void = { _ in }
  ) -> BootstrapSamples {
    var samples = BootstrapSamples(
      observed: values(weights: [UInt32](repeating: 1, count: pictureCount)),
      categories: categories,
      pictures: (
        objects.map { $0.count { $0.count > 0 } },
        Set(objects.joined().filter { $0.count > 0 }.map(\.picture)).count
      ))
    var done = 0
    while done < count {
      let batch = min(32, count - done)
      let first = done
      let drawn = Mutex([[BootstrapSamples.Values]](repeating: [], count: batch))
      DispatchQueue.concurrentPerform(iterations: batch) { index in
        var draws = PictureDraws(count: pictureCount, seed: seed, resample: first + index)
        let values = values(weights: draws.weights())
        drawn.withLock { $0[index] = values }
      }
      samples.add(drawn.withLock { $0 })
      done += batch
      progress(done)
    }
    return samples
  }

  /// What every result set reaches with pictures counted as often as their weight says.
  ///
  /// - Parameter weights: by picture, in ascending order of identifiers.
  package func values(weights: [UInt32]) -> [BootstrapSamples.Values] {
    let needed = objects.map { pictures -> [UInt32]? in
      let count = pictures.reduce(0) { $0 + $1.count * Int(weights[$1.picture]) }
      return count > 0 ? WeightedRanking.needed(for: count) : nil
    }
    var notes = WeightedRanking.Notes(capacity: capacity)
    return rankings.map { classes in
      let pairs = zip(classes, needed).map { ranking, needed in
        needed.map { ranking.averagePrecision(weights: weights, needed: $0, notes: &notes) }
      }
      return BootstrapSamples.Values(classes: pairs)
    }
  }
}
