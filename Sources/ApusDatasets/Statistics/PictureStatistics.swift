/// What is measured of pictures.
public struct PictureStatistics: Sendable, Hashable, Encodable {
  /// A size and the pictures that have it.
  public struct Size: Sendable, Hashable, Encodable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The pictures.
    public let count: Int
  }

  /// The pictures.
  public let count: Int
  /// Those without any annotation.
  public let backgrounds: Int
  /// How many different sizes there are.
  public let differentSizes: Int
  /// The most frequent sizes, at most 20.
  public let sizes: [Size]
  /// Columns.
  public let width: Distribution?
  /// Rows.
  public let height: Distribution?
  /// Columns divided by rows.
  public let ratio: Distribution?
  /// The factor pictures are scaled by to fit the input.
  public let scale: Distribution?
  /// The share of the input that is padding, on average.
  public let padding: Double
  /// How many pictures have 0, 1, 2, … objects; the last count is of pictures with 200 and more.
  public let objectCounts: [Int]
  /// Objects in each picture, backgrounds too.
  public let objects: Density?

  /// Measures the pictures of a data set.
  init(
    _ dataset: Dataset, _ measured: MeasuredObjects, _ input: DatasetStatistics.InputSize
  ) {
    let pictures = dataset.pictures
    count = pictures.count
    backgrounds = measured.annotationCounts.count { $0 == 0 }
    let sizes = Dictionary(
      pictures.map { ([$0.width, $0.height], 1) }, uniquingKeysWith: +)
    differentSizes = sizes.count
    let ranked = sizes.sorted {
      $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value > $1.value
    }
    self.sizes = ranked.prefix(20).map {
      Size(width: $0.key[0], height: $0.key[1], count: $0.value)
    }
    let edges: [Double] = [256, 512, 768, 1024, 1536, 2048, 3072, 4096]
    width = Distribution(pictures.map { Double($0.width) }, edges: edges)
    height = Distribution(pictures.map { Double($0.height) }, edges: edges)
    ratio = Distribution(
      pictures.map { Double($0.width) / Double($0.height) }, edges: DatasetStatistics.Bins().ratio)
    let scales = pictures.map { input.scale(width: $0.width, height: $0.height) }
    scale = Distribution(scales, edges: [0.25, 0.5, 1, 2, 4])
    let room = Double(input.width) * Double(input.height)
    let filled = zip(pictures, scales).map { picture, scale in
      Double(picture.width) * scale * Double(picture.height) * scale / room
    }
    padding = filled.isEmpty ? 0 : max(0, 1 - filled.reduce(0, +) / Double(filled.count))
    let counts = measured.ranges.map(\.count)
    var histogram = [Int](repeating: 0, count: min(200, counts.max() ?? 0) + 1)
    for count in counts { histogram[min(200, count)] += 1 }
    objectCounts = histogram
    objects = Density(counts)
  }
}
