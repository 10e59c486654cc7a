import ApusGraph
import ApusOperators
import ApusTensor

/// Weights of a convolution as `int8` with a scale per output channel.
struct QuantisedWeights {
  /// `[outputs, inputs, height, width]`, in that order.
  let elements: [Int8]
  /// One per output channel.
  let scales: [Float]

  /// The weights behind a value that DequantizeLinear makes of a constant; nil where they are not of that kind.
  init?(_ id: ValueID, in graph: Graph, outputs: Int) {
    guard let node = graph.producer(of: id), let op = node.op as? DequantizeLinear, op.block == 0,
      let elements = node.inputs[0].flatMap({ graph.constant($0) }),
      let scale = node.inputs[1].flatMap({ graph.constant($0) }), scale.dtype == .float32,
      scale.count == 1 || (scale.count == outputs && (op.axis == 0 || op.axis == -4)),
      elements.dtype == .int8 || elements.dtype == .uint8
    else { return nil }
    var zeros: [Int64] = [0]
    if node.inputs.count > 2, let zero = node.inputs[2] {
      guard let point = graph.constant(zero) else { return nil }
      zeros = point.integers
    }
    // Sums of products leave no room for a zero point of the weights; 128 of uint8 is 0 of int8.
    let middle: Int64 = elements.dtype == .uint8 ? 128 : 0
    guard zeros.allSatisfy({ $0 == middle }) else { return nil }
    let factors = scale.elements(as: Float.self)
    guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
    self.elements = elements.integers.map { Int8($0 - middle) }
    scales = factors.count == 1 ? [Float](repeating: factors[0], count: outputs) : factors
  }
}
