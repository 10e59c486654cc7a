/// What is in a data set, in numbers, and what these say about a network for it.
///
/// Objects are all annotations that do not stand for a crowd; those of unknown pictures or classes are
/// passed over. Sizes at the input are those after letterboxing: a picture is scaled, up or down, by the
/// largest factor that fits it into the network's input.
public struct DatasetStatistics: Sendable, Hashable, Encodable {
  /// The input of a network, in pixels.
  public struct InputSize: Sendable, Hashable, Encodable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int

    /// A size; sides are at least 1.
    public init(height: Int = 640, width: Int = 640) {
      self.height = max(1, height)
      self.width = max(1, width)
    }

    /// By how much a picture is scaled to fit.
    func scale(width: Int, height: Int) -> Double {
      min(Double(self.width) / Double(width), Double(self.height) / Double(height))
    }
  }

  /// The edges of the bins of every histogram, ascending.
  ///
  /// A histogram has one count more than edges: what lies below the first edge, between each two (the lower
  /// belongs to the bin), and from the last edge on.
  public struct Bins: Sendable, Hashable, Encodable {
    /// Of widths, heights and square roots of areas at the input, in pixels: two bins an octave.
    public let size = (0...22).map { Self.power(2, $0, 2) }
    /// Of square roots of areas in pixels of the picture: four bins from 32 to 96, COCO's bounds.
    public let originalSide = (-12...12).map { 32 * Self.power(3, $0, 4) }
    /// Of widths divided by heights: four bins an octave.
    public let ratio = (-12...12).map { Self.power(2, $0, 4) }
  }

  /// The split the numbers are of; nil for all pictures.
  public let split: String?
  /// The input that sizes refer to.
  public let input: InputSize
  /// The pictures.
  public let pictures: PictureStatistics
  /// The annotations that stand for crowds, which are counted here only.
  public let crowds: Int
  /// The bins of all histograms.
  public let bins: Bins
  /// The objects of all classes.
  public let objects: ObjectStatistics
  /// The classes in the order of the data set.
  public let classes: [ClassStatistics]
  /// How many objects have which width (columns) and height (rows) at the input, in bins of `bins.size`.
  public let sizeGrid: [[Int]]
  /// How many objects have their centre where: 32 rows of 32 columns that divide every picture.
  ///
  /// A centre outside of its picture counts at the border.
  public let centreGrid: [[Int]]
  /// How many objects suit which stride.
  public let levels: [StrideLevel]
  /// How evenly objects are spread over classes.
  public let balance: ClassBalance
  /// The pairs of classes that most often stand in one picture, at most 30.
  public let pairs: [ClassPair]
  /// How the data set's splits differ, whichever split the numbers are of.
  public let splits: SplitComparison
  /// What the numbers say, most important first.
  public private(set) var advice: [DatasetAdvice]

  /// The statistics of a data set.
  ///
  /// - Parameters:
  ///   - split: Only the pictures of this split, such as "train"; nil for all.
  ///   - input: The network's input.
  public init(_ dataset: Dataset, split: String? = nil, input: InputSize = InputSize()) {
    let bins = Bins()
    let part = dataset.part(split)
    let measured = MeasuredObjects(part, input)
    let neighbours = measured.overlaps()
    let byClass = measured.indicesByClass()
    self.split = split
    self.input = input
    self.bins = bins
    pictures = PictureStatistics(part, measured, input)
    crowds = measured.crowds.reduce(0, +)
    objects = ObjectStatistics(
      measured, Array(measured.objects.indices), overlaps: neighbours, bins: bins)
    let total = Double(max(1, measured.objects.count))
    classes = part.classes.enumerated().map { index, kind in
      ClassStatistics(
        id: kind.id, name: kind.name, crowds: measured.crowds[index],
        share: Double(byClass[index].count) / total,
        objects: ObjectStatistics(measured, byClass[index], overlaps: neighbours, bins: bins))
    }
    sizeGrid = measured.sizeGrid(bins.size)
    centreGrid = measured.centreGrid(side: 32)
    levels = StrideLevel.all(of: measured)
    balance = ClassBalance(classes.map(\.objects.count))
    pairs = ClassPair.most(of: measured, classes: classes, atMost: 30)
    splits = SplitComparison(dataset)
    advice = []
    advice = DatasetAdvice.all(of: self)
  }
}

extension DatasetStatistics.Bins {
  /// `base` to the power of `step / parts`, exact where that is whole.
  private static func power(_ base: Double, _ step: Int, _ parts: Int) -> Double {
    var value = 1.0
    let whole = (Double(step) / Double(parts)).rounded(.down)
    for _ in 0..<Int(abs(whole)) { value = whole < 0 ? value / base : value * base }
    let rest = step - Int(whole) * parts
    let root = parts == 4 ? base.squareRoot().squareRoot() : base.squareRoot()
    for _ in 0..<rest { value *= root }
    return value
  }
}

extension Dataset {
  /// The names of all splits, in order.
  public var splitNames: [String] { Set(pictures.flatMap(\.splits)).sorted() }

  /// The pictures of a split with their annotations, and all classes; nil means the whole data set.
  public func part(_ split: String?) -> Dataset {
    guard let split else { return self }
    var part = self
    part.pictures.removeAll { !$0.splits.contains(split) }
    let ids = Set(part.pictures.map(\.id))
    part.annotations.removeAll { !ids.contains($0.pictureID) }
    return part
  }
}
