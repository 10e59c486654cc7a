/// Items by category, within a category by picture, within a picture as they came.
///
/// Two counting sorts make it: time and memory grow with items, categories and pictures, not with
/// their product.
struct COCOGrouping: Sendable {
  /// The indices of the items in the order stated.
  let order: [Int]
  /// The position of every item's picture, by the item's own index; -1 for an item left out.
  let images: [Int]
  /// Where in `order` every category starts, and the end.
  let starts: [Int]

  /// Groups items whose positions of category and picture are given; -1 in either leaves one out.
  init(images: [Int], categories: [Int], imageCount: Int, categoryCount: Int) {
    let kept = images.indices.filter { images[$0] >= 0 && categories[$0] >= 0 }
    let byImage = Self.sorted(kept, by: images, count: imageCount).order
    (order, starts) = Self.sorted(byImage, by: categories, count: categoryCount)
    self.images = images
  }

  /// A stable counting sort of indices by their keys in `0..<count`.
  private static func sorted(
    _ indices: [Int], by keys: [Int], count: Int
  ) -> (order: [Int], starts: [Int]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for index in indices { starts[keys[index] + 1] += 1 }
    for key in 0..<count { starts[key + 1] += starts[key] }
    var next = starts
    var order = [Int](repeating: 0, count: indices.count)
    for index in indices {
      order[next[keys[index]]] = index
      next[keys[index]] += 1
    }
    return (order, starts)
  }
}

/// The positions of identifiers in an ascending list of them.
struct COCOPositions {
  private let positions: [Int: Int]
  private var last: (id: Int, position: Int) = (0, -1)

  /// The positions in a list without repetitions.
  init(_ ids: [Int]) {
    positions = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
    if let position = positions[0] { last = (0, position) }
  }

  /// The position of an identifier, or -1; neighbours in a file often share one.
  mutating func callAsFunction(_ id: Int) -> Int {
    if id != last.id { last = (id, positions[id] ?? -1) }
    return last.position
  }
}
