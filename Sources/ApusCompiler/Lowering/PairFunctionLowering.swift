import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// An operator of two or more inputs that a kernel combines two at a time, element by element.
protocol KernelPairFunction: Operator {
  /// The combination.
  var pairFunction: PairFunction { get }
}

/// A sum of two inputs, which a convolution can take over.
protocol ResidualSum: KernelPairFunction {}

extension Add: ResidualSum {
  var pairFunction: PairFunction { .add }
}
extension Sub: KernelPairFunction {
  var pairFunction: PairFunction { .subtract }
}
extension Mul: KernelPairFunction {
  var pairFunction: PairFunction { .multiply }
}
extension Div: KernelPairFunction {
  var pairFunction: PairFunction { .divide }
}
extension Max: KernelPairFunction {
  var pairFunction: PairFunction { .maximum }
}
extension Min: KernelPairFunction {
  var pairFunction: PairFunction { .minimum }
}
extension Sum: KernelPairFunction {
  var pairFunction: PairFunction { .add }
}

/// Functions of two elements, broadcast, and squares.
enum PairFunctionLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let output = plan.graph.shape(site.output), plan.isFloats(site.output),
      site.node.inputs.allSatisfy({ plan.isFloats($0) })
    else { return false }
    var inputs = site.node.inputs.compactMap { plan.floats($0) }
    let function: PairFunction
    if let op = site.node.op as? any KernelPairFunction {
      function = op.pairFunction
    } else if site.node.op is Pow, let exponent = plan.tensor(site.input(1))?.doubles,
      exponent == [2]
    {
      function = .multiply
      inputs[1] = inputs[0]
    } else {
      return false
    }
    guard inputs.count >= 2, inputs.count == site.node.inputs.count else { return false }
    let destination = plan.destination(site.output)
    var left = inputs[0]
    for (index, right) in inputs.dropFirst().enumerated() {
      let isLast = index == inputs.count - 2
      let partial = try Broadcasting([left.shape, right.shape]).shape
      let target = isLast ? destination : plan.allocate(partial.count)
      if output.count > 0 {
        plan.emit(
          .binary(
            BinaryStep(function, left, right, into: target, shape: isLast ? output : partial)),
          for: site)
      }
      left = (target, partial)
    }
    return true
  }
}

extension BinaryStep {
  /// Brings a broadcast into rows and runs: neighbouring axes that both sides walk alike become one.
  init(
    _ function: PairFunction, _ left: (place: Place, shape: Shape),
    _ right: (place: Place, shape: Shape), into destination: Place, shape: Shape
  ) {
    let leftSteps = left.shape.broadcastStrides(to: shape)
    let rightSteps = right.shape.broadcastStrides(to: shape)
    // Axes as (size, left step, right step), innermost last.
    var axes: [(size: Int, left: Int, right: Int)] = []
    for axis in 0..<shape.rank where shape[axis] != 1 {
      let (size, a, b) = (shape[axis], leftSteps[axis], rightSteps[axis])
      if let outer = axes.last, outer.left == a * size, outer.right == b * size {
        axes[axes.count - 1] = (outer.size * size, a, b)
      } else {
        axes.append((size, a, b))
      }
    }
    let inner = axes.popLast() ?? (size: 1, left: 1, right: 1)
    self.init(
      function: function, left: left.place, right: right.place, destination: destination,
      rows: axes.map(\.size), leftStrides: axes.map(\.left), rightStrides: axes.map(\.right),
      run: inner.size, repeatsLeft: inner.left == 0, repeatsRight: inner.right == 0)
  }
}

extension Shape {
  /// The step along each axis of a larger shape that this one is broadcast to.
  func broadcastStrides(to target: Shape) -> [Int] {
    let missing = target.rank - rank
    let own = strides
    return (0..<target.rank).map { axis in
      axis < missing || self[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }
}
