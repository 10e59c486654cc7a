public import ApusTensor

/// What one step of a plan does, with everything decided but the number of threads.
public enum Operation: Sendable {
  case convolution(ConvolutionStep)
  case depthwise(DepthwiseStep)
  case pool(PoolStep)
  case unary(UnaryStep)
  case binary(BinaryStep)
  case copy(CopyStep)
  case gather(GatherStep)
  case interpolate(InterpolateStep)
  case softmax(SoftmaxStep)
  case mean(MeanStep)
  case pack(PackStep)
  case feature(FeatureOperation)
  case host(HostStep)
}

/// A convolution with packed weights, or a product of matrices as the case of 1x1 windows.
public struct ConvolutionStep: Hashable, Sendable {
  /// Where the windows fall.
  public var window: WindowParameters
  /// Images of the batch.
  public var images: Int
  /// Groups of channels, each convolved by itself.
  public var groups: Int
  /// Input channels of one group.
  public var inputChannels: Int
  /// Output channels of one group.
  public var outputChannels: Int
  /// What is applied to each sum.
  public var activation: ElementwiseFunction
  /// `[images, groups, inputChannels, input height, input width]`.
  public var source: Place
  /// Panels of packed weights, group after group.
  public var weights: Place
  /// One value per output channel, each group padded to whole panels.
  public var bias: Place
  /// Added after the activation; like the destination.
  public var residual: Place?
  /// `[images, groups, outputChannels, output height, output width]`.
  public var destination: Place

  /// Makes the step.
  public init(
    window: WindowParameters, images: Int, groups: Int, inputChannels: Int, outputChannels: Int,
    activation: ElementwiseFunction, source: Place, weights: Place, bias: Place, residual: Place?,
    destination: Place
  ) {
    self.window = window
    self.images = images
    self.groups = groups
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.activation = activation
    self.source = source
    self.weights = weights
    self.bias = bias
    self.residual = residual
    self.destination = destination
  }
}

/// A convolution in which every channel has its own kernel.
public struct DepthwiseStep: Hashable, Sendable {
  /// Where the windows fall.
  public var window: WindowParameters
  /// Images of the batch.
  public var images: Int
  /// Channels of input and output.
  public var channels: Int
  /// What is applied to each sum.
  public var activation: ElementwiseFunction
  /// `[images, channels, input height, input width]`.
  public var source: Place
  /// `[channels, kernel height, kernel width]`.
  public var weights: Place
  /// `[channels]`.
  public var bias: Place
  /// `[images, channels, output height, output width]`.
  public var destination: Place

  /// Makes the step.
  public init(
    window: WindowParameters, images: Int, channels: Int, activation: ElementwiseFunction,
    source: Place, weights: Place, bias: Place, destination: Place
  ) {
    self.window = window
    self.images = images
    self.channels = channels
    self.activation = activation
    self.source = source
    self.weights = weights
    self.bias = bias
    self.destination = destination
  }
}

/// Pooling of planes.
public struct PoolStep: Hashable, Sendable {
  /// What is done with a window.
  public var pooling: Pooling
  /// Where the windows fall.
  public var window: WindowParameters
  /// `[planes, input height, input width]`.
  public var source: Place
  /// `[planes, output height, output width]`.
  public var destination: Place

  /// Makes the step.
  public init(pooling: Pooling, window: WindowParameters, source: Place, destination: Place) {
    self.pooling = pooling
    self.window = window
    self.source = source
    self.destination = destination
  }
}

/// A function of every element.
public struct UnaryStep: Hashable, Sendable {
  /// The function.
  public var function: ElementwiseFunction
  /// Where the elements are.
  public var source: Place
  /// Where the results go.
  public var destination: Place

  /// Makes the step.
  public init(function: ElementwiseFunction, source: Place, destination: Place) {
    self.function = function
    self.source = source
    self.destination = destination
  }
}

/// A function of pairs of elements, broadcast together.
///
/// The results are `rows` runs of `run` elements. Strides give the place of the first element of each
/// row in the sides.
public struct BinaryStep: Hashable, Sendable {
  /// The function.
  public var function: PairFunction
  /// The left side.
  public var left: Place
  /// The right side.
  public var right: Place
  /// Where the results go, in order.
  public var destination: Place
  /// Sizes of the outer axes, whose product is the number of rows.
  public var rows: [Int]
  /// Elements of the left side between neighbours along each outer axis.
  public var leftStrides: [Int]
  /// Elements of the right side between neighbours along each outer axis.
  public var rightStrides: [Int]
  /// Elements of one row.
  public var run: Int
  /// Whether the left side has one element per row, which is repeated.
  public var repeatsLeft: Bool
  /// Whether the right side has one element per row, which is repeated.
  public var repeatsRight: Bool

  /// Makes the step.
  public init(
    function: PairFunction, left: Place, right: Place, destination: Place, rows: [Int],
    leftStrides: [Int], rightStrides: [Int], run: Int, repeatsLeft: Bool, repeatsRight: Bool
  ) {
    self.function = function
    self.left = left
    self.right = right
    self.destination = destination
    self.rows = rows
    self.leftStrides = leftStrides
    self.rightStrides = rightStrides
    self.run = run
    self.repeatsLeft = repeatsLeft
    self.repeatsRight = repeatsRight
  }
}

/// Copies of boxes of elements between strided places.
public struct CopyStep: Hashable, Sendable {
  /// One box.
  public struct Box: Hashable, Sendable {
    /// Where the elements are.
    public var source: Place
    /// The first element in the source.
    public var sourceOffset: Int
    /// Elements between neighbours of the source along each axis.
    public var sourceStrides: [Int]
    /// The first element in the destination.
    public var destinationOffset: Int
    /// Elements between neighbours of the destination along each axis.
    public var destinationStrides: [Int]
    /// Size along each axis.
    public var shape: [Int]

    /// Makes a box.
    public init(
      source: Place, sourceOffset: Int = 0, sourceStrides: [Int], destinationOffset: Int = 0,
      destinationStrides: [Int], shape: [Int]
    ) {
      self.source = source
      self.sourceOffset = sourceOffset
      self.sourceStrides = sourceStrides
      self.destinationOffset = destinationOffset
      self.destinationStrides = destinationStrides
      self.shape = shape
    }
  }

  /// The boxes; no two write the same element.
  public var boxes: [Box]
  /// Where they go.
  public var destination: Place
  /// What elements that no box writes are set to; nil where there are none.
  public var background: Float?

  /// Makes the step.
  public init(boxes: [Box], destination: Place, background: Float? = nil) {
    self.boxes = boxes
    self.destination = destination
    self.background = background
  }
}

/// Rows and columns of planes by index: resizing to the nearest neighbour.
public struct GatherStep: Hashable, Sendable {
  /// Columns of an input plane.
  public var width: Int
  /// Rows of an input plane.
  public var height: Int
  /// The input row of each output row.
  public var rows: [Int32]
  /// The input column of each output column.
  public var columns: [Int32]
  /// `[planes, height, width]`.
  public var source: Place
  /// `[planes, rows, columns]`.
  public var destination: Place

  /// Makes the step.
  public init(
    width: Int, height: Int, rows: [Int32], columns: [Int32], source: Place, destination: Place
  ) {
    self.width = width
    self.height = height
    self.rows = rows
    self.columns = columns
    self.source = source
    self.destination = destination
  }
}

/// Rows and columns of planes between elements: linear resizing.
public struct InterpolateStep: Hashable, Sendable {
  /// Columns of an input plane.
  public var width: Int
  /// Rows of an input plane.
  public var height: Int
  /// The input row each output row lies on, with the fraction to the next one.
  public var rows: [Float]
  /// The input column each output column lies on, likewise.
  public var columns: [Float]
  /// `[planes, height, width]`.
  public var source: Place
  /// `[planes, rows, columns]`.
  public var destination: Place

  /// Makes the step.
  public init(
    width: Int, height: Int, rows: [Float], columns: [Float], source: Place, destination: Place
  ) {
    self.width = width
    self.height = height
    self.rows = rows
    self.columns = columns
    self.source = source
    self.destination = destination
  }
}

/// Softmax over the middle axis of `[outer, length, inner]`.
public struct SoftmaxStep: Hashable, Sendable {
  /// Elements that are normalised together.
  public var length: Int
  /// Elements between them.
  public var inner: Int
  /// Where the elements are.
  public var source: Place
  /// Where the results go.
  public var destination: Place

  /// Makes the step.
  public init(length: Int, inner: Int, source: Place, destination: Place) {
    self.length = length
    self.inner = inner
    self.source = source
    self.destination = destination
  }
}

/// The mean of each row of `[rows, length]`.
public struct MeanStep: Hashable, Sendable {
  /// Elements of a row.
  public var length: Int
  /// Where the elements are.
  public var source: Place
  /// Where the means go.
  public var destination: Place

  /// Makes the step.
  public init(length: Int, source: Place, destination: Place) {
    self.length = length
    self.source = source
    self.destination = destination
  }
}

/// Packs weights `[groups, rows, channels, taps]` into the panels that a convolution reads.
///
/// A plain matrix has one tap per channel.
public struct PackStep: Hashable, Sendable {
  /// Sets of weights, packed one after the other.
  public var groups: Int
  /// Output channels of one group, or rows of a matrix.
  public var rows: Int
  /// Input channels of one group, or columns of a matrix.
  public var channels: Int
  /// Elements of the kernel.
  public var taps: Int
  /// Where the weights are.
  public var source: Place
  /// Where the panels go.
  public var destination: Place

  /// Makes the step.
  public init(
    groups: Int, rows: Int, channels: Int, taps: Int, source: Place, destination: Place
  ) {
    self.groups = groups
    self.rows = rows
    self.channels = channels
    self.taps = taps
    self.source = source
    self.destination = destination
  }
}

/// An operator that has no kernel: computed outside the plan, by whoever supplies `HostOperators`.
public struct HostStep: Sendable {
  /// One value that goes in or comes out.
  public enum Operand: Sendable {
    /// Floats of the arena, with their shape.
    case place(Place, Shape)
    /// A tensor whose type or shape the arena does not hold.
    case slot(Int)
    /// A constant.
    case constant(Tensor)
    /// An optional input that is left out, or an output that nothing reads.
    case none
  }

  /// What the supplier of host operators knows the call by.
  public var call: Int
  /// What is computed, for people.
  public var name: String
  /// The inputs.
  public var inputs: [Operand]
  /// The outputs.
  public var outputs: [Operand]

  /// Makes the step.
  public init(call: Int, name: String, inputs: [Operand], outputs: [Operand]) {
    self.call = call
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
  }
}
