import ApusKernels
import ApusPlan
import ApusTensor

/// Puts together a plan with steps of every kind, of one task and of many, on 2 images of 8 channels.
struct SamplePlan {
  static let (images, channels, side) = (2, 8, 24)
  static let count = images * channels * side * side
  static let window = WindowParameters(
    input: [side, side], output: [side, side], kernel: [3, 3], padding: [1, 1, 1, 1])

  private var arena = 0
  private var constants: [UInt8] = []
  private var operations: [Operation] = []

  /// The plan, for the best instruction set of this machine.
  static var plan: Plan {
    var sample = SamplePlan()
    let shape: Shape = [images, channels, side, side]
    let input = sample.take(count)
    let features = sample.planes(input)
    let output = sample.maps(features, input)
    let isa = ISA.best
    return Plan(
      name: "sample", isa: isa.rawValue, tileRows: KernelSet(isa: isa).gemm.rows,
      inputs: [Plan.Binding(name: "in", dtype: .float32, shape: shape, holder: .place(input))],
      outputs: [
        Plan.Binding(name: "out", dtype: .float32, shape: shape, holder: .place(output)),
        Plan.Binding(
          name: "size", dtype: .int64, shape: [2], holder: .constant(Tensor([24, 24] as [Int64]))),
      ],
      steps: sample.operations.enumerated().map {
        Plan.Step(
          name: "step \($0)", operators: "Test", operation: $1, multiplyAccumulates: $0,
          bytes: 4 * count)
      },
      arenaCount: sample.arena, constants: Tensor(sample.constants), slotCount: 0)
  }

  /// Steps over planes of floats; gives where their result is.
  private mutating func planes(_ input: Place) -> Place {
    let gemm = KernelSet(isa: .best).gemm
    let (images, channels, side) = (Self.images, Self.channels, Self.side)
    let packed = take(gemm.packedCount(rows: channels, depth: channels * 9))
    operations.append(
      .pack(
        PackStep(
          groups: 1, rows: channels, channels: channels, taps: 9,
          source: floats(channels * channels * 9), destination: packed)))
    let convolved = take(Self.count)
    operations.append(
      .convolution(
        ConvolutionStep(
          window: Self.window, images: images, groups: 1, inputChannels: channels,
          outputChannels: channels, activation: .leakyRelu(slope: 0.1), source: input,
          weights: packed, bias: floats(gemm.packedCount(rows: channels, depth: 1)),
          residual: input, destination: convolved)))
    let filtered = take(Self.count)
    operations.append(
      .depthwise(
        DepthwiseStep(
          window: Self.window, images: images, channels: channels,
          activation: .hardSigmoid(slope: 0.2, offset: 0.5), source: convolved,
          weights: floats(channels * 9), bias: floats(channels), destination: filtered)))
    let pooled = take(Self.count)
    for pooling in [Pooling.maximum, .average(includePadding: true)] {
      operations.append(
        .pool(
          PoolStep(pooling: pooling, window: Self.window, source: filtered, destination: pooled)))
    }
    let function = ElementwiseFunction.clip(low: -1, high: 1)
    operations.append(.unary(UnaryStep(function: function, source: pooled, destination: filtered)))
    let means = take(images * channels)
    operations.append(.mean(MeanStep(length: side * side, source: filtered, destination: means)))
    operations.append(
      .binary(
        BinaryStep(
          function: .add, left: pooled, right: means, destination: convolved,
          rows: [images * channels], leftStrides: [side * side], rightStrides: [1],
          run: side * side, repeatsLeft: false, repeatsRight: true)))
    let places = (0..<side).map { Float($0) + 0.25 }
    operations.append(
      .interpolate(
        InterpolateStep(
          width: side, height: side, rows: places, columns: places, source: convolved,
          destination: filtered)))
    let backwards = (0..<Int32(side)).reversed().map { $0 }
    operations.append(
      .gather(
        GatherStep(
          width: side, height: side, rows: backwards, columns: backwards, source: filtered,
          destination: pooled)))
    operations.append(
      .copy(
        CopyStep(
          boxes: [
            CopyStep.Box(
              source: pooled, sourceOffset: Self.count - 1, sourceStrides: [-1],
              destinationStrides: [1], shape: [Self.count / 2])
          ], destination: convolved, background: 0.5)))
    operations.append(
      .softmax(
        SoftmaxStep(length: side, inner: side, source: convolved, destination: filtered)))
    return filtered
  }

  /// Steps over channels-last maps; gives where their result is.
  private mutating func maps(_ source: Place, _ input: Place) -> Place {
    let (a, b, c) = (map(), map(), map())
    let places = (0..<Self.side).map { Float($0) * 0.9 }
    let rows = (0..<Int32(Self.side)).map { $0 / 2 }
    operations += [
      .feature(.import(FeatureImportStep(source: source, destination: a))),
      .feature(.convolution(convolution(a, b))),
      .feature(
        .pool(
          FeaturePoolStep(
            pooling: .average(includePadding: false), window: Self.window, source: b,
            destination: c))),
      .feature(
        .pair(
          FeaturePairStep(
            function: .multiply, activation: .silu, left: b, right: c, destination: a))),
      .feature(.shuffle(FeatureShuffleStep(groups: 2, source: a, destination: b))),
      .feature(.gather(FeatureGatherStep(rows: rows, columns: rows, source: b, destination: c))),
      .feature(
        .interpolate(
          FeatureInterpolateStep(rows: places, columns: places, source: c, destination: a))),
      .feature(.unary(FeatureUnaryStep(function: .tanh, source: a, destination: b))),
    ]
    let output = take(Self.count)
    operations.append(.feature(.export(FeatureExportStep(source: b, destination: output))))
    return output
  }

  /// A convolution of 1x1 windows, with a residual.
  private mutating func convolution(
    _ source: FeatureMap, _ destination: FeatureMap
  ) -> FeatureConvolutionStep {
    guard
      let tile = TileKernel.candidates(.float32, isDepthwise: false, isa: .best).first
    else { fatalError("every instruction set has a tile of floats") }
    let size = Self.channels
    let weights = Self.numbers(size * size).flatMap { bytes($0) }
    let packed = tile.pack(weights, outputs: size, segments: 1, length: size, steps: size, quads: 1)
    return FeatureConvolutionStep(
      window: WindowParameters(input: Self.window.input, output: Self.window.output),
      isDepthwise: false,
      tiling: FeatureConvolutionStep.Tiling(
        kernel: tile.name, columns: tile.columns, quads: 1, offsets: [0], steps: size,
        panelBytes: tile.packedBytes(outputs: 1, segments: 1, length: size, steps: size, quads: 1),
        virtualWidth: 0, panelBlock: 1),
      source: source, weights: constant(packed),
      finish: FeatureFinish(
        bias: floats((size + tile.columns - 1) / tile.columns * tile.columns), activation: .relu,
        residual: FeatureFinish.Residual(map: source, own: FeatureGrid())),
      destination: destination)
  }

  private mutating func map() -> FeatureMap {
    let (side, pixel) = (Self.side, Self.channels * 4)
    let row = (side + 2) * pixel
    return FeatureMap(
      element: .float32, grid: FeatureGrid(), place: take(Self.images * (side + 2) * row / 4),
      base: row + pixel, images: Self.images, height: side, width: side, channels: Self.channels,
      pixelStride: pixel, rowStride: row, imageStride: (side + 2) * row, border: [1, 1, 1, 1])
  }

  private mutating func take(_ count: Int) -> Place {
    defer { arena += (count + 15) / 16 * 16 }
    return Place(.arena, offset: arena, count: count)
  }

  private mutating func floats(_ count: Int) -> Place {
    constant(Self.numbers(count).flatMap { bytes($0) })
  }

  private mutating func constant(_ bytes: [UInt8]) -> Place {
    defer {
      constants += bytes
      constants += [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64)
    }
    return Place(.constants, offset: constants.count / 4, count: bytes.count / 4)
  }

  private func bytes(_ number: Float) -> [UInt8] {
    withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)
  }

  private static func numbers(_ count: Int) -> [Float] {
    (0..<count).map { Float($0 * 37 % 101 - 50) / 100 }
  }
}
