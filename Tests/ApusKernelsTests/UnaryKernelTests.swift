import ApusKernels
import Testing

@Suite struct UnaryKernelTests {
  static let special: [Float] = [
    0, -0.0, 1, -1, 0.5, -0.5, 0.624999, 0.625, 1e-20, -1e-20, 3, -3, 6, 20, -20, 50, -50, 87, 88.5,
    88.8, -87.3, -88, -100, -104, -110, 1000, -1000, 1e30, -1e30, .leastNonzeroMagnitude,
  ]

  func tolerance(_ activation: Activation) -> Float {
    switch activation {
    case .identity, .relu, .clip, .abs, .negate: 0
    case .leakyRelu, .sqrt, .hardSigmoid, .hardSwish: KernelTolerance.arithmeticUlps
    default: KernelTolerance.transcendentalUlps
    }
  }

  func check(_ kernel: UnaryKernel, _ activation: Activation, _ input: [Float]) {
    let source = FloatMemory(input)
    let expected = FloatMemory(count: input.count)
    UnaryKernel.all[0](activation, source.whole, into: expected.whole)
    let result = FloatMemory(count: input.count + 1)
    result.whole.fill(guardValue)
    kernel(activation, source.whole, into: result.region(offset: 0, count: input.count))
    let (a, b) = (result.whole.array(), expected.whole.array())
    #expect(a.last == guardValue, "\(kernel) wrote past the end")
    for index in input.indices {
      var distance = ulps(a[index], b[index])
      if abs(a[index] - b[index]) < KernelTolerance.flushed { distance = 0 }
      #expect(
        distance <= tolerance(activation),
        "\(kernel) \(activation) of \(input[index]): \(a[index]), not \(b[index])")
      if distance > tolerance(activation) { return }
    }
    // In place gives the same.
    kernel(activation, source.whole, into: source.whole)
    #expect(zip(source.whole.array(), a).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
  }

  @Test(arguments: UnaryKernel.runnable, [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 100])
  func matchesTheScalarTwinAtEveryTail(_ kernel: UnaryKernel, _ count: Int) {
    var numbers = Numbers(seed: 7)
    for activation in Activation.samples {
      var input = (0..<count).map { _ in numbers.next() * 12 }
      if activation == .sqrt { input = input.map(abs) }
      if activation == .hardSwish || activation == .hardSigmoid(slope: 0.2, offset: 0.5) {
        // Near the kinks cancellation magnifies the rounding of the float constants.
        input = input.map { ($0 * 4).rounded() / 4 }.map { abs($0) < 2.4 ? $0 : $0 * 4 }
      }
      check(kernel, activation, input)
    }
  }

  @Test(arguments: UnaryKernel.runnable)
  func matchesTheScalarTwinOnSpecialValues(_ kernel: UnaryKernel) {
    for activation in Activation.samples {
      switch activation {
      case .sqrt: check(kernel, activation, Self.special.map(abs))
      case .hardSigmoid, .hardSwish, .mish:
        check(kernel, activation, Self.special.filter { abs($0) < 60 })
      default: check(kernel, activation, Self.special)
      }
    }
  }

  @Test(arguments: UnaryKernel.runnable)
  func sweepsTheWholeRangeOfTheExponential(_ kernel: UnaryKernel) {
    let sweep = stride(from: Float(-103), through: 88.7, by: 0.0137).map { $0 }
    for activation in [Activation.exp, .sigmoid, .silu, .tanh] { check(kernel, activation, sweep) }
    check(kernel, .mish, sweep.filter { $0 > -80 })
  }

  @Test(arguments: UnaryKernel.runnable)
  func keepsNotANumberAndInfinity(_ kernel: UnaryKernel) {
    let functions: [Activation] = [
      .relu, .leakyRelu(slope: 0.1), .clip(low: 0, high: 6), .sigmoid, .silu, .tanh, .exp, .abs,
      .negate, .sqrt, .hardSwish, .mish,
    ]
    for activation in functions {
      let memory = FloatMemory([.nan, .infinity, .nan])
      kernel(activation, memory.whole, into: memory.whole)
      let result = memory.whole.array()
      #expect(result[0].isNaN && result[2].isNaN, "\(kernel) \(activation)")
      #expect(!result[1].isNaN, "\(kernel) \(activation) of infinity")
    }
  }
}
