package import ApusGraph
package import ApusTensor

/// Blocks of pixels laid out as channels: `[N, C, H * b, W * b]` to `[N, C * b * b, H, W]`.
///
/// Opset 28 added the order.
package struct SpaceToDepth: Operator {
  package static let kind = OperatorKind("SpaceToDepth")

  /// The side of a block in pixels.
  package let block: Int
  /// The order of the parts of the channel axis.
  package let order: BlockOrder

  package init(block: Int, order: BlockOrder = .depthLast) {
    self.block = block
    self.order = order
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    block = try BlockOrder.size(from: record)
    order = try BlockOrder(from: record)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("blocksize", block)
    guard order != .depthLast else { return }
    try record.require(opset: 28)
    record.set("mode", order.rawValue)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else {
      return [Fact(input.dtype, context.unknownSizes("size", rank: 4))]
    }
    let axes = try BlockOrder.axes(shape)
    let height = try BlockOrder.quotient(axes.height, by: block)
    let width = try BlockOrder.quotient(axes.width, by: block)
    return [Fact(input.dtype, [axes.batch, axes.channels * (block * block), height, width])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let strides = input.shape.strides
    let parts = [block, block]
    let partSteps = [strides[2], strides[3]]
    let (channels, channelStep) = ([input.shape[1]], [strides[1]])
    let isLast = order == .depthLast
    let view = StridedView(
      sizes: [shape[0]] + (isLast ? parts + channels : channels + parts) + [shape[2], shape[3]],
      steps: [strides[0]] + (isLast ? partSteps + channelStep : channelStep + partSteps)
        + [strides[2] * block, strides[3] * block])
    return [input.selecting(view.places, shape: shape)]
  }
}
