public import ApusGraph
public import ApusKernels
import ApusOperators
public import ApusPlan
public import ApusRuntime
public import ApusTensor

/// What the maps of real numbers are held as between the steps of a plan.
public enum Precision: String, CaseIterable, Sendable {
  /// 32 bits.
  case fp32
  /// 16 bits with the range of 32, summed in 32.
  case bf16
}

/// Lowers graphs to plans for one instruction set and fixed input sizes.
///
/// What a graph has quantised (QuantizeLinear, DequantizeLinear) is computed with integers whatever the precision.
public struct Compiler: Sendable {
  /// The instruction set to compile for.
  public let isa: ISA
  /// What real numbers are held as.
  public let precision: Precision
  /// Whether inputs and outputs that are maps inside the plan stay maps (`Plan.Binding.Holder.map`): the caller then
  /// writes pixels and reads heads as the first and the last steps have them.
  public let keepsMaps: Bool

  /// A compiler for an instruction set, by default the best that this machine runs.
  public init(isa: ISA = .best, precision: Precision = .fp32, keepsMaps: Bool = false) {
    self.isa = isa
    self.precision = precision
    self.keepsMaps = keepsMaps
  }

  /// A compiler for the instruction set that `APUS_ISA` names, or the best one.
  ///
  /// - Parameter environment: variables by name.
  /// - Throws: `ISAError` if the variable names no instruction set, or one that this machine lacks.
  public init(
    environment: [String: String], precision: Precision = .fp32, keepsMaps: Bool = false
  ) throws(ISAError) {
    isa = try ISA.selected(environment: environment)
    self.precision = precision
    self.keepsMaps = keepsMaps
  }

  /// Compiles a graph.
  ///
  /// An operator without a lowering, or one whose types or sizes its lowering does not cover, becomes a host
  /// step: it is computed by the operator's own reference evaluation, and `Plan.hostSteps` lists it.
  ///
  /// - Parameters:
  ///   - graph: a verified graph; simplified and fused graphs give faster plans.
  ///   - inputShapes: sizes of inputs by name; needed for inputs whose shape has symbols.
  /// - Throws: `CompilerError` where an input's size or type stays unknown; `GraphError` where the sizes do
  ///   not fit.
  public func compile(_ graph: Graph, inputShapes: [String: Shape] = [:]) throws -> Compilation {
    let sized =
      inputShapes.isEmpty
      ? graph
      : try graph.withInputShapes(inputShapes.mapValues { $0.dimensions.map { .fixed($0) } })
    let open = sized.inputs.map { sized[$0] }.filter {
      $0.fact.dtype == nil || $0.fact.fixedShape == nil
    }
    guard open.isEmpty else { throw CompilerError.openInputs(open.map { "\($0.name) \($0.fact)" }) }
    let tooLarge = sized.allValues.filter { value in
      value.fact.shape.map { (try? OutputSize.check($0)) == nil } ?? false
    }
    guard tooLarge.isEmpty else {
      throw CompilerError.tooLarge(tooLarge.map { "\($0.name) \($0.fact)" })
    }
    var lowering = GraphLowering(
      sized, kernels: KernelSet(isa: isa), element: precision == .bf16 ? .bfloat16 : .float32)
    try lowering.run()
    return lowering.builder.finish(keepsMaps: keepsMaps)
  }
}

/// What compiling a graph gives.
public struct Compilation: Sendable {
  /// The plan.
  public let plan: Plan
  /// What computes the plan's host steps.
  public let host: any HostOperators

  /// Loads the plan.
  public func session(threads: Int = 1) throws(RuntimeError) -> Session {
    try Session(plan, threads: threads, host: host)
  }
}

/// Why a graph cannot be compiled.
public enum CompilerError: Error, Equatable, CustomStringConvertible {
  /// Inputs whose type or sizes are not known: all of them, each with its fact.
  case openInputs([String])
  /// Values of more elements than an operator may give: all of them, each with its fact.
  case tooLarge([String])

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .openInputs(let inputs):
      "a plan needs fixed input sizes; state those of: \(inputs.joined(separator: "; "))"
    case .tooLarge(let values):
      "values of more than \(OutputSize.maximum) elements: \(values.joined(separator: "; "));"
        + " compile for smaller inputs"
    }
  }
}

/// Computes host steps by the operators' reference evaluation.
struct ReferenceOperators: HostOperators {
  /// The operators, by the number of the call.
  let operators: [any Operator]

  func evaluate(call: Int, inputs: [Tensor?]) throws -> [Tensor] {
    try operators[call].evaluate(inputs)
  }
}
