/// Piecewise linear functions, in the arithmetic of `numpy.interp`.
enum Interpolation {
  /// The values at ascending `points` of the line through `(xs[i], ys[i])`.
  ///
  /// - Parameters:
  ///   - points: Where the line is read, ascending.
  ///   - xs: Ascending and not empty; of equal ones the last counts, and those before it bound the
  ///     piece to its left.
  ///   - ys: As many values.
  ///   - left: The value before `xs[0]`, its own where nil. After the last it is the last one's.
  static func linear(at points: [Double], xs: [Double], ys: [Double], left: Double? = nil)
    -> [Double]
  {
    var piece = -1
    return points.map { x in
      while piece + 1 < xs.count, xs[piece + 1] <= x { piece += 1 }
      guard piece >= 0 else { return left ?? ys[0] }
      guard piece + 1 < xs.count, xs[piece] != x else { return ys[piece] }
      let slope = (ys[piece + 1] - ys[piece]) / (xs[piece + 1] - xs[piece])
      return slope * (x - xs[piece]) + ys[piece]
    }
  }

  /// `count` numbers from 0 to 1, as `numpy.linspace` spaces them.
  static func unitSteps(_ count: Int) -> [Double] {
    let step = 1 / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? 1 : Double($0) * step }
  }
}
