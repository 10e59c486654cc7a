internal import CApusKernels

/// Copies that compute nothing.
public enum Move {
  /// The largest number of dimensions of a strided copy.
  public static let maximumRank = Int(APUS_MOVE_MAX_RANK)

  /// A box of elements with the place of each in a source and in a destination.
  public struct Box: Hashable, Sendable {
    /// Size per dimension.
    public let shape: [Int64]
    /// Elements between neighbours of the source, per dimension; 0 repeats, negative runs backwards.
    public let sourceStrides: [Int64]
    /// Elements between neighbours of the destination, per dimension.
    public let destinationStrides: [Int64]
    /// The source element of the first corner.
    public let sourceOffset: Int
    /// The destination element of the first corner.
    public let destinationOffset: Int

    /// Makes a box; the three lists have the same length, at most `Move.maximumRank`.
    public init(
      shape: [Int], sourceStrides: [Int], sourceOffset: Int = 0, destinationStrides: [Int],
      destinationOffset: Int = 0
    ) {
      precondition(shape.count <= Move.maximumRank && shape.allSatisfy { $0 >= 0 })
      precondition(shape.count == sourceStrides.count && shape.count == destinationStrides.count)
      self.shape = shape.map(Int64.init)
      self.sourceStrides = sourceStrides.map(Int64.init)
      self.destinationStrides = destinationStrides.map(Int64.init)
      self.sourceOffset = sourceOffset
      self.destinationOffset = destinationOffset
    }

    /// The elements that a walk with these strides touches: the lowest and the highest.
    func extent(_ strides: [Int64], _ offset: Int) -> ClosedRange<Int> {
      var low = offset
      var high = offset
      for (size, stride) in zip(shape, strides) {
        let reach = Int((size - 1) * stride)
        if reach < 0 { low += reach } else { high += reach }
      }
      return low...high
    }
  }

  /// Copies a box from one region to another that does not overlap it.
  public static func copy(_ box: Box, _ source: FloatRegion, into destination: FloatRegion) {
    if box.shape.contains(0) { return }
    let read = box.extent(box.sourceStrides, box.sourceOffset)
    let written = box.extent(box.destinationStrides, box.destinationOffset)
    precondition(read.lowerBound >= 0 && read.upperBound < source.count)
    precondition(written.lowerBound >= 0 && written.upperBound < destination.count)
    unsafe apus_copy_strided_f32(
      Int64(box.shape.count), box.shape, source.base + box.sourceOffset, box.sourceStrides,
      destination.base + box.destinationOffset, box.destinationStrides)
  }

  /// Copies rows and columns by index: `destination[y][x] = source[rows[y]][columns[x]]`.
  ///
  /// Every index must lie inside the plane, which `width` floats wide rows make up.
  public static func gather(
    _ source: FloatRegion, width: Int, rows: [Int32], columns: [Int32],
    into destination: FloatRegion
  ) {
    precondition(destination.count == rows.count * columns.count && width > 0)
    precondition(columns.allSatisfy { $0 >= 0 && $0 < width })
    precondition(rows.allSatisfy { $0 >= 0 && (Int($0) + 1) * width <= source.count })
    unsafe apus_gather_plane_f32(
      source.base, Int64(width), rows, columns, Int64(rows.count), Int64(columns.count),
      destination.base)
  }
}
