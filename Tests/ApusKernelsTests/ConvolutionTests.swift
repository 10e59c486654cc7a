import ApusKernels
import Testing

@Suite struct ConvolutionTests {
  /// The sum over channels and taps, written out in double.
  static func reference(
    _ convolution: Convolution, source: [Float], weights: [Float], bias: [Float]
  ) -> [Float] {
    let w = convolution.window
    var result: [Float] = []
    for channel in 0..<convolution.outputChannels {
      for oy in 0..<w.output.height {
        for ox in 0..<w.output.width {
          var sum = Double(bias[channel])
          for input in 0..<convolution.inputChannels {
            for ky in 0..<w.kernel.height {
              for kx in 0..<w.kernel.width {
                let iy = oy * w.stride.height - w.padding.top + ky * w.dilation.height
                let ix = ox * w.stride.width - w.padding.left + kx * w.dilation.width
                guard iy >= 0, iy < w.input.height, ix >= 0, ix < w.input.width else { continue }
                let weight = ((channel * convolution.inputChannels + input) * w.taps)
                sum +=
                  Double(weights[weight + ky * w.kernel.width + kx])
                  * Double(source[(input * w.input.height + iy) * w.input.width + ix])
              }
            }
          }
          result.append(Float(sum))
        }
      }
    }
    return result
  }

  static func run(
    _ set: KernelSet, _ convolution: Convolution, threads: Int, source: FloatMemory,
    weights: FloatMemory, bias: FloatMemory, residual: FloatMemory?
  ) -> [Float] {
    let tiling = ConvolutionTiling(convolution, gemm: set.gemm, threads: threads)
    let packed = FloatMemory(
      count: set.gemm.packedCount(rows: convolution.outputChannels, depth: convolution.depth))
    set.gemm.packWeights(
      weights.whole, rows: convolution.outputChannels, channels: convolution.inputChannels,
      taps: convolution.window.taps, into: packed.whole)
    let paddedBias = FloatMemory(
      count: set.gemm.packedCount(rows: convolution.outputChannels, depth: 1))
    paddedBias.region(offset: 0, count: bias.count).copy(from: bias.whole)
    let result = FloatMemory(
      count: convolution.outputChannels * convolution.window.outputPixels)
    result.whole.fill(.nan)
    let scratch = FloatMemory(count: tiling.scratch)
    for task in 0..<tiling.tasks {
      set.convolve(
        convolution, tiling: tiling, task: task, source: source.whole, weights: packed.whole,
        bias: paddedBias.whole, residual: residual?.whole, into: result.whole,
        scratch: scratch.whole)
    }
    return result.whole.array()
  }

  @Test(arguments: ISA.available, WindowCase.all)
  func matchesTheWrittenOutSum(_ isa: ISA, _ test: WindowCase) {
    var numbers = Numbers(seed: 21)
    for (inputs, outputs) in [(1, 1), (3, 13), (70, 9)] {
      let convolution = Convolution(
        window: test.window, inputChannels: inputs, outputChannels: outputs)
      let source = numbers.memory(inputs * test.window.inputPixels)
      let weights = numbers.memory(outputs * convolution.depth)
      let bias = numbers.memory(outputs)
      let expected = Self.reference(
        convolution, source: source.whole.array(), weights: weights.whole.array(),
        bias: bias.whole.array())
      for threads in [1, 4] {
        let result = Self.run(
          KernelSet(isa: isa), convolution, threads: threads, source: source, weights: weights,
          bias: bias, residual: nil)
        let difference = firstDifference(result, expected) { _ in
          sumTolerance(terms: convolution.depth + 1)
        }
        #expect(difference == nil, "\(inputs) -> \(outputs), \(threads): \(difference ?? "")")
      }
    }
  }

  @Test(arguments: ISA.available)
  func activationAndResidualFollowTheSum(_ isa: ISA) {
    var numbers = Numbers(seed: 22)
    let set = KernelSet(isa: isa)
    let window = Window(
      fitting: .init(11, 13), kernel: .init(3, 3),
      padding: .init(top: 1, left: 1, bottom: 1, right: 1))
    var convolution = Convolution(window: window, inputChannels: 40, outputChannels: 10)
    let source = numbers.memory(40 * window.inputPixels)
    let weights = numbers.memory(10 * convolution.depth, scale: 0.1)
    let bias = numbers.memory(10)
    let residual = numbers.memory(10 * window.outputPixels)
    let plain = Self.run(
      set, convolution, threads: 1, source: source, weights: weights, bias: bias, residual: nil)
    convolution.activation = .silu
    let result = Self.run(
      set, convolution, threads: 3, source: source, weights: weights, bias: bias,
      residual: residual)
    let expected = FloatMemory(plain)
    UnaryKernel.all[0](.silu, expected.whole, into: expected.whole)
    BinaryKernel.all[0](.add, expected.whole, residual.whole, into: expected.whole)
    let difference = firstDifference(result, expected.whole.array()) { _ in
      sumTolerance(terms: convolution.depth)
    }
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test(arguments: ISA.available, [1, 2, 3, 8, 64])
  func tasksCoverEveryOutputOnce(_ isa: ISA, _ threads: Int) {
    let gemm = KernelSet(isa: isa).gemm
    for (size, outputs) in [(1, 1), (20, 256), (80, 64), (3, 1000)] {
      let convolution = Convolution(
        window: Window(fitting: .init(size, size), kernel: .init(1, 1)), inputChannels: 8,
        outputChannels: outputs)
      let tiling = ConvolutionTiling(convolution, gemm: gemm, threads: threads)
      let panels = (outputs + gemm.rows - 1) / gemm.rows
      #expect(tiling.pixelTasks * tiling.pixelsPerTask >= size * size)
      #expect((tiling.pixelTasks - 1) * tiling.pixelsPerTask < size * size)
      #expect(tiling.panelTasks * tiling.panelsPerTask >= panels)
      #expect((tiling.panelTasks - 1) * tiling.panelsPerTask < panels)
      #expect(tiling.pixelsPerTask % gemm.columns == 0)
    }
  }
}
