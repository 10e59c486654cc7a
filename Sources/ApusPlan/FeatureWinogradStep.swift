/// A 3x3 convolution of channels-last maps of `float32` or `uint8` by Winograd's transforms: blocks of 4x4 output
/// pixels with a quarter of the multiplications.
public struct FeatureWinogradStep: Hashable, Sendable {
  /// How the work is cut and weights are packed.
  public struct Tiling: Hashable, Sendable {
    /// The name of the kernel that multiplies, which is the contract for the packing.
    public var kernel: String
    /// Output channels of one panel.
    public var columns: Int
    /// Blocks of output pixels that are multiplied together.
    public var group: Int
    /// Panels that are multiplied before their sums are transformed.
    public var panelBlock: Int

    /// Makes a tiling.
    public init(kernel: String, columns: Int, group: Int, panelBlock: Int) {
      self.kernel = kernel
      self.columns = columns
      self.group = group
      self.panelBlock = panelBlock
    }
  }

  /// Where the windows fall: of 3x3 neighbouring pixels, one pixel apart.
  public var window: WindowParameters
  /// How the work is cut.
  public var tiling: Tiling
  /// The maps that are read; the border covers what windows read beyond the edge.
  public var source: FeatureMap
  /// Panels of transformed weights, of `float` or `int16`, those of each of the 36 products one after the other.
  public var weights: Place
  /// What is done with sums.
  public var finish: FeatureFinish
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(
    window: WindowParameters, tiling: Tiling, source: FeatureMap, weights: Place,
    finish: FeatureFinish, destination: FeatureMap
  ) {
    self.window = window
    self.tiling = tiling
    self.source = source
    self.weights = weights
    self.finish = finish
    self.destination = destination
  }
}

/// The weights of such a convolution of `uint8` maps transformed, in every run: four times as many numbers of twice
/// the size are faster made than read from memory.
public struct FeatureWinogradWeightsStep: Hashable, Sendable {
  /// The name of the kernel that multiplies, which is the contract for the packing.
  public var kernel: String
  /// Weights: pairs of an input and an output channel, filled up to whole panels.
  public var count: Int
  /// `int8` `[9, count]`: the elements of packed panels, tap by tap.
  public var source: Place
  /// `int16` `[36, count]`.
  public var destination: Place

  /// Makes the step.
  public init(kernel: String, count: Int, source: Place, destination: Place) {
    self.kernel = kernel
    self.count = count
    self.source = source
    self.destination = destination
  }
}
