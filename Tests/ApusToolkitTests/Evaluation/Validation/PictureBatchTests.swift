import ApusDatasets
import ApusTestSupport
import ApusToolkit
import Testing

/// Which pictures go through the network together, and in what rectangle.
@Suite struct PictureBatchTests {
  private static func pictures(_ sizes: [(width: Int, height: Int)]) -> [Dataset.Picture] {
    sizes.enumerated().map {
      Dataset.Picture(
        id: 100 + $0.offset, file: "\($0.offset).jpg", width: $0.element.width,
        height: $0.element.height)
    }
  }

  @Test func squaresKeepTheOrderAndTheLastMayBeSmall() {
    let pictures = Self.pictures([(100, 80), (80, 100), (64, 64), (10, 500), (500, 10)])
    let batches = PictureBatches(square: pictures, of: 2, inputSize: (320, 416)).batches
    #expect(batches.map(\.pictures) == [[0, 1], [2, 3], [4]])
    #expect(batches.allSatisfy { $0.height == 320 && $0.width == 416 })
    let all = PictureBatches(square: pictures, of: 8, inputSize: (320, 416)).batches
    #expect(all.map(\.pictures) == [[0, 1, 2, 3, 4]])
  }

  /// Ratios of height to width: 1.5, 0.75, 0.5, 1 and 2, in pairs 0.5, 0.75 | 1, 1.5 | 2.
  ///
  /// At 640 and 32 the first pair is ⌈0.75 · 20 + 0.5⌉ · 32 = 512 high and ⌈20.5⌉ · 32 = 672 wide. The second
  /// holds a square and an upright picture: its least ratio is not above 1, so it stays square. The last is
  /// 672 high and ⌈0.5 · 20 + 0.5⌉ · 32 = 352 wide.
  @Test func rectanglesFollowTheMostExtremeRatio() {
    let pictures = Self.pictures([(400, 600), (640, 480), (800, 400), (50, 50), (300, 600)])
    let batches = PictureBatches(rectangular: pictures, of: 2, side: 640, stride: 32).batches
    #expect(batches.map(\.pictures) == [[2, 1], [3, 0], [4]])
    #expect(batches.map(\.height) == [512, 672, 672])
    #expect(batches.map(\.width) == [672, 672, 352])
  }

  /// `batch_shapes` of `LoadImagesAndLabels` (YOLOv5 v7.0, `utils/dataloaders.py`) with `pad=0.5`, step by step:
  /// the order, and height and width for each batch.
  private static func upstream(
    _ sizes: [(width: Int, height: Int)], batch: Int, side: Int, stride: Int
  ) -> (order: [Int], shapes: [[Int]]) {
    let ratios = sizes.map { Double($0.height) / Double($0.width) }
    var order = Array(sizes.indices)
    // Insertion keeps equal ratios in their order.
    for place in order.indices {
      var at = place
      while at > 0, ratios[order[at]] < ratios[order[at - 1]] {
        order.swapAt(at, at - 1)
        at -= 1
      }
    }
    let sorted = order.map { ratios[$0] }
    let batchIndex = sizes.indices.map { $0 / batch }
    let count = (batchIndex.last ?? -1) + 1
    var shapes = Array(repeating: [1.0, 1.0], count: count)
    for index in 0..<count {
      let members = zip(sorted, batchIndex).filter { $0.1 == index }.map(\.0)
      let (least, most) = (members.min() ?? 1, members.max() ?? 1)
      if most < 1 {
        shapes[index] = [most, 1]
      } else if least > 1 {
        shapes[index] = [1, 1 / least]
      }
    }
    return (
      order,
      shapes.map { shape in
        shape.map { share in
          Int((share * Double(side) / Double(stride) + 0.5).rounded(.up)) * stride
        }
      }
    )
  }

  @Test(arguments: [1, 2, 5, 16], [1, 2, 3] as [UInt64])
  func rectanglesAreUpstreams(batch: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for (side, stride) in [(640, 32), (416, 32), (1280, 64), (320, 8)] {
      let sizes = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        (
          width: Int.random(in: 3...30, using: &generator) * 40,
          height: Int.random(in: 3...30, using: &generator) * 40
        )
      }
      let (order, shapes) = Self.upstream(sizes, batch: batch, side: side, stride: stride)
      let batches = PictureBatches(
        rectangular: Self.pictures(sizes), of: batch, side: side, stride: stride
      ).batches
      #expect(batches.flatMap(\.pictures) == order)
      #expect(batches.map { [$0.height, $0.width] } == shapes)
      #expect(batches.dropLast().allSatisfy { $0.pictures.count == batch })
    }
  }

  /// Every picture is scaled to the longest side and lies whole in its rectangle, of multiples of the stride.
  @Test func everyPictureFitsItsRectangle() {
    var generator = SeededGenerator(seed: 9)
    let sizes = (0..<300).map { _ in
      (
        width: Int.random(in: 1...4000, using: &generator),
        height: Int.random(in: 1...4000, using: &generator)
      )
    }
    let batches = PictureBatches(
      rectangular: Self.pictures(sizes), of: 7, side: 640, stride: 32
    ).batches
    #expect(Set(batches.flatMap(\.pictures)) == Set(sizes.indices))
    for batch in batches {
      #expect(batch.height % 32 == 0 && batch.width % 32 == 0)
      for index in batch.pictures {
        let size = sizes[index]
        let ratio = 640 / Double(max(size.width, size.height))
        #expect((Double(size.width) * ratio).rounded(.up) <= Double(batch.width))
        #expect((Double(size.height) * ratio).rounded(.up) <= Double(batch.height))
      }
    }
  }

  @Test func noPicturesAreNoBatches() {
    #expect(PictureBatches(square: [], of: 4, inputSize: (64, 64)).batches.isEmpty)
    #expect(PictureBatches(rectangular: [], of: 4, side: 64, stride: 32).batches.isEmpty)
  }
}
