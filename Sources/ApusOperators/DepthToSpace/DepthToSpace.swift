package import ApusGraph
package import ApusTensor

/// Channels laid out as blocks of pixels: `[N, C * b * b, H, W]` to `[N, C, H * b, W * b]`.
///
/// Opset 11 added the order; the others differ in types only.
package struct DepthToSpace: Operator {
  package static let kind = OperatorKind("DepthToSpace")

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
    if order != .depthLast { try record.require(opset: 11) }
    if record.opset >= 11 { record.set("mode", order.rawValue) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else {
      return [Fact(input.dtype, context.unknownSizes("size", rank: 4))]
    }
    let axes = try BlockOrder.axes(shape)
    let channels = try BlockOrder.quotient(axes.channels, by: block * block)
    return [Fact(input.dtype, [axes.batch, channels, axes.height * block, axes.width * block])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let (height, width) = (input.shape[2], input.shape[3])
    // The place within the channel axis: (row, column, channel) or (channel, row, column).
    let pixel = height * width
    let channel = order == .depthLast ? pixel : block * block * pixel
    let column = order == .depthLast ? shape[1] * pixel : pixel
    let view = StridedView(
      sizes: [shape[0], shape[1], height, block, width, block],
      steps: [input.shape.strides[0], channel, width, column * block, 1, column])
    return [input.selecting(view.places, shape: shape)]
  }
}
