public import ApusTensor

/// A network compiled for one kind of processor and fixed input sizes: plain values, without graph or
/// operators.
public struct Plan: Sendable {
  /// A value that goes in or comes out of a plan.
  public struct Binding: Sendable {
    /// Where it is held.
    public enum Holder: Sendable {
      /// In memory of the plan, as `float32`.
      case place(Place)
      /// In memory of the plan, as channels-last maps of the `float32` numbers `[N, C, H, W]` that the binding's
      /// type and shape state. An input held so is written before every run: its memory serves others as well.
      case map(FeatureMap)
      /// As a tensor, because its type or its shape is not fixed to floats.
      case slot(Int)
      /// It is always this tensor.
      case constant(Tensor)
    }

    /// The name in the graph.
    public let name: String
    /// The element type; nil where it is known only when the plan runs.
    public let dtype: DType?
    /// The shape; nil where it is known only when the plan runs.
    public let shape: Shape?
    /// Where it is held.
    public let holder: Holder

    /// Whether 8-bit pixels can be written there: it is held as maps of 3 channels.
    public var takesPixels: Bool {
      if case .map(let map) = holder { map.channels == 3 } else { false }
    }

    /// Makes a binding.
    public init(name: String, dtype: DType?, shape: Shape?, holder: Holder) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.holder = holder
    }
  }

  /// One step.
  public struct Step: Sendable {
    /// The name of the graph's node, or of the last of those that were fused.
    public let name: String
    /// What was fused, first to last, in words: `Conv + Silu`.
    public let operators: String
    /// What to do.
    public let operation: Operation
    /// Multiply-accumulates.
    public let multiplyAccumulates: Int
    /// Bytes read and written, each operand once.
    public let bytes: Int

    /// Makes a step.
    public init(
      name: String, operators: String, operation: Operation, multiplyAccumulates: Int, bytes: Int
    ) {
      self.name = name
      self.operators = operators
      self.operation = operation
      self.multiplyAccumulates = multiplyAccumulates
      self.bytes = bytes
    }
  }

  /// The name of the graph.
  public let name: String
  /// The instruction set that the weights were packed for, as `APUS_ISA` names it.
  public let isa: String
  /// Rows of the matrix tile that the weights were packed for.
  public let tileRows: Int
  /// What a caller gives.
  public let inputs: [Binding]
  /// What a caller receives.
  public let outputs: [Binding]
  /// What to do, in order.
  public let steps: [Step]
  /// Words of the arena.
  public let arenaCount: Int
  /// The bytes of the constant memory, packed: `uint8`, whole words.
  public let constants: Tensor
  /// The number of tensor slots.
  public let slotCount: Int

  /// Makes a plan.
  public init(
    name: String, isa: String, tileRows: Int, inputs: [Binding], outputs: [Binding], steps: [Step],
    arenaCount: Int, constants: Tensor, slotCount: Int
  ) {
    self.name = name
    self.isa = isa
    self.tileRows = tileRows
    self.inputs = inputs
    self.outputs = outputs
    self.steps = steps
    self.arenaCount = arenaCount
    self.constants = constants
    self.slotCount = slotCount
  }

  /// The steps that no kernel runs: they are computed by the slow reference evaluation.
  public var hostSteps: [Step] {
    steps.filter { if case .host = $0.operation { true } else { false } }
  }

  /// Multiply-accumulates of one run.
  public var multiplyAccumulates: Int { steps.reduce(0) { $0 + $1.multiplyAccumulates } }
}
