/// How the splits of a data set differ in their classes.
public struct SplitComparison: Sendable, Hashable, Encodable {
  /// A split.
  public struct Split: Sendable, Hashable, Encodable {
    /// Its name.
    public let name: String
    /// Its pictures.
    public let pictures: Int
    /// Its objects, crowds left out.
    public let objects: Int
    /// Its objects by class, in the order of the data set.
    public let classCounts: [Int]
  }

  /// How the share of a class differs from that in the base.
  public struct Difference: Sendable, Hashable, Encodable {
    /// The split that is compared.
    public let split: String
    /// The name of the class.
    public let name: String
    /// The share of the class in the base.
    public let baseShare: Double
    /// The share of the class in the split.
    public let share: Double
    /// How many standard errors of a difference by chance that is, were objects drawn one by one.
    ///
    /// Objects come in pictures, so a few standard errors say little.
    public let errors: Double
    /// The objects of the class in the base.
    public let baseCount: Int
    /// The objects of the class in the split.
    public let count: Int
  }

  /// All splits, by name.
  public let splits: [Split]
  /// The split the others are compared with: the first whose name begins with "train", else the largest.
  public let base: String?
  /// For every other split the classes whose share differs most, at most 10 for each, largest first.
  ///
  /// VOC's `trainval` is compared with nothing, as it holds the others.
  public let differences: [Difference]
  /// For every other split half the sum of all differences of shares: 0 for equal, 1 for disjoint classes.
  public let distances: [String: Double]

  /// Compares the splits of a data set.
  init(_ dataset: Dataset) {
    let names = dataset.splitNames
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let classes = dataset.classIndices()
    let memberships = Dictionary(
      dataset.pictures.map { ($0.id, $0.splits.compactMap { places[$0] }) },
      uniquingKeysWith: { first, _ in first })
    var pictures = [Int](repeating: 0, count: names.count)
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: dataset.classes.count), count: names.count)
    for splits in memberships.values { for place in splits { pictures[place] += 1 } }
    for annotation in dataset.annotations where !annotation.isCrowd {
      guard let kind = classes[annotation.classID] else { continue }
      for place in memberships[annotation.pictureID] ?? [] { counts[place][kind] += 1 }
    }
    splits = names.enumerated().map { place, name in
      Split(
        name: name, pictures: pictures[place], objects: counts[place].reduce(0, +),
        classCounts: counts[place])
    }
    let compared = splits.filter { $0.name != "trainval" && $0.objects > 0 }
    let base =
      compared.first { $0.name.hasPrefix("train") } ?? compared.max { $0.objects < $1.objects }
    self.base = base?.name
    var differences: [Difference] = []
    var distances: [String: Double] = [:]
    for split in compared {
      guard let base, split.name != base.name else { continue }
      let all = dataset.classes.indices.map { kind in
        Difference(
          base, split, kind, name: dataset.classes[kind].name)
      }
      distances[split.name] = all.reduce(0) { $0 + abs($1.share - $1.baseShare) } / 2
      let ranked = all.enumerated().sorted { left, right in
        let (a, b) = (left.element.distance, right.element.distance)
        return a == b ? left.offset < right.offset : a > b
      }
      differences += ranked.prefix(10).map(\.element).filter { $0.distance > 0 }
    }
    self.differences = differences
    self.distances = distances
  }
}

extension SplitComparison.Difference {
  /// How far apart the shares are.
  public var distance: Double { abs(share - baseShare) }

  /// The difference of a class between two splits that have objects.
  fileprivate init(
    _ base: SplitComparison.Split, _ split: SplitComparison.Split, _ kind: Int, name: String
  ) {
    self.split = split.name
    self.name = name
    baseCount = base.classCounts[kind]
    count = split.classCounts[kind]
    let (many, few) = (Double(base.objects), Double(split.objects))
    baseShare = Double(baseCount) / many
    share = Double(count) / few
    let pooled = Double(baseCount + count) / (many + few)
    let error = (pooled * (1 - pooled) * (1 / many + 1 / few)).squareRoot()
    errors = error > 0 ? abs(share - baseShare) / error : 0
  }
}
