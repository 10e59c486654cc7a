import ApusGraph
import ApusOperators
import ApusTensor

/// `scale * y + shift` of every channel of a value, in double precision.
struct ChannelAffine {
  /// The factor of each channel.
  var scale: [Double]
  /// What is added to each channel.
  var shift: [Double]

  /// The numbers of a constant for each channel (axis 1) of a value of the given shape, where broadcasting the
  /// constant gives one number to each channel.
  static func perChannel(_ constant: Tensor, of shape: [Dimension]) throws(Miss) -> [Double] {
    guard shape.count >= 2, let channels = shape[1].fixed else {
      throw Miss("the number of channels is not known")
    }
    let sizes = constant.shape.dimensions
    guard sizes.count <= shape.count else { throw Miss("the constant has more axes") }
    let padded = [Int](repeating: 1, count: shape.count - sizes.count) + sizes
    for (axis, size) in padded.enumerated() where size != 1 {
      guard axis == 1, size == channels else {
        throw Miss("the constant \(constant.shape) is not one number per channel")
      }
    }
    let numbers = constant.doubles
    return numbers.count == 1 ? [Double](repeating: numbers[0], count: channels) : numbers
  }

  /// A patch that has the maker of `value` compute the function of `value`, and the readers of `result` read it.
  ///
  /// Weights and bias are multiplied in double precision and rounded once.
  func fold(
    into value: ValueID, replacing result: ValueID, in index: GraphIndex, pass: String
  ) throws(Miss) -> Patch {
    guard let node = index.producer(of: value) else { throw Miss("the input is made by no node") }
    guard index.hasSingleReader(value) else { throw Miss("'\(node.name)' is read elsewhere too") }
    let (op, weights, bias) = try folded(node, in: index)
    guard weights.doubles.allSatisfy(\.isFinite), bias.doubles.allSatisfy(\.isFinite) else {
      throw Miss("the weights of '\(node.name)' would overflow")
    }
    var patch = Patch(pass)
    let name = index.graph[node.inputs[1] ?? value].name
    let inputs = [
      node.inputs[0], patch.constant(weights, name: name),
      patch.constant(bias, name: "\(name).bias"),
    ]
    patch.replace(result, with: patch.add(op, inputs, name: node.name))
    return patch
  }

  /// The number of output channels.
  private static func filters(of op: any Operator, weights sizes: [Int]) -> Int {
    switch op {
    case let transposed as ConvTranspose: sizes[1] * transposed.groups
    case let gemm as Gemm: gemm.transposesB ? sizes[0] : sizes[1]
    default: sizes[0]
    }
  }

  /// The operator, weights and bias that compute the function of what the node makes.
  private func folded(
    _ node: Node, in index: GraphIndex
  ) throws(Miss) -> (op: any Operator, weights: Tensor, bias: Tensor) {
    let isKnown = node.op is Conv || node.op is ConvTranspose || node.op is Gemm
    guard isKnown else { throw Miss("'\(node.name)' is \(node.op.kind), not a convolution") }
    guard let weights = index.constant(node.input(1)) else {
      throw Miss("the weights of '\(node.name)' are not constant")
    }
    let bias = index.constant(node.input(2))
    if node.input(2) != nil, bias == nil {
      throw Miss("the bias of '\(node.name)' is not constant")
    }
    let channel: (Int) -> Int
    var biasFactor = 1.0
    var op = node.op
    let sizes = weights.shape.dimensions
    // Where the shape of the input is not known, inference has not checked the weights.
    guard sizes.count >= 2, scale.count == Self.filters(of: node.op, weights: sizes) else {
      throw Miss("'\(node.name)' has another number of filters")
    }
    if node.op is Conv {
      let block = sizes.dropFirst().reduce(1, *)
      channel = { $0 / block }
    } else if let transposed = node.op as? ConvTranspose {
      let plane = sizes.dropFirst(2).reduce(1, *)
      let inputsPerGroup = max(1, sizes[0] / transposed.groups)
      channel = {
        let (input, filter) = ($0 / plane / sizes[1], $0 / plane % sizes[1])
        return input / inputsPerGroup * sizes[1] + filter
      }
    } else {
      guard var gemm = node.op as? Gemm else { throw Miss("not a convolution") }
      channel = gemm.transposesB ? { $0 / sizes[1] } : { $0 % sizes[1] }
      biasFactor = Double(gemm.beta)
      gemm.beta = 1
      op = gemm
      if let bias, bias.shape.dimensions.dropLast().contains(where: { $0 != 1 }) {
        throw Miss("the bias of '\(node.name)' is not one number per column")
      }
    }
    let scaled = weights.doubles.enumerated().map { $1 * scale[channel($0)] }
    let old = bias?.doubles ?? [0]
    guard old.count == 1 || old.count == scale.count else {
      throw Miss("the bias of '\(node.name)' has \(old.count) numbers")
    }
    let added = scale.indices.map {
      (old.count == 1 ? old[0] : old[$0]) * biasFactor * scale[$0] + shift[$0]
    }
    return (
      op, Tensor(doubles: scaled, dtype: weights.dtype, shape: weights.shape),
      Tensor(doubles: added, dtype: weights.dtype, shape: [added.count])
    )
  }
}
