internal import CApusKernels

/// What is done with the sums of a convolution of maps; memories outlive the convolution.
public struct Finishing {
  /// Bias: a word per output channel, padded to whole panels.
  public var bias: FloatRegion
  /// Factors likewise, for sums of integers.
  public var scale: FloatRegion?
  /// 256 bytes.
  public var table: FloatRegion?
  /// Applied to floats.
  public var activation: Activation
  /// Where sums of integers are rounded to.
  public var zero: Int
  /// Of the value before the residual sum, of the addend, of the sum.
  public var grids: (own: MapGrid, residual: MapGrid, sum: MapGrid)?

  /// Makes the description.
  public init(
    bias: FloatRegion, scale: FloatRegion?, table: FloatRegion?, activation: Activation,
    zero: Int, grids: (own: MapGrid, residual: MapGrid, sum: MapGrid)?
  ) {
    self.bias = bias
    self.scale = scale
    self.table = table
    self.activation = activation
    self.zero = zero
    self.grids = grids
  }

  /// Whether the memories are large enough for so many output channels.
  func holds(_ channels: Int) -> Bool {
    bias.count >= channels && scale.map({ $0.count >= channels }) ?? true
      && table.map({ $0.count >= 64 }) ?? true
  }

  var cValue: apus_finish {
    let (own, other, sum) = grids ?? (MapGrid(), MapGrid(), MapGrid())
    return unsafe apus_finish(
      bias: UnsafeRawPointer(bias.base), scale: scale.map { unsafe UnsafePointer($0.base) },
      table: table.map { unsafe UnsafeRawPointer($0.base).assumingMemoryBound(to: UInt8.self) },
      activation: activation.cValue, zero: Int32(zero), own_zero: Int32(own.zero),
      residual_zero: Int32(other.zero), sum_zero: Int32(sum.zero),
      own_scale: own.scale / sum.scale, residual_scale: other.scale / sum.scale)
  }
}
