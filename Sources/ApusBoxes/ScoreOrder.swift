/// The order in which detections compete: higher scores first, equal scores as they came.
enum ScoreOrder {
  /// The indices of the `limit` highest scores, best first; NaN must have been removed.
  ///
  /// Score and index are packed in one integer, so that a sort of integers is stable.
  static func descending(_ scores: [Float], limit: Int) -> [Int] {
    guard limit > 0 else { return [] }
    var keys: [UInt64] = []
    keys.reserveCapacity(scores.count)
    for (index, score) in scores.enumerated() {
      keys.append(UInt64(~ascendingBits(score)) << 32 | UInt64(UInt32(truncatingIfNeeded: index)))
    }
    keys.sort()
    return keys.prefix(limit).map { Int($0 & 0xffff_ffff) }
  }

  /// The bits of a number mapped so that unsigned order is numeric order; both zeros are one.
  private static func ascendingBits(_ value: Float) -> UInt32 {
    let bits = value == 0 ? 0 : value.bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }
}
