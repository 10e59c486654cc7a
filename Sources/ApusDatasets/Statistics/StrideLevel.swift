/// A level of a detector's pyramid, and the objects that suit it.
///
/// An object suits the stride whose fourfold is nearest, as a ratio, to the square root of its area at the
/// input: RetinaNet's anchors have areas of (4 · stride)² (Lin et al., Focal Loss, 2017, section 4), and the
/// bounds that follow (45 and 91 pixels) are where YOLOv5's default anchors change levels.
public struct StrideLevel: Sendable, Hashable, Encodable {
  /// The strides of levels P2 to P6.
  static let strides = [4, 8, 16, 32, 64]

  /// The pixels of the input that one cell covers in either direction.
  public let stride: Int
  /// The objects that suit it.
  public let objects: Int
  /// The objects whose square root of area is under one cell.
  public let underCell: Int

  /// All levels, finest first; the first takes the smallest objects, the last the largest.
  static func all(of measured: MeasuredObjects) -> [StrideLevel] {
    var suited = [Int](repeating: 0, count: strides.count)
    var under = suited
    let bounds = strides.dropLast().map { 4 * Double($0) * 2.0.squareRoot() }
    for object in measured.objects {
      let side = object.side
      suited[Distribution.bin(of: side, edges: bounds)] += 1
      for (level, stride) in strides.enumerated() where side < Double(stride) { under[level] += 1 }
    }
    return strides.enumerated().map { level, stride in
      StrideLevel(stride: stride, objects: suited[level], underCell: under[level])
    }
  }
}
