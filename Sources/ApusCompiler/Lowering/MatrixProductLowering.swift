import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusTensor

/// MatMul and Gemm: the left matrix takes the place of a convolution's weights, the columns of the right one
/// that of its pixels.
enum MatrixProductLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard plan.isFloats(site.output), let output = plan.graph.shape(site.output), output.count > 0,
      site.node.inputs.allSatisfy({ $0 == nil || plan.isFloats($0) }),
      let a = plan.graph.shape(site.input(0)), let b = plan.graph.shape(site.input(1)),
      a.count > 0, b.count > 0
    else { return false }
    if let op = site.node.op as? Gemm { return lower(op, site, a, b, &plan) }
    guard site.node.op is MatMul, a.rank > 0, b.rank > 0 else { return false }
    let left = a.rank == 1 ? [1] + a.dimensions : a.dimensions
    let right = b.rank == 1 ? b.dimensions + [1] : b.dimensions
    let (leftStack, rightStack) = (left.dropLast(2), right.dropLast(2))
    let (depth, columns) = (right[right.count - 2], right[right.count - 1])
    let stacks = (leftStack.reduce(1, *), rightStack.reduce(1, *))
    var product = Product(
      rows: left[left.count - 2], depth: depth, columns: columns, images: 1, groups: 1)
    if stacks.1 == 1 {
      product.rows *= stacks.0
    } else if stacks.0 == 1 {
      product.images = stacks.1
    } else if Array(leftStack.drop { $0 == 1 }) == Array(rightStack.drop { $0 == 1 }) {
      product.groups = stacks.0
    } else {
      return false
    }
    guard let matrix = plan.floats(site.input(1))?.place else { return false }
    let panels = panels(site, product, transposed: false, &plan)
    emit(
      site, product, panels: panels, right: matrix, into: plan.destination(site.output), &plan)
    return true
  }

  private static func lower(
    _ op: Gemm, _ site: Site, _ a: Shape, _ b: Shape, _ plan: inout PlanBuilder
  ) -> Bool {
    let product = Product(
      rows: a[op.transposesA ? 1 : 0], depth: a[op.transposesA ? 0 : 1],
      columns: b[op.transposesB ? 0 : 1], images: 1, groups: 1)
    let added = site.input(2)
    guard let output = plan.graph.shape(site.output),
      added == nil || (op.beta == 1 && plan.isFloats(added)),
      var matrix = plan.floats(site.input(1))?.place
    else { return false }
    if op.transposesB {
      if let tensor = plan.tensor(site.input(1)) {
        matrix = plan.constant(tensor.elements(as: Float.self).transposed(b))
      } else {
        matrix = transposed(site, matrix, b, &plan)
      }
    }
    let panels = panels(site, product, transposed: op.transposesA, &plan)
    let destination = plan.destination(site.output)
    emit(site, product, panels: panels, right: matrix, into: destination, &plan)
    if op.alpha != 1 {
      let factor = plan.constant([op.alpha])
      plan.emit(
        .binary(
          BinaryStep(
            .multiply, (destination, output), (factor, []), into: destination, shape: output)),
        for: site)
    }
    if let added, let side = plan.floats(added) {
      plan.emit(
        .binary(
          BinaryStep(.add, (destination, output), side, into: destination, shape: output)),
        for: site)
    }
    return true
  }

  /// Sizes of a product, or of a stack of them.
  private struct Product {
    var rows: Int
    var depth: Int
    var columns: Int
    /// Right matrices that one left matrix is multiplied with.
    var images: Int
    /// Pairs of matrices.
    var groups: Int
  }

  /// The left matrices as panels: packed at compile time where they are constant.
  private static func panels(
    _ site: Site, _ product: Product, transposed isTransposed: Bool, _ plan: inout PlanBuilder
  ) -> Place {
    let (id, gemm) = (site.input(0), plan.kernels.gemm)
    let shape: Shape = [product.depth, product.rows]
    if let tensor = plan.tensor(id) {
      let elements = tensor.elements(as: Float.self)
      return plan.constant(
        (isTransposed ? elements.transposed(shape) : elements).packed(
          for: gemm, groups: product.groups, rows: product.rows, channels: product.depth, taps: 1))
    }
    guard var source = plan.floats(id)?.place else { fatalError("'A' was seen to be floats") }
    if isTransposed { source = transposed(site, source, shape, &plan) }
    let count = gemm.packedCount(rows: product.rows, depth: product.depth)
    let destination = plan.allocate(product.groups * count)
    plan.emit(
      .pack(
        PackStep(
          groups: product.groups, rows: product.rows, channels: product.depth, taps: 1,
          source: source, destination: destination)), for: site)
    return destination
  }

  private static func emit(
    _ site: Site, _ product: Product, panels: Place, right: Place, into destination: Place,
    _ plan: inout PlanBuilder
  ) {
    let tile = plan.kernels.gemm.rows
    let padded = (product.rows + tile - 1) / tile * tile
    let bias = plan.constant([Float](repeating: 0, count: product.groups * padded))
    plan.emit(
      .convolution(
        ConvolutionStep(
          window: WindowParameters(input: [1, product.columns], output: [1, product.columns]),
          images: product.images, groups: product.groups, inputChannels: product.depth,
          outputChannels: product.rows, activation: .identity, source: right, weights: panels,
          bias: bias, residual: nil, destination: destination)),
      for: site,
      multiplyAccumulates: product.rows * product.depth * product.columns * product.images
        * product.groups)
  }

  /// A copy of a matrix in the order of its transpose.
  private static func transposed(
    _ site: Site, _ source: Place, _ shape: Shape, _ plan: inout PlanBuilder
  ) -> Place {
    let destination = plan.allocate(source.count)
    let box = CopyStep.Box(
      source: source, sourceStrides: [1, shape[1]], destinationStrides: [shape[0], 1],
      shape: [shape[1], shape[0]])
    plan.emit(.copy(CopyStep(boxes: [box], destination: destination)), for: site)
    return destination
  }
}

extension [Float] {
  /// The elements of a matrix in the order of its transpose.
  fileprivate func transposed(_ shape: Shape) -> [Float] {
    (0..<shape[1]).flatMap { column in (0..<shape[0]).map { self[$0 * shape[1] + column] } }
  }
}
