package import ApusGraph
package import ApusTensor

/// Samples `X` `[N, C, spatial…]` at the places a grid `[N, output…, axes]` names, from -1 to 1 along each axis.
///
/// The grid's last axis counts from the innermost axis of X. Since opset 16; opset 20 renames the modes and
/// allows more than two spatial axes.
package struct GridSample: Operator {
  package static let kind = OperatorKind("GridSample")

  /// What is read outside of X.
  package enum Padding: String, Hashable, Sendable {
    case zeros, border, reflection
  }

  /// How a number is found between elements.
  package var mode: Resize.Mode
  /// What is read outside of X.
  package var padding: Padding
  /// Whether -1 and 1 are the centres of the outermost elements, not their outer edges.
  package var alignsCorners: Bool

  /// A sampling of the given kind.
  package init(
    mode: Resize.Mode = .linear, padding: Padding = .zeros, alignsCorners: Bool = false
  ) {
    self.mode = mode
    self.padding = padding
    self.alignsCorners = alignsCorners
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    let name = try record.string("mode", default: "linear")
    let newer = ["bilinear": "linear", "bicubic": "cubic"][name] ?? name
    let paddingName = try record.string("padding_mode", default: "zeros")
    guard let mode = Resize.Mode(rawValue: newer), let padding = Padding(rawValue: paddingName)
    else {
      throw OperatorError(
        "attribute 'mode' must be linear, nearest or cubic and 'padding_mode' zeros, border or "
          + "reflection, but they are '\(name)' and '\(paddingName)'")
    }
    self.init(
      mode: mode, padding: padding,
      alignsCorners: try record.int("align_corners", default: 0) != 0)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 16)
    let isOld = record.opset < 20 && mode != .nearest
    record.set("mode", isOld ? "bi\(mode.rawValue)" : mode.rawValue)
    if padding != .zeros { record.set("padding_mode", padding.rawValue) }
    if alignsCorners { record.set("align_corners", true) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    guard let shape = x.shape, let grid = try context.input(1).shape else {
      return [Fact(x.dtype, nil)]
    }
    return [Fact(x.dtype, try output(shape, grid))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let grid = try inputs.required(1)
    let shape = try OutputSize.shape(output(x.shape.facts, grid.shape.facts))
    var output = [Double](repeating: 0, count: shape.count)
    guard !output.isEmpty, x.count > 0 else {
      return [Tensor(doubles: output, dtype: x.dtype, shape: shape)]
    }
    let elements = x.doubles
    let places = grid.doubles
    let sizes = Array(x.shape.dimensions.dropFirst(2))
    let channels = x.shape[1]
    let plane = Sizes.product(sizes)
    let points = shape.count / shape[0] / channels
    for image in 0..<shape[0] {
      for point in 0..<points {
        let start = (image * points + point) * sizes.count
        let taps = taps(at: places[start..<start + sizes.count].reversed(), sizes)
        for channel in 0..<channels {
          let first = (image * channels + channel) * plane
          output[(image * channels + channel) * points + point] =
            taps.reduce(0) { $0 + $1.weight * elements[first + $1.place] }
        }
      }
    }
    return [Tensor(doubles: output, dtype: x.dtype, shape: shape)]
  }
}

extension GridSample {
  private func output(
    _ x: [Dimension], _ grid: [Dimension]
  ) throws(OperatorError) -> [Dimension] {
    try Sizes.requireRank(x, "X", atLeast: 3)
    guard grid.count == x.count, !grid[0].contradicts(x[0]),
      !grid[grid.count - 1].contradicts(.fixed(x.count - 2))
    else {
      throw OperatorError(
        "'grid' must have shape [\(x[0]), output sizes, \(x.count - 2)] for 'X' of shape \(x), "
          + "but has \(grid)")
    }
    return Array(x.prefix(2)) + grid.dropFirst().dropLast()
  }

  /// The elements of a plane that a point is a weighted sum of.
  private func taps(at point: [Double], _ sizes: [Int]) -> [(place: Int, weight: Double)] {
    var taps = [(place: 0, weight: 1.0)]
    for (position, size) in zip(point, sizes) {
      let line = taps1D(at: position, size)
      taps = taps.flatMap { tap in
        line.map { (tap.place * size + $0.place, tap.weight * $0.weight) }
      }
    }
    return taps
  }

  private func taps1D(at position: Double, _ size: Int) -> [(place: Int, weight: Double)] {
    let count = Double(size)
    let limit = Double(OutputSize.maximum)
    let given = alignsCorners ? (position + 1) / 2 * (count - 1) : ((position + 1) * count - 1) / 2
    var x = given.isNaN ? 0 : max(-limit, min(limit, given))
    if mode == .nearest { x = x.rounded(.toNearestOrEven) }
    switch padding {
    case .zeros: break
    case .border: x = max(0, min(count - 1, x))
    case .reflection: x = reflected(x, size)
    }
    let base = Int(x.rounded(.down))
    let ratio = x - Double(base)
    let weights: [(offset: Int, weight: Double)]
    switch mode {
    case .nearest: weights = [(0, 1)]
    case .linear: weights = [(0, 1 - ratio), (1, ratio)]
    case .cubic: weights = (-1...2).map { ($0, Resize.cubic(Double($0) - ratio, a: -0.75)) }
    }
    return weights.compactMap { offset, weight in
      let place = base + offset
      switch padding {
      case .zeros: return place >= 0 && place < size ? (place, weight) : nil
      case .border: return (max(0, min(size - 1, place)), weight)
      case .reflection:
        let mirrored = Int(reflected(Double(place), size))
        return (max(0, min(size - 1, mirrored)), weight)
      }
    }
  }

  /// The coordinate mirrored at the outermost centres or edges until it lies between them.
  private func reflected(_ x: Double, _ size: Int) -> Double {
    let low = alignsCorners ? 0 : -0.5
    let high = alignsCorners ? Double(size - 1) : Double(size) - 0.5
    let range = high - low
    if x >= low && x <= high { return x }
    guard range > 0 else { return 0 }
    let distance = x < low ? low - x : x - high
    let turns = (distance / range).rounded(.down)
    let rest = distance - turns * range
    let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
    return (x < low) == isEven ? low + rest : high - rest
  }
}
