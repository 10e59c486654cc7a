/// Objects by COCO's bounds of size: areas of 32² and 96² pixels.
public struct SizeCounts: Sendable, Hashable, Encodable {
  /// Below 32².
  public var small = 0
  /// From 32² on, below 96².
  public var medium = 0
  /// From 96² on.
  public var large = 0

  /// All of them.
  public var total: Int { small + medium + large }

  /// The shares of small, medium and large; zeros where there are none.
  public var shares: [Double] {
    [small, medium, large].map { total > 0 ? Double($0) / Double(total) : 0 }
  }

  /// Counts areas.
  init(_ areas: some Sequence<Double>) {
    for area in areas {
      switch area {
      case ..<1024: small += 1
      case ..<9216: medium += 1
      default: large += 1
      }
    }
  }
}

/// How closely objects of one class stand together in their pictures.
public struct Crowding: Sendable, Hashable, Encodable {
  /// The mean, over objects, of the largest IoU with another object of the class in the picture.
  public let meanOverlap: Double
  /// The objects whose largest IoU exceeds 0.45, YOLOv5's bound of suppression when detecting.
  public let above45: Int
  /// The objects whose largest IoU exceeds 0.65, YOLOv7's bound when evaluating.
  public let above65: Int

  /// The crowding of largest overlaps.
  init(_ overlaps: [Double]) {
    meanOverlap = overlaps.isEmpty ? 0 : overlaps.reduce(0, +) / Double(overlaps.count)
    above45 = overlaps.count { $0 > 0.45 }
    above65 = overlaps.count { $0 > 0.65 }
  }
}

/// What is measured of objects: of one class or of all.
public struct ObjectStatistics: Sendable, Hashable, Encodable {
  /// The objects.
  public let count: Int
  /// The pictures that have at least one.
  public let pictures: Int
  /// Sizes in pixels of the picture, by the area of the outline where the data set states one.
  public let sizes: SizeCounts
  /// The same areas at the input.
  public let inputSizes: SizeCounts
  /// The square roots of the boxes' areas in pixels of the picture.
  public let originalSide: Distribution?
  /// The boxes' widths at the input, in pixels.
  public let width: Distribution?
  /// The boxes' heights at the input, in pixels.
  public let height: Distribution?
  /// The square roots of the boxes' areas at the input, in pixels.
  public let side: Distribution?
  /// Width divided by height, of the boxes that have both.
  public let ratio: Distribution?
  /// Objects in each picture that has at least one.
  public let perPicture: Density?
  /// How closely they stand.
  public let crowding: Crowding
  /// Objects with a side under 3 pixels at the input, which YOLOv5's check of anchors warns of.
  public let under3: Int
  /// Objects whose square root of area at the input is under one cell of the strides 4, 8, 16, 32 and 64.
  public let underCell: [Int]

  /// Measures some of the objects, given in the order of their pictures.
  init(
    _ measured: MeasuredObjects, _ indices: [Int], overlaps: [Double],
    bins: DatasetStatistics.Bins
  ) {
    let objects = indices.map { measured.objects[$0] }
    let sides = objects.map(\.side)
    var counts: [Int] = []
    var last = -1
    for object in objects {
      if object.picture != last {
        counts.append(0)
        last = object.picture
      }
      counts[counts.count - 1] += 1
    }
    count = objects.count
    pictures = counts.count
    sizes = SizeCounts(objects.lazy.map(\.area))
    inputSizes = SizeCounts(objects.lazy.map(\.inputArea))
    originalSide = Distribution(
      objects.map { ($0.box.width * $0.box.height).squareRoot() }, edges: bins.originalSide)
    width = Distribution(objects.map(\.width), edges: bins.size)
    height = Distribution(objects.map(\.height), edges: bins.size)
    side = Distribution(sides, edges: bins.size)
    ratio = Distribution(
      objects.compactMap {
        $0.box.width > 0 && $0.box.height > 0 ? $0.box.width / $0.box.height : nil
      }, edges: bins.ratio)
    perPicture = Density(counts)
    crowding = Crowding(indices.map { overlaps[$0] })
    under3 = objects.count { $0.width < 3 || $0.height < 3 }
    underCell = StrideLevel.strides.map { stride in sides.count { $0 < Double(stride) } }
  }
}

/// What is measured of a class.
public struct ClassStatistics: Sendable, Hashable, Encodable {
  /// The id annotations use.
  public let id: Int
  /// Its name.
  public let name: String
  /// Its annotations that stand for crowds.
  public let crowds: Int
  /// Its objects divided by those of all classes.
  public let share: Double
  /// Its objects.
  public let objects: ObjectStatistics
}
