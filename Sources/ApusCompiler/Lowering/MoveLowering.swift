import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusTensor

/// Transpose.
enum TransposeLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Transpose, let x = plan.floats(site.input(0)),
      let output = plan.graph.shape(site.output)
    else { return false }
    let order = try op.permutation(rank: x.shape.rank)
    let strides = x.shape.strides
    return plan.copy(
      site, to: site.output, output.dimensions,
      [View(x.place, steps: order.map { strides[$0] }, into: output)])
  }
}

/// Concat.
enum ConcatLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Concat, let output = plan.graph.shape(site.output),
      site.node.inputs.allSatisfy({ plan.isFloats($0) })
    else { return false }
    let inputs = site.node.inputs.compactMap { plan.floats($0) }
    let axis = try Axes.resolved(op.axis, rank: output.rank)
    var views: [View] = []
    var start = 0
    for input in inputs {
      views.append(
        View(
          input.place, shape: input.shape.dimensions, steps: input.shape.strides, into: output,
          target: start * output.strides[axis]))
      start += input.shape[axis]
    }
    return plan.copy(site, to: site.output, output.dimensions, views)
  }
}

/// Split.
enum SplitLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Split, let x = plan.floats(site.input(0)) else {
      return false
    }
    let pieces = site.node.outputs.compactMap { plan.graph.shape($0) }
    guard pieces.count == site.node.outputs.count, x.shape.rank <= Move.maximumRank else {
      return false
    }
    let axis = try Axes.resolved(op.axis, rank: x.shape.rank)
    var start = 0
    for (id, piece) in zip(site.node.outputs, pieces) {
      let view = View(
        x.place, at: start * x.shape.strides[axis], steps: x.shape.strides, into: piece)
      guard plan.copy(site, to: id, piece.dimensions, [view]) else { return false }
      start += piece[axis]
    }
    return true
  }
}

/// Slice with constant starts, ends, axes and steps.
enum SliceLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    let node = site.node
    guard node.op is Slice, let x = plan.floats(site.input(0)),
      let output = plan.graph.shape(site.output)
    else { return false }
    func list(_ index: Int) -> [Int]?? {
      guard let id = site.input(index) else { return .some(nil) }
      return plan.tensor(id).map { $0.integers.map { Int($0) } }
    }
    guard let starts = list(1) ?? nil, let axes = list(3), let steps = list(4) else { return false }
    var (offset, strides) = (0, x.shape.strides)
    for (index, start) in starts.enumerated() {
      let axis = try Axes.resolved(axes?[index] ?? index, rank: x.shape.rank)
      guard output[axis] > 0 else { continue }
      let (size, step) = (x.shape[axis], steps?[index] ?? 1)
      // An index far below the axis must not overflow when the size is added to it.
      let place = start < 0 ? max(start, -size - 1) + size : start
      let first = step > 0 ? min(max(place, 0), size) : min(max(place, -1), size - 1)
      offset += first * x.shape.strides[axis]
      strides[axis] *= output[axis] == 1 ? 1 : step
    }
    return plan.copy(
      site, to: site.output, output.dimensions,
      [View(x.place, at: offset, steps: strides, into: output)])
  }
}

/// Expand.
enum ExpandLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard site.node.op is Expand, let x = plan.floats(site.input(0)),
      let output = plan.graph.shape(site.output)
    else { return false }
    return plan.copy(
      site, to: site.output, output.dimensions,
      [View(x.place, steps: x.shape.broadcastStrides(to: output), into: output)])
  }
}

/// A box of elements read with strides and written into a part of a dense output.
struct View {
  var source: Place
  var offset: Int
  /// Size, step in the source and step in the destination of each axis.
  var axes: [(size: Int, from: Int, to: Int)] = []
  var target: Int

  /// - Parameters:
  ///   - offset: the first element in the source.
  ///   - shape: the box; the whole output where nil.
  ///   - steps: the step in the source along each axis.
  ///   - target: the first element in the output.
  init(
    _ source: Place, at offset: Int = 0, shape: [Int]? = nil, steps: [Int], into output: Shape,
    target: Int = 0
  ) {
    self.source = source
    self.offset = offset
    self.target = target
    let strides = output.strides
    for (axis, size) in (shape ?? output.dimensions).enumerated() where size != 1 {
      // Axes that follow one another in both places are one.
      if let outer = axes.last, outer.from == steps[axis] * size, outer.to == strides[axis] * size {
        axes[axes.count - 1] = (outer.size * size, steps[axis], strides[axis])
      } else {
        axes.append((size, steps[axis], strides[axis]))
      }
    }
  }
}

extension PlanBuilder {
  /// Emits the copies that make up a value; says no where one has too many axes.
  mutating func copy(_ site: Site, to id: ValueID, _ shape: [Int], _ views: [View]) -> Bool {
    guard isFloats(id), views.allSatisfy({ $0.axes.count <= Move.maximumRank }) else {
      return false
    }
    let destination = destination(id)
    guard destination.count > 0 else { return true }
    let boxes = views.filter { $0.axes.allSatisfy { $0.size > 0 } }.map { view in
      CopyStep.Box(
        source: view.source, sourceOffset: view.offset, sourceStrides: view.axes.map(\.from),
        destinationOffset: view.target, destinationStrides: view.axes.map(\.to),
        shape: view.axes.map(\.size))
    }
    emit(.copy(CopyStep(boxes: boxes, destination: destination)), for: site)
    return true
  }
}
