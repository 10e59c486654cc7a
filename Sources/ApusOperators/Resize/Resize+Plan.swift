import ApusGraph
import ApusTensor

/// The resampling along one axis.
struct AxisResampling {
  /// Elements of the input.
  let input: Int
  /// Elements of the output.
  var output: Int
  /// Output size over input size; not exactly the quotient of the two integers where it was given.
  var scale: Double
  /// The part of the input that is read, as fractions of its size.
  var region: (start: Double, end: Double) = (0, 1)

  /// Whether the output is the input.
  var isIdentity: Bool { input == output && scale == 1 }
}

extension Resize {
  /// The axes `scales` and `sizes` speak of, counted from the front.
  func axesInUse(rank: Int) throws(OperatorError) -> [Int] {
    axes.isEmpty ? Array(0..<rank) : try Axes.resolved(axes, rank: rank)
  }

  /// The resampling along every axis.
  func plan(
    _ shape: Shape, scales: [Float]?, sizes: [Int]?
  ) throws(OperatorError) -> [AxisResampling] {
    var plan = shape.dimensions.map { AxisResampling(input: $0, output: $0, scale: 1) }
    let places = try axesInUse(rank: shape.rank)
    guard let count = sizes?.count ?? scales?.count, count == places.count else {
      throw OperatorError("'scales' or 'sizes' must have \(places.count) elements")
    }
    if let sizes {
      try stretch(&plan, places, sizes)
    } else if let scales {
      for (place, scale) in zip(places, scales) {
        let size = try Self.scaled(.fixed(shape[place]), by: scale)
        plan[place].output = size?.fixed ?? 0
        plan[place].scale = Double(scale)
      }
    }
    return plan
  }

  /// Takes over `roi`: starts, then ends.
  func setRegions(_ plan: inout [AxisResampling], _ roi: [Double]) throws(OperatorError) {
    let places = try axesInUse(rank: plan.count)
    guard roi.count == 2 * places.count else {
      throw OperatorError(
        "'roi' must have \(2 * places.count) elements for tf_crop_and_resize, but has \(roi.count)")
    }
    for (index, place) in places.enumerated() {
      plan[place].region = (roi[index], roi[index + places.count])
    }
  }

  private func stretch(
    _ plan: inout [AxisResampling], _ places: [Int], _ sizes: [Int]
  ) throws(OperatorError) {
    for size in sizes where size < 0 || size > OutputSize.maximum {
      throw OperatorError("'sizes' must not be negative or too large, but are \(sizes)")
    }
    for (place, size) in zip(places, sizes) {
      plan[place].output = size
      plan[place].scale = plan[place].input == 0 ? 1 : Double(size) / Double(plan[place].input)
    }
    guard aspectRatio != .stretch else { return }
    let scales = places.map { plan[$0].scale }
    let scale = (aspectRatio == .notLarger ? scales.min() : scales.max()) ?? 1
    for place in places {
      let size = (scale * Double(plan[place].input) + 0.5).rounded(.down)
      guard size <= Double(OutputSize.maximum) else {
        throw OperatorError("the output would have \(size) elements along axis \(place)")
      }
      plan[place].output = Int(size)
      plan[place].scale = scale
    }
  }

  /// The size times a scale, rounded down; nil where it is neither a number nor a whole multiple or part.
  static func scaled(_ size: Dimension, by scale: Float) throws(OperatorError) -> Dimension? {
    guard scale > 0, scale.isFinite else {
      throw OperatorError("'scales' must be positive, but contain \(scale)")
    }
    if let size = size.fixed {
      // In single precision, as ONNX's own shape inference has it.
      let product = (Float(size) * scale).rounded(.down)
      guard product <= Float(OutputSize.maximum) else {
        throw OperatorError("a size of \(size) times \(scale) is too large")
      }
      return .fixed(Int(product))
    }
    if scale <= Float(1 << 20), scale == scale.rounded() { return size * Int(scale) }
    let part = 1 / scale
    if part <= Float(1 << 20), part == part.rounded(), 1 / part == scale {
      return size.dividedRoundingDown(by: Int(part))
    }
    return nil
  }

  /// The elements resampled along one axis.
  func resample(
    _ elements: [Double], _ sizes: [Int], axis: Int, _ resampling: AxisResampling
  ) -> [Double] {
    let outer = Sizes.product(sizes[..<axis])
    let inner = Sizes.product(sizes[(axis + 1)...])
    var output = [Double](repeating: 0, count: outer * resampling.output * inner)
    guard !output.isEmpty else { return output }
    for place in 0..<resampling.output {
      guard let x = coordinate(place, resampling) else {
        for index in 0..<outer {
          let target = (index * resampling.output + place) * inner
          for element in target..<target + inner { output[element] = Double(extrapolation) }
        }
        continue
      }
      for (source, weight) in taps(x, resampling) {
        for index in 0..<outer {
          let target = (index * resampling.output + place) * inner
          let start = (index * resampling.input + source) * inner
          for element in 0..<inner {
            output[target + element] += weight * elements[start + element]
          }
        }
      }
    }
    return output
  }

  /// The coordinate in the input of an output element; nil where it is extrapolated.
  ///
  /// As in ONNX's reference, the width of the output is scale times size, not rounded down.
  private func coordinate(_ place: Int, _ axis: AxisResampling) -> Double? {
    let x = Double(place)
    let last = Double(axis.input - 1)
    let width = axis.scale * Double(axis.input)
    switch coordinates {
    case .halfPixel: return (x + 0.5) / axis.scale - 0.5
    case .halfPixelSymmetric:
      let offset = Double(axis.input) / 2 * (1 - Double(axis.output) / width)
      return offset + (x + 0.5) / axis.scale - 0.5
    case .pytorchHalfPixel: return axis.output > 1 ? (x + 0.5) / axis.scale - 0.5 : 0
    case .alignCorners: return width == 1 ? 0 : x * last / (width - 1)
    case .asymmetric: return x / axis.scale
    case .halfPixelForNearest: return (x + 0.5) / axis.scale
    case .cropAndResize:
      let (start, end) = axis.region
      let extent = (end - start) * last
      let source = start * last + (width == 1 ? extent / 2 : x * extent / (width - 1))
      return source >= 0 && source <= last ? source : nil
    }
  }

  /// The input elements an output element is a weighted sum of.
  private func taps(_ x: Double, _ axis: AxisResampling) -> [(source: Int, weight: Double)] {
    let bounded = max(-Double(OutputSize.maximum), min(Double(OutputSize.maximum), x))
    let base = Int(bounded.rounded(.down))
    let ratio = bounded - Double(base)
    let first: Int
    var weights: [Double]
    switch mode {
    case .nearest:
      first = base + (ratio > 0 && roundsUp(ratio) ? 1 : 0)
      weights = [1]
    case .linear, .cubic:
      let scale = antialias ? min(axis.scale, 1) : 1
      let support = mode == .linear ? 1.0 : 2.0
      let reach = Int((support / scale).rounded(.up))
      first = base + 1 - reach
      weights = (first..<first + 2 * reach).map { kernel((Double($0 - base) - ratio) * scale) }
    }
    if excludesOutside {
      for index in weights.indices where first + index < 0 || first + index >= axis.input {
        weights[index] = 0
      }
    }
    let sum = weights.reduce(0, +)
    if antialias || excludesOutside, sum != 0 { weights = weights.map { $0 / sum } }
    return weights.enumerated().map {
      (max(0, min(axis.input - 1, first + $0)), $1)
    }
  }

  private func roundsUp(_ ratio: Double) -> Bool {
    switch rounding {
    case .preferFloor: ratio > 0.5
    case .preferCeil: ratio >= 0.5
    case .floor: false
    case .ceil: true
    }
  }

  /// The weight of an element at a distance: a triangle, or a cubic.
  private func kernel(_ distance: Double) -> Double {
    mode == .linear ? max(0, 1 - abs(distance)) : Self.cubic(distance, a: Double(cubicA))
  }

  /// The cubic convolution kernel of Keys (1981).
  static func cubic(_ distance: Double, a: Double) -> Double {
    let x = abs(distance)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
  }
}
