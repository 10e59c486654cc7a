import ApusGraph
import ApusOperators
import ApusTensor

extension Graph {
  /// The network with its maps and weights quantised as onnxruntime's `quantize_static` does it: `uint8` maps on
  /// one grid each, `int8` weights on one per output channel, ranges as the sample has them.
  ///
  /// - Parameter isSigned: whether maps are `int8`.
  func quantised(on sample: Tensor, isSigned: Bool = false) throws -> Graph {
    var result = Graph(name: name)
    var values: [ValueID: Tensor] = [:]
    var made: [ValueID: ValueID] = [:]
    for id in inputs {
      values[id] = sample
      let copy = result.addInput(self[id].name, self[id].fact)
      made[id] = try result.stored(copy, like: sample, isSigned: isSigned)
    }
    for node in nodes {
      let tensors = node.inputs.map { $0.flatMap { values[$0] ?? self[$0].constant } }
      let results = try node.op.evaluate(tensors)
      for (id, tensor) in zip(node.outputs, results) { values[id] = tensor }
      var copies: [ValueID?] = []
      for (index, id) in node.inputs.enumerated() {
        guard let id else {
          copies.append(nil)
          continue
        }
        if let copy = made[id] {
          copies.append(copy)
        } else if let constant = self[id].constant {
          copies.append(
            node.op is Conv && index == 1
              ? try result.weights(constant) : result.addConstant(constant))
        }
      }
      let output = try result.append(node.op, copies, name: node.name)
      let isMap =
        node.op is Conv || node.op is Silu || node.op is Add || node.op is Concat
        || node.op is MaxPool || node.op is Resize
      // Pooling and resizing to the nearest neighbour keep the grid.
      let like = node.op is MaxPool || node.op is Resize ? tensors[0] : results[0]
      made[node.outputs[0]] =
        isMap ? try result.stored(output, like: like ?? results[0], isSigned: isSigned) : output
    }
    result.setOutputs(outputs.compactMap { made[$0] })
    return result
  }

  /// A value quantised and dequantised on a grid that spans a tensor's elements and 0.
  private mutating func stored(_ id: ValueID, like tensor: Tensor, isSigned: Bool) throws -> ValueID
  {
    let numbers = tensor.doubles
    let (low, high) = (min(0, numbers.min() ?? 0), max(0, numbers.max() ?? 0))
    let scale = Float(max(high - low, 1e-3) / 255)
    let zero = Int64((-low / Double(scale)).rounded()) - (isSigned ? 128 : 0)
    let factor = addConstant(Tensor(scalar: scale))
    let point = addConstant(
      Tensor(integers: [zero], dtype: isSigned ? .int8 : .uint8, shape: []))
    let quantised = try append(QuantizeLinear(), [id, factor, point], name: "q")
    return try append(DequantizeLinear(), [quantised, factor, point], name: "dq")
  }

  /// Weights as `int8` with a scale per output channel.
  private mutating func weights(_ tensor: Tensor) throws -> ValueID {
    let numbers = tensor.doubles
    let rows = tensor.shape[0]
    let size = numbers.count / rows
    var scales: [Float] = []
    var elements: [Int64] = []
    for row in 0..<rows {
      let part = numbers[row * size..<(row + 1) * size]
      let scale = Float(max(part.map(abs).max() ?? 0, 1e-6) / 127)
      scales.append(scale)
      elements += part.map { Int64(max(-127, min(127, ($0 / Double(scale)).rounded()))) }
    }
    let quantised = addConstant(Tensor(integers: elements, dtype: .int8, shape: tensor.shape))
    let zeros = addConstant(
      Tensor(integers: [Int64](repeating: 0, count: rows), dtype: .int8, shape: [rows]))
    return try append(
      DequantizeLinear(axis: 0), [quantised, addConstant(Tensor(scales)), zeros], name: "weights")
  }
}
