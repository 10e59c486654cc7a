import ApusPlan

/// The constants of a convolution of stored maps.
///
/// With x the elements of the map, z their zero point, w the weights: `sum w (x - z) + b` is computed as
/// `sum w x + (b - z sum w)`, so that the zero point costs nothing. Around the map the elements are z.
struct QuantisedConvolution {
  /// The weights' bytes.
  let weights: [UInt8]
  /// `int32` of each output channel, as bytes.
  let bias: [UInt8]
  /// What one unit of each output channel's sum stands for.
  private let units: [Float]

  /// Rounds the bias; nil where a sum could leave 32 bits.
  init?(
    _ shape: ConvolutionShape, _ weights: QuantisedWeights, _ bias: [Float], _ grid: FeatureGrid
  ) {
    let depth = weights.elements.count / shape.outputs
    var numbers: [Int32] = []
    for output in 0..<shape.outputs {
      let row = weights.elements[output * depth..<(output + 1) * depth]
      let sum = row.reduce(0) { $0 + Int($1) }
      let reach = row.reduce(0) { $0 + abs(Int($1)) } * 255
      let start = (Double(bias[output]) / (Double(grid.scale) * Double(weights.scales[output])))
        .rounded(.toNearestOrEven)
      guard abs(start) < 0x1p30, abs(Int(start) - grid.zero * sum) + reach < Int(Int32.max) else {
        return nil
      }
      numbers.append(Int32(Int(start) - grid.zero * sum))
    }
    self.weights = weights.elements.map { UInt8(bitPattern: $0) }
    self.bias = numbers.bytes { UInt32(bitPattern: $0) }
    units = weights.scales.map { grid.scale * $0 }
  }

  /// Factors from sums to elements of a grid of this scale.
  func scale(to scale: Float) -> [Float] { units.map { $0 / scale } }
}
