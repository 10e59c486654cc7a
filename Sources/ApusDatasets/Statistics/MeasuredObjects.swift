/// An object with what is measured of it.
struct MeasuredObject {
  /// The position of its class.
  let classIndex: Int
  /// The position of its picture.
  let picture: Int
  /// The box in pixels of the picture.
  let box: Dataset.PixelBox
  /// The width at the input.
  let width: Double
  /// The height at the input.
  let height: Double
  /// The area in pixels² of the picture: of the outline where the data set states it, else of the box.
  let area: Double
  /// The same at the input.
  let inputArea: Double
  /// The centre as fractions of the picture.
  let centre: (x: Double, y: Double)

  /// The square root of the box's area at the input.
  var side: Double { (width * height).squareRoot() }
}

/// The objects of a data set in the order of its pictures.
struct MeasuredObjects {
  /// The objects.
  private(set) var objects: [MeasuredObject] = []
  /// Where the objects of every picture are.
  private(set) var ranges: [Range<Int>] = []
  /// The crowds of every class.
  private(set) var crowds: [Int]
  /// The annotations of every picture, crowds too.
  private(set) var annotationCounts: [Int]

  /// Measures a data set.
  init(_ dataset: Dataset, _ input: DatasetStatistics.InputSize) {
    let classes = dataset.classIndices()
    let places = Dictionary(
      dataset.pictures.enumerated().map { ($0.element.id, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    crowds = [Int](repeating: 0, count: dataset.classes.count)
    annotationCounts = [Int](repeating: 0, count: dataset.pictures.count)
    var lists = [[MeasuredObject]](repeating: [], count: dataset.pictures.count)
    for annotation in dataset.annotations {
      guard let kind = classes[annotation.classID], let place = places[annotation.pictureID] else {
        continue
      }
      annotationCounts[place] += 1
      if annotation.isCrowd {
        crowds[kind] += 1
        continue
      }
      let picture = dataset.pictures[place]
      let (box, scale) = (
        annotation.box, input.scale(width: picture.width, height: picture.height)
      )
      let area = annotation.area ?? box.width * box.height
      lists[place].append(
        MeasuredObject(
          classIndex: kind, picture: place, box: box, width: box.width * scale,
          height: box.height * scale, area: area, inputArea: area * scale * scale,
          centre: (
            (box.x + box.width / 2) / Double(picture.width),
            (box.y + box.height / 2) / Double(picture.height)
          )))
    }
    objects.reserveCapacity(dataset.annotations.count)
    for list in lists {
      ranges.append(objects.count..<objects.count + list.count)
      objects += list
    }
  }

  /// The positions of the objects of every class.
  func indicesByClass() -> [[Int]] {
    var indices = [[Int]](repeating: [], count: crowds.count)
    for (index, object) in objects.enumerated() { indices[object.classIndex].append(index) }
    return indices
  }

  /// For every object the largest IoU with another object of its class in its picture; 0 without one.
  ///
  /// Objects are swept by their left edges, so that only those side by side are compared.
  func overlaps() -> [Double] {
    var best = [Double](repeating: 0, count: objects.count)
    for range in ranges where range.count > 1 {
      let order = range.sorted {
        let (a, b) = (objects[$0], objects[$1])
        return a.classIndex == b.classIndex ? a.box.x < b.box.x : a.classIndex < b.classIndex
      }
      for (place, first) in order.enumerated() {
        let one = objects[first]
        let right = one.box.x + one.box.width
        for second in order[(place + 1)...] {
          let other = objects[second]
          guard other.classIndex == one.classIndex, other.box.x <= right else { break }
          let overlap = one.box.overlap(with: other.box)
          if overlap > best[first] { best[first] = overlap }
          if overlap > best[second] { best[second] = overlap }
        }
      }
    }
    return best
  }

  /// Counts by height (rows) and width (columns) at the input.
  func sizeGrid(_ edges: [Double]) -> [[Int]] {
    var grid = [[Int]](
      repeating: [Int](repeating: 0, count: edges.count + 1), count: edges.count + 1)
    for object in objects {
      let row = Distribution.bin(of: object.height, edges: edges)
      grid[row][Distribution.bin(of: object.width, edges: edges)] += 1
    }
    return grid
  }

  /// Counts by the centre's place in its picture.
  func centreGrid(side: Int) -> [[Int]] {
    var grid = [[Int]](repeating: [Int](repeating: 0, count: side), count: side)
    func cell(_ share: Double) -> Int { Int(min(max(share, 0) * Double(side), Double(side - 1))) }
    for object in objects { grid[cell(object.centre.y)][cell(object.centre.x)] += 1 }
    return grid
  }
}

extension Dataset.PixelBox {
  /// Intersection over union; 0 where the union has no area.
  func overlap(with other: Dataset.PixelBox) -> Double {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    guard across > 0, down > 0 else { return 0 }
    let shared = across * down
    let union = width * height + other.width * other.height - shared
    return union > 0 ? min(1, shared / union) : 0
  }
}
