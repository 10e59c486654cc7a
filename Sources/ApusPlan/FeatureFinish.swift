/// What is done with the sums of a convolution of maps before they are stored.
public struct FeatureFinish: Hashable, Sendable {
  /// A value that is added to the finished one.
  public struct Residual: Hashable, Sendable {
    /// The addend, of the size of the destination.
    public var map: FeatureMap
    /// What the finished value stands for before the sum; the sum is on the destination's grid.
    public var own: FeatureGrid

    /// Makes an addend.
    public init(map: FeatureMap, own: FeatureGrid) {
      self.map = map
      self.own = own
    }
  }

  /// `int32` or `float` per output channel, padded to whole panels.
  public var bias: Place
  /// `float` per output channel, padded likewise, for sums of integers.
  public var scale: Place?
  /// 256 bytes, applied to results of `uint8`.
  public var table: Place?
  /// Applied to results of floats.
  public var activation: ElementwiseFunction
  /// The zero point at which sums of integers are rounded.
  public var zero: Int
  /// What is added.
  public var residual: Residual?

  /// Makes the description.
  public init(
    bias: Place, scale: Place? = nil, table: Place? = nil,
    activation: ElementwiseFunction = .identity, zero: Int = 0, residual: Residual? = nil
  ) {
    self.bias = bias
    self.scale = scale
    self.table = table
    self.activation = activation
    self.zero = zero
    self.residual = residual
  }

  /// The places that are read.
  var reads: [Place] { [bias] + [scale, table, residual?.map.place].compactMap { $0 } }

  /// Bytes of the numbers that are read for each element.
  var byteCount: Int { bias.count * 4 + (residual?.map.byteCount ?? 0) }

  /// The description with every place put elsewhere.
  func relocated(_ move: (Place) -> Place) -> FeatureFinish {
    var moved = self
    moved.bias = move(bias)
    moved.scale = scale.map(move)
    moved.table = table.map(move)
    if let residual { moved.residual?.map.place = move(residual.map.place) }
    return moved
  }
}
