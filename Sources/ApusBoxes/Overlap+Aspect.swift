import Foundation

extension Overlap {
  /// CIoU's difference of aspect ratios: `4/π² · (atan(w_b/h_b) − atan(w_a/h_a))²`.
  static func aspectTerm(
    _ a: (width: Float, height: Float), _ b: (width: Float, height: Float), again extra: Float
  ) -> Float {
    let angle = atan(b.width / (b.height + extra)) - atan(a.width / (a.height + extra))
    return Float(4 / (Double.pi * Double.pi)) * (angle * angle)
  }
}
