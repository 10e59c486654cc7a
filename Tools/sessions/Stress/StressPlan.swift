import ApusKernels
import ApusPlan
import ApusTensor

/// A plan with steps of many kinds: planes and channels-last maps, one task and many.
func stressPlan() -> Plan {
  let isa = ISA.best
  let gemm = KernelSet(isa: isa).gemm
  let (channels, side, images) = (8, 24, 2)
  let count = images * channels * side * side
  let (weightCount, taps) = (channels * channels * 9, 9)
  let biasCount = gemm.packedCount(rows: channels, depth: 1)
  let packedCount = gemm.packedCount(rows: channels, depth: channels * taps)
  let numbers = (0..<weightCount + biasCount + channels * taps).map {
    Float($0 * 37 % 101 - 50) / 100
  }

  var end = 0
  func take(_ count: Int) -> Place {
    defer { end += (count + 15) / 16 * 16 }
    return Place(.arena, offset: end, count: count)
  }
  func constant(_ offset: Int, _ count: Int) -> Place {
    Place(.constants, offset: offset, count: count)
  }
  let maps = (0..<6).map { _ in take(count) }
  let packed = take(packedCount)
  let window = WindowParameters(
    input: [side, side], output: [side, side], kernel: [3, 3], padding: [1, 1, 1, 1])
  let map = FeatureMap(
    element: .float32, grid: FeatureGrid(),
    place: take(images * (side + 2) * (side + 2) * channels), base: ((side + 2) + 1) * channels * 4,
    images: images, height: side, width: side, channels: channels, pixelStride: channels * 4,
    rowStride: (side + 2) * channels * 4, imageStride: (side + 2) * (side + 2) * channels * 4,
    border: [1, 1, 1, 1])
  var pooled = map
  pooled.place = take(map.place.count)

  let operations: [Operation] = [
    .pack(
      PackStep(
        groups: 1, rows: channels, channels: channels, taps: taps,
        source: constant(0, weightCount), destination: packed)),
    .convolution(
      ConvolutionStep(
        window: window, images: images, groups: 1, inputChannels: channels,
        outputChannels: channels, activation: .silu, source: maps[0], weights: packed,
        bias: constant(weightCount, biasCount), residual: maps[0], destination: maps[1])),
    .depthwise(
      DepthwiseStep(
        window: window, images: images, channels: channels, activation: .hardSwish,
        source: maps[1], weights: constant(weightCount + biasCount, channels * taps),
        bias: constant(weightCount, channels), destination: maps[2])),
    .pool(PoolStep(pooling: .maximum, window: window, source: maps[2], destination: maps[3])),
    .feature(.import(FeatureImportStep(source: maps[3], destination: map))),
    .feature(
      .pool(
        FeaturePoolStep(
          pooling: .average(includePadding: true), window: window, source: map,
          destination: pooled))),
    .feature(.unary(FeatureUnaryStep(function: .tanh, source: pooled, destination: map))),
    .feature(.export(FeatureExportStep(source: map, destination: maps[4]))),
    .binary(
      BinaryStep(
        function: .add, left: maps[4], right: maps[0], destination: maps[5], rows: [],
        leftStrides: [], rightStrides: [], run: count, repeatsLeft: false, repeatsRight: false)),
    .softmax(SoftmaxStep(length: side, inner: side, source: maps[5], destination: maps[2])),
  ]
  let shape: Shape = [images, channels, side, side]
  return Plan(
    name: "stress", isa: isa.rawValue, tileRows: gemm.rows,
    inputs: [Plan.Binding(name: "in", dtype: .float32, shape: shape, holder: .place(maps[0]))],
    outputs: [Plan.Binding(name: "out", dtype: .float32, shape: shape, holder: .place(maps[2]))],
    steps: operations.enumerated().map {
      Plan.Step(
        name: "step \($0)", operators: "Test", operation: $1, multiplyAccumulates: 0, bytes: 0)
    },
    arenaCount: end,
    constants: Tensor(
      numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init) }),
    slotCount: 0)
}
