import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// Resize and Upsample along the two spatial axes, to the nearest neighbour or linearly.
///
/// Which rows and columns each output reads is asked of the operator itself: a plane whose elements are their
/// own rows, and one of columns, go through its reference evaluation. What comes out are the places that the
/// outputs lie on.
enum ResizeLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let places = places(site, plan), let x = plan.floats(site.input(0)) else { return false }
    let (height, width) = (x.shape[2], x.shape[3])
    let destination = plan.destination(site.output)
    if places.isNearest {
      plan.emit(
        .gather(
          GatherStep(
            width: width, height: height, rows: places.rows.map { Int32($0) },
            columns: places.columns.map { Int32($0) }, source: x.place, destination: destination)),
        for: site)
    } else {
      plan.emit(
        .interpolate(
          InterpolateStep(
            width: width, height: height, rows: places.rows.map { Float($0) },
            columns: places.columns.map { Float($0) }, source: x.place, destination: destination)),
        for: site)
    }
    return true
  }

  /// Where the rows and columns of an output lie in the input.
  struct Places {
    let rows: [Double]
    let columns: [Double]
    let isNearest: Bool
  }

  /// The places of a node's output; nil where it is not resized in this way.
  static func places(_ site: Site, _ plan: PlanBuilder) -> Places? {
    guard let op = resize(site.node.op), plan.isFloats(site.input(0)),
      let shape = plan.graph.shape(site.input(0)), shape.rank == 4, shape.count > 0,
      let output = plan.graph.shape(site.node.outputs[0]), output.count > 0,
      plan.isFloats(site.node.outputs[0]),
      output.dimensions.prefix(2) == shape.dimensions.prefix(2),
      let rest = otherInputs(site, op, plan)
    else { return nil }
    let (height, width) = (shape[2], shape[3])
    let (rows, columns) = (output[2], output[3])
    func probe(_ value: (_ row: Int, _ column: Int) -> Int) -> [Double]? {
      let plane = (0..<height * width).map { Double(value($0 / width, $0 % width)) }
      let tensor = Tensor(plane, shape: [1, 1, height, width])
      guard let result = try? site.node.op.evaluate([tensor] + rest).first,
        result.shape == [1, 1, rows, columns]
      else { return nil }
      return result.doubles
    }
    guard let rowPlane = probe({ row, _ in row }), let columnPlane = probe({ _, column in column })
    else { return nil }
    return Places(
      rows: (0..<rows).map { rowPlane[$0 * columns] },
      columns: (0..<columns).map { columnPlane[$0] }, isNearest: op.mode == .nearest)
  }

  /// The operator, where each output lies between at most two neighbours along each axis.
  private static func resize(_ op: any Operator) -> Resize? {
    let resize = (op as? Resize) ?? (op as? Upsample)?.resize
    guard let resize, resize.coordinates != .cropAndResize, resize.aspectRatio == .stretch else {
      return nil
    }
    switch resize.mode {
    case .nearest: return resize
    case .linear: return resize.antialias || resize.excludesOutside ? nil : resize
    case .cubic: return nil
    }
  }

  /// The inputs but the first, for a tensor of one image and one channel; nil where one is not constant.
  private static func otherInputs(
    _ site: Site, _ op: Resize, _ plan: PlanBuilder
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
