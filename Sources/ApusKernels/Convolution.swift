internal import CApusKernels

/// One group of a convolution over one image `[inputChannels, height, width]`.
///
/// A matrix product is the case of 1x1 windows: the left matrix takes the place of the weights, the
/// columns of the right one that of the pixels.
public struct Convolution: Hashable, Sendable {
  /// Where the windows fall.
  public var window: Window
  /// Channels of the input of this group.
  public var inputChannels: Int
  /// Channels of the output of this group.
  public var outputChannels: Int
  /// What is applied to each result.
  public var activation: Activation

  /// Makes a convolution.
  public init(
    window: Window, inputChannels: Int, outputChannels: Int, activation: Activation = .identity
  ) {
    self.window = window
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.activation = activation
  }

  /// Products that are summed for each result.
  public var depth: Int { inputChannels * window.taps }

  /// Multiplications of the group over one image.
  public var multiplications: Int { depth * outputChannels * window.outputPixels }
}

/// How the outputs of a convolution are cut into tasks.
///
/// A task is a run of pixels by a run of weight panels. Its packed pixels stay in the second-level
/// cache while all its weights pass.
public struct ConvolutionTiling: Hashable, Sendable {
  /// Rows of a packed block, the depth of one pass over the tiles.
  public let depthBlock: Int
  /// Pixels per task, a multiple of the tile's columns.
  public let pixelsPerTask: Int
  /// Weight panels per task.
  public let panelsPerTask: Int
  /// Runs of pixels.
  public let pixelTasks: Int
  /// Runs of panels.
  public let panelTasks: Int

  /// All tasks.
  public var tasks: Int { pixelTasks * panelTasks }
  /// Floats of scratch memory that one running task needs.
  public var scratch: Int { depthBlock * pixelsPerTask }

  /// Depth of a block: 256 rows of 32 floats are 32 KiB, most of a first-level cache.
  static let preferredDepth = 256
  /// Tile widths per task, as long as there are enough tasks.
  static let preferredTiles = 8

  /// Cuts a convolution so that `threads` workers have at least two tasks each where it can be had.
  ///
  /// - Parameter parts: images and groups that are convolved beside this one.
  public init(_ convolution: Convolution, gemm: GemmKernel, threads: Int, parts: Int = 1) {
    let pixels = convolution.window.outputPixels
    let tiles = (pixels + gemm.columns - 1) / gemm.columns
    let panels = (convolution.outputChannels + gemm.rows - 1) / gemm.rows
    let wanted = threads > 1 ? (2 * threads + parts - 1) / max(1, parts) : 1
    var tilesPerTask = min(Self.preferredTiles, tiles)
    while tilesPerTask > 1 && (tiles + tilesPerTask - 1) / tilesPerTask < wanted {
      tilesPerTask -= 1
    }
    let pixelTasks = (tiles + tilesPerTask - 1) / tilesPerTask
    var panelsPerTask = panels
    while panelsPerTask > 1 && (panels + panelsPerTask - 1) / panelsPerTask * pixelTasks < wanted {
      panelsPerTask -= 1
    }
    depthBlock = max(1, min(Self.preferredDepth, convolution.depth))
    pixelsPerTask = tilesPerTask * gemm.columns
    self.panelsPerTask = panelsPerTask
    self.pixelTasks = pixelTasks
    panelTasks = (panels + panelsPerTask - 1) / panelsPerTask
  }
}

extension KernelSet {
  /// Runs one task of a convolution.
  ///
  /// - Parameters:
  ///   - source: `[inputChannels, input.height, input.width]`.
  ///   - weights: as `GemmKernel.packWeights` leaves them.
  ///   - bias: one value per output channel, padded to whole panels.
  ///   - residual: like the destination; added after the activation.
  ///   - destination: `[outputChannels, output.height, output.width]`.
  ///   - scratch: `tiling.scratch` floats that no other running task uses.
  public func convolve(
    _ convolution: Convolution, tiling: ConvolutionTiling, task: Int, source: FloatRegion,
    weights: FloatRegion, bias: FloatRegion, residual: FloatRegion?, into destination: FloatRegion,
    scratch: FloatRegion
  ) {
    let window = convolution.window
    let outputs = convolution.outputChannels * window.outputPixels
    let packed = gemm.packedCount(rows: convolution.outputChannels, depth: convolution.depth)
    let panels = (convolution.outputChannels + gemm.rows - 1) / gemm.rows
    precondition(task >= 0 && task < tiling.tasks)
    precondition(source.count == convolution.inputChannels * window.inputPixels)
    precondition(destination.count == outputs && (residual.map { $0.count == outputs } ?? true))
    precondition(weights.count == packed && bias.count >= panels * gemm.rows)
    precondition(scratch.count >= tiling.scratch)

    let pixel = task % tiling.pixelTasks * tiling.pixelsPerTask
    let pixelEnd = min(window.outputPixels, pixel + tiling.pixelsPerTask)
    let panel = task / tiling.pixelTasks * tiling.panelsPerTask
    let panelEnd = min(panels, panel + tiling.panelsPerTask)
    var description = apus_convolution(
      window: window.cValue, in_channels: Int64(convolution.inputChannels),
      out_channels: Int64(convolution.outputChannels), k_block: Int64(tiling.depthBlock),
      activation: convolution.activation.cValue)
    var kernels = unsafe apus_convolution_f32_kernels(
      gemm: gemm.entry, pack: pack.entry, unary: unary.entry, binary: binary.entry)
    unsafe apus_convolve_f32(
      &kernels, &description, source.base, weights.base, bias.base, residual?.base,
      destination.base, Int64(pixel), Int64(pixelEnd), Int64(panel), Int64(panelEnd), scratch.base)
  }
}
