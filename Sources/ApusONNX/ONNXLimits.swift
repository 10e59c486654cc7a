/// How large a model may be: checked before memory is taken for what a file declares.
public struct ONNXLimits: Sendable {
  /// The bytes of the model file itself; the format allows less than 2 GiB.
  public var fileBytes = Int(Int32.max)
  /// The bytes of one tensor.
  public var tensorBytes = 8 << 30
  /// The bytes of all tensors.
  public var totalTensorBytes = 32 << 30
  /// The nodes of the graph, after functions are inlined.
  public var nodes = 1_000_000
  /// The axes of a tensor.
  public var axes = 64
  /// How deep messages may be nested in one another.
  public var depth = 100

  /// The usual limits.
  public init() {}
}
