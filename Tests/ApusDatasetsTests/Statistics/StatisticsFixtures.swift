import ApusDatasets
import ApusTestSupport

extension Dataset {
  /// A data set without files: pictures and objects given as numbers.
  ///
  /// - Parameters:
  ///   - sizes: Width, height and split of every picture.
  ///   - objects: Picture (from 0), class (from 0), x, y, width, height.
  static func made(
    classes: [String], sizes: [(Int, Int, String)], objects: [(Int, Int, [Double])]
  ) -> Dataset {
    Dataset(
      classes: classes.enumerated().map { Class(id: $0.offset * 2 + 5, name: $0.element) },
      pictures: sizes.enumerated().map { index, size in
        Picture(
          id: index * 3 + 1, file: "\(index).jpg", width: size.0, height: size.1,
          splits: size.2.isEmpty ? [] : [size.2])
      },
      annotations: objects.enumerated().map { index, object in
        Annotation(
          id: index + 1, pictureID: object.0 * 3 + 1, classID: object.1 * 2 + 5,
          box: PixelBox(
            x: object.2[0], y: object.2[1], width: object.2[2], height: object.2[3]))
      })
  }

  /// Pictures and boxes of many sizes, some crowds, some without area, some on top of each other.
  static func scattered(_ seed: UInt64) -> Dataset {
    var generator = SeededGenerator(seed: seed)
    let classCount = Int.random(in: 1...5, using: &generator)
    var sizes: [(Int, Int, String)] = []
    for _ in 0..<Int.random(in: 1...20, using: &generator) {
      sizes.append(
        (
          .random(in: 1...2000, using: &generator), .random(in: 1...1500, using: &generator),
          ["train", "val", ""].randomElement(using: &generator) ?? ""
        ))
    }
    var objects: [(Int, Int, [Double])] = []
    for _ in 0..<Int.random(in: 0...200, using: &generator) {
      let picture = Int.random(in: 0..<sizes.count, using: &generator)
      let (width, height) = (Double(sizes[picture].0), Double(sizes[picture].1))
      let whole = Bool.random(using: &generator)
      func side(_ limit: Double) -> Double {
        let value = limit * pow2(.random(in: -10...0, using: &generator))
        return whole ? value.rounded(.down) : value
      }
      objects.append(
        (
          picture, .random(in: 0..<classCount, using: &generator),
          [
            .random(in: -5...width, using: &generator),
            .random(in: -5...height, using: &generator), side(width), side(height),
          ]
        ))
      if let last = objects.last, Bool.random(using: &generator) {
        objects.append((last.0, last.1, [last.2[0] + 1, last.2[1], last.2[2], last.2[3]]))
      }
    }
    var set = made(
      classes: (0..<classCount).map { "c\($0)" }, sizes: sizes, objects: objects)
    for index in set.annotations.indices {
      set.annotations[index].isCrowd = Int.random(in: 0..<10, using: &generator) == 0
      if Bool.random(using: &generator) {
        set.annotations[index].area = .random(in: 0...20_000, using: &generator)
      }
    }
    set.annotations.shuffle(using: &generator)
    return set
  }

  private static func pow2(_ exponent: Int) -> Double {
    exponent < 0 ? 1 / Double(1 << -exponent) : Double(1 << exponent)
  }
}
