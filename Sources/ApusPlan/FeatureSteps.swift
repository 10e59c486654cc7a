/// A convolution of channels-last maps with packed panels of weights.
public struct FeatureConvolutionStep: Hashable, Sendable {
  /// How windows are read and weights are packed.
  public struct Tiling: Hashable, Sendable {
    /// The name of the kernel that multiplies, which is the contract for the packing.
    public var kernel: String
    /// Output channels of one panel.
    public var columns: Int
    /// Groups of 4 bytes in one step.
    public var quads: Int
    /// Bytes from the first byte of a window to each of its segments.
    public var offsets: [Int]
    /// Steps of every segment.
    public var steps: Int
    /// Bytes of one panel.
    public var panelBytes: Int
    /// Pixels between output rows where tiles run over the ends of rows; 0 where they do not.
    public var virtualWidth: Int
    /// Panels that are multiplied before the next rows are.
    public var panelBlock: Int

    /// Makes a tiling.
    public init(
      kernel: String, columns: Int, quads: Int, offsets: [Int], steps: Int, panelBytes: Int,
      virtualWidth: Int, panelBlock: Int
    ) {
      self.kernel = kernel
      self.columns = columns
      self.quads = quads
      self.offsets = offsets
      self.steps = steps
      self.panelBytes = panelBytes
      self.virtualWidth = virtualWidth
      self.panelBlock = panelBlock
    }
  }

  /// Where the windows fall.
  public var window: WindowParameters
  /// Whether each output channel sees the input channel of its own number alone.
  public var isDepthwise: Bool
  /// How the work is cut.
  public var tiling: Tiling
  /// The maps that are read; the border covers what windows read beyond the edge.
  public var source: FeatureMap
  /// Panels of weights.
  public var weights: Place
  /// What is done with sums.
  public var finish: FeatureFinish
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(
    window: WindowParameters, isDepthwise: Bool, tiling: Tiling, source: FeatureMap, weights: Place,
    finish: FeatureFinish, destination: FeatureMap
  ) {
    self.window = window
    self.isDepthwise = isDepthwise
    self.tiling = tiling
    self.source = source
    self.weights = weights
    self.finish = finish
    self.destination = destination
  }
}

/// Planes of `float32` made to channels-last maps.
public struct FeatureImportStep: Hashable, Sendable {
  /// `[images, channels, height, width]`.
  public var source: Place
  /// The maps.
  public var destination: FeatureMap

  /// Makes the step.
  public init(source: Place, destination: FeatureMap) {
    self.source = source
    self.destination = destination
  }
}

/// Channels-last maps made to planes of `float32`.
public struct FeatureExportStep: Hashable, Sendable {
  /// The maps.
  public var source: FeatureMap
  /// `[images, channels, height, width]`.
  public var destination: Place

  /// Makes the step.
  public init(source: FeatureMap, destination: Place) {
    self.source = source
    self.destination = destination
  }
}

/// Elements copied to another place: to other channels, another grid or the nearest pixels of another size.
public struct FeatureGatherStep: Hashable, Sendable {
  /// The input row of each output row; nil where rows and columns stay.
  public var rows: [Int32]?
  /// The input column of each output column.
  public var columns: [Int32]?
  /// 256 bytes through which `uint8` elements go.
  public var table: Place?
  /// The maps that are read.
  public var source: FeatureMap
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(
    rows: [Int32]? = nil, columns: [Int32]? = nil, table: Place? = nil, source: FeatureMap,
    destination: FeatureMap
  ) {
    self.rows = rows
    self.columns = columns
    self.table = table
    self.source = source
    self.destination = destination
  }
}

/// Channels of equal groups interleaved, as in ShuffleNet.
public struct FeatureShuffleStep: Hashable, Sendable {
  /// Groups.
  public var groups: Int
  /// The maps that are read.
  public var source: FeatureMap
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(groups: Int, source: FeatureMap, destination: FeatureMap) {
    self.groups = groups
    self.source = source
    self.destination = destination
  }
}

/// Pooling of maps; windows are cut at the edge.
public struct FeaturePoolStep: Hashable, Sendable {
  /// What is done with a window.
  public var pooling: Pooling
  /// Where the windows fall.
  public var window: WindowParameters
  /// The maps that are read.
  public var source: FeatureMap
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(
    pooling: Pooling, window: WindowParameters, source: FeatureMap, destination: FeatureMap
  ) {
    self.pooling = pooling
    self.window = window
    self.source = source
    self.destination = destination
  }
}

/// Sums or products of two maps.
public struct FeaturePairStep: Hashable, Sendable {
  /// `add` or `multiply`.
  public var function: PairFunction
  /// Applied to results of floats.
  public var activation: ElementwiseFunction
  /// One side.
  public var left: FeatureMap
  /// The other side; of one pixel where it is repeated.
  public var right: FeatureMap
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(
    function: PairFunction, activation: ElementwiseFunction, left: FeatureMap, right: FeatureMap,
    destination: FeatureMap
  ) {
    self.function = function
    self.activation = activation
    self.left = left
    self.right = right
    self.destination = destination
  }
}

/// Linear resizing of maps.
public struct FeatureInterpolateStep: Hashable, Sendable {
  /// The input row each output row lies on, with the fraction to the next one.
  public var rows: [Float]
  /// The input column each output column lies on, likewise.
  public var columns: [Float]
  /// The maps that are read.
  public var source: FeatureMap
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(rows: [Float], columns: [Float], source: FeatureMap, destination: FeatureMap) {
    self.rows = rows
    self.columns = columns
    self.source = source
    self.destination = destination
  }
}

/// A function of every element of maps of floats.
public struct FeatureUnaryStep: Hashable, Sendable {
  /// The function.
  public var function: ElementwiseFunction
  /// The maps that are read.
  public var source: FeatureMap
  /// The maps that are written.
  public var destination: FeatureMap

  /// Makes the step.
  public init(function: ElementwiseFunction, source: FeatureMap, destination: FeatureMap) {
    self.function = function
    self.source = source
    self.destination = destination
  }
}

/// What a step does with channels-last maps.
public enum FeatureOperation: Hashable, Sendable {
  case convolution(FeatureConvolutionStep)
  case winograd(FeatureWinogradStep)
  case winogradWeights(FeatureWinogradWeightsStep)
  case `import`(FeatureImportStep)
  case export(FeatureExportStep)
  case gather(FeatureGatherStep)
  case shuffle(FeatureShuffleStep)
  case pool(FeaturePoolStep)
  case pair(FeaturePairStep)
  case interpolate(FeatureInterpolateStep)
  case unary(FeatureUnaryStep)
}
