package import ApusDatasets

/// Which pictures go through the network together, and in an input of what size.
package struct PictureBatches {
  /// Pictures that go through the network together.
  package struct Batch: Hashable {
    /// Positions of the pictures in the data set.
    package var pictures: [Int]
    /// Height and width of the input.
    package var height: Int
    /// See ``height``.
    package var width: Int
  }

  /// The batches, in the order in which they run.
  package let batches: [Batch]

  /// Groups in the order of the data set, all with one input.
  package init(
    square pictures: [Dataset.Picture], of count: Int, inputSize: (height: Int, width: Int)
  ) {
    batches = stride(from: 0, to: pictures.count, by: count).map { start in
      Batch(
        pictures: Array(start..<min(start + count, pictures.count)), height: inputSize.height,
        width: inputSize.width)
    }
  }

  /// Groups of pictures of like shape, each with the rectangle that holds them: `rect` in YOLOv5's data
  /// loader (v7.0, `utils/dataloaders.py`), which sorts by height over width.
  ///
  /// A side of the rectangle is `⌈share · side / stride + 0.5⌉ · stride`, where the shares are 1 and the most
  /// extreme ratio of the group if that lies on one side of the square.
  package init(
    rectangular pictures: [Dataset.Picture], of count: Int, side: Int, stride multiple: Int
  ) {
    func ratio(_ index: Int) -> Double {
      Double(pictures[index].height) / Double(pictures[index].width)
    }
    let order = pictures.indices.sorted { (ratio($0), $0) < (ratio($1), $1) }
    batches = stride(from: 0, to: order.count, by: count).map { start in
      let group = Array(order[start..<min(start + count, order.count)])
      let (least, most) = (ratio(group[0]), ratio(group[group.count - 1]))
      let shares = most < 1 ? (most, 1) : least > 1 ? (1, 1 / least) : (1, 1)
      func sized(_ share: Double) -> Int {
        let steps = (share * Double(side) / Double(multiple) + 0.5).rounded(.up)
        return Int(steps) * multiple
      }
      return Batch(pictures: group, height: sized(shares.0), width: sized(shares.1))
    }
  }
}
