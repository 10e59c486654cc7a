import Foundation

/// How evenly objects are spread over classes.
public struct ClassBalance: Sendable, Hashable, Encodable {
  /// The classes that have objects.
  public let present: Int
  /// The objects of the largest class divided by those of the smallest that has any; nil without objects.
  public let ratio: Double?
  /// The number of equally large classes that would be as diverse: the exponential of the shares' entropy.
  ///
  /// It is Hill's number of order 1 (Hill, Diversity and Evenness, 1973); 0 without objects.
  public let effective: Double

  /// The balance of the numbers of objects.
  init(_ counts: [Int]) {
    let present = counts.filter { $0 > 0 }
    self.present = present.count
    let total = Double(present.reduce(0, +))
    ratio = present.max().flatMap { most in
      present.min().map { Double(most) / Double($0) }
    }
    let entropy = present.reduce(0.0) { sum, count in
      let share = Double(count) / total
      return sum - share * log(share)
    }
    effective = present.isEmpty ? 0 : exp(entropy)
  }
}

/// Two classes that stand in the same pictures.
public struct ClassPair: Sendable, Hashable, Encodable {
  /// The name of the class that comes first in the data set.
  public let first: String
  /// The name of the other.
  public let second: String
  /// The pictures with both.
  public let pictures: Int
  /// The pictures with both, divided by those expected if the classes did not depend on each other.
  public let lift: Double

  /// The most frequent pairs.
  static func most(
    of measured: MeasuredObjects, classes: [ClassStatistics], atMost limit: Int
  ) -> [ClassPair] {
    var counts: [Int: Int] = [:]
    for range in measured.ranges where range.count > 1 {
      let present = Set(measured.objects[range].map(\.classIndex)).sorted()
      for (place, first) in present.enumerated() {
        for second in present[(place + 1)...] {
          counts[first * classes.count + second, default: 0] += 1
        }
      }
    }
    let ranked = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    let total = Double(measured.ranges.count)
    return ranked.prefix(limit).map { key, count in
      let (first, second) = (classes[key / classes.count], classes[key % classes.count])
      let expected = Double(first.objects.pictures) * Double(second.objects.pictures) / total
      return ClassPair(
        first: first.name, second: second.name, pictures: count, lift: Double(count) / expected)
    }
  }
}
