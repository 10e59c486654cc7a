import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// Resize and Upsample to the nearest neighbour along the two spatial axes.
///
/// Which row and column each output reads is asked of the operator itself: one plane whose elements are their
/// own places goes through its reference evaluation.
enum ResizeLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = resize(site.node.op), let x = plan.floats(site.input(0)),
      x.shape.rank == 4, x.shape.count > 0, let output = plan.graph.shape(site.output),
      output.count > 0, plan.isFloats(site.output),
      output.dimensions.prefix(2) == x.shape.dimensions.prefix(2),
      let probe = probe(site, op, x.shape, plan)
    else { return false }
    let (height, width) = (x.shape[2], x.shape[3])
    let (rows, columns) = (output[2], output[3])
    let places = Tensor((0..<height * width).map(Double.init), shape: [1, 1, height, width])
    guard let result = try? site.node.op.evaluate([places] + probe).first,
      result.shape == [1, 1, rows, columns]
    else { return false }
    let found = result.integers
    let rowIndices = (0..<rows).map { Int32(found[$0 * columns]) / Int32(width) }
    let columnIndices = (0..<columns).map { Int32(found[$0]) % Int32(width) }
    for (index, place) in found.enumerated() {
      let (row, column) = (rowIndices[index / columns], columnIndices[index % columns])
      guard place == Int64(row) * Int64(width) + Int64(column) else { return false }
    }
    plan.emit(
      .gather(
        GatherStep(
          width: width, height: height, rows: rowIndices, columns: columnIndices,
          source: x.place, destination: plan.destination(site.output))),
      for: site)
    return true
  }

  private static func resize(_ op: any Operator) -> Resize? {
    let resize = (op as? Resize) ?? (op as? Upsample)?.resize
    guard let resize, resize.mode == .nearest, resize.coordinates != .cropAndResize,
      resize.aspectRatio == .stretch
    else { return nil }
    return resize
  }

  /// The inputs but the first, for a tensor of one image and one channel; nil where one is not constant.
  private static func probe(
    _ site: Site, _ op: Resize, _ shape: Shape, _ plan: PlanBuilder
  ) -> [Tensor?]? {
    var inputs: [Tensor?] = []
    for id in site.node.inputs.dropFirst() {
      guard let id else {
        inputs.append(nil)
        continue
      }
      guard let tensor = plan.tensor(id) else { return nil }
      // Sizes of batch and channels are kept, so they become 1.
      var numbers = tensor.integers
      if tensor.dtype == .int64, op.axes.isEmpty, numbers.count == 4 {
        numbers.replaceSubrange(0..<2, with: [1, 1])
        inputs.append(Tensor(integers: numbers, dtype: tensor.dtype, shape: tensor.shape))
      } else {
        inputs.append(tensor)
      }
    }
    return op.axes.contains { ($0 + 4) % 4 < 2 } ? nil : inputs
  }
}
