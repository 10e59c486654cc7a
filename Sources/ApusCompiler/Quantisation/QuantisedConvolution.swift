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
  ///
  /// Where the weights of an output channel are so small that its bias leaves 30 bits in their unit (a channel that
  /// died in training), the channel gets a coarser unit: what its weights lose is less than half of that unit each.
  init?(
    _ shape: ConvolutionShape, _ weights: QuantisedWeights, _ bias: [Float], _ grid: FeatureGrid
  ) {
    let depth = weights.elements.count / shape.outputs
    var elements = weights.elements
    var numbers: [Int32] = []
    var units: [Float] = []
    for output in 0..<shape.outputs {
      let range = output * depth..<(output + 1) * depth
      var unit = Double(grid.scale * weights.scales[output])
      let coarser = Double(abs(bias[output])) / 0x1p29
      if unit < coarser {
        for index in range {
          elements[index] = Int8((Double(elements[index]) * unit / coarser).rounded())
        }
        unit = coarser
      }
      let row = elements[range]
      let sum = row.reduce(0) { $0 + Int($1) }
      let reach = row.reduce(0) { $0 + abs(Int($1)) } * 255
      let start = (Double(bias[output]) / unit).rounded(.toNearestOrEven)
      guard start.isFinite, abs(start) < 0x1p30,
        abs(Int(start) - grid.zero * sum) + reach < Int(Int32.max)
      else { return nil }
      numbers.append(Int32(Int(start) - grid.zero * sum))
      units.append(Float(unit))
    }
    self.weights = elements.map { UInt8(bitPattern: $0) }
    self.bias = numbers.bytes { UInt32(bitPattern: $0) }
    self.units = units
  }

  /// Factors from sums to elements of a grid of this scale.
  func scale(to scale: Float) -> [Float] { units.map { $0 / scale } }
}
