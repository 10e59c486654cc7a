import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// An operator of one data input that a kernel computes element by element.
protocol KernelFunction: Operator {
  /// The function; nil where the other inputs, given by their facts, do not fix it.
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction?
}

/// The function of a node, where a kernel computes it.
func kernelFunction(of node: Node, in graph: Graph) -> ElementwiseFunction? {
  guard let op = node.op as? any KernelFunction, node.outputs.count == 1 else { return nil }
  let facts = graph.inputFacts(of: node)
  guard facts.first??.dtype == .float32, facts.first??.fixedShape != nil else { return nil }
  return op.kernelFunction(facts)
}

/// Functions of one element.
enum ElementFunctionLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let function = kernelFunction(of: site.node, in: plan.graph),
      let x = plan.floats(site.input(0)), plan.isFloats(site.output)
    else { return false }
    plan.emit(
      .unary(
        UnaryStep(
          function: function, source: x.place, destination: plan.destination(site.output))),
      for: site)
    return true
  }
}

extension Relu: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .relu }
}
extension LeakyRelu: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .leakyRelu(slope: alpha) }
}
extension Clip: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? {
    func bound(_ index: Int, absent: Float) -> Float? {
      guard index < inputs.count, let fact = inputs[index] else { return absent }
      return fact.constant?.doubles.first.map { Float($0) }
    }
    guard let low = bound(1, absent: -.infinity), let high = bound(2, absent: .infinity) else {
      return nil
    }
    return .clip(low: low, high: high)
  }
}
extension Sigmoid: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .sigmoid }
}
extension Silu: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .silu }
}
extension HardSigmoid: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? {
    .hardSigmoid(slope: alpha, offset: beta)
  }
}
extension HardSwish: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .hardSwish }
}
extension Tanh: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .tanh }
}
extension Mish: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .mish }
}
extension Exp: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .exp }
}
extension Sqrt: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .sqrt }
}
extension Abs: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .abs }
}
extension Neg: KernelFunction {
  func kernelFunction(_ inputs: [Fact?]) -> ElementwiseFunction? { .negate }
}
