import ApusKernels
import Testing

@Suite struct WindowKernelTests {
  @Test(arguments: WindowKernel.runnable, WindowCase.all)
  func depthwiseMatchesTheScalarTwin(_ kernel: WindowKernel, _ test: WindowCase) {
    var numbers = Numbers(seed: 5)
    let source = numbers.memory(test.window.inputPixels)
    let weights = numbers.memory(test.window.taps)
    expectEqual(test, terms: test.window.taps + 1) { kernel, destination in
      kernel.depthwise(
        test.window, source.whole, weights: weights.whole, bias: 0.25, into: destination)
    } of: {
      kernel
    }
  }

  @Test(arguments: WindowKernel.runnable, WindowCase.all)
  func maxPoolEqualsTheScalarTwin(_ kernel: WindowKernel, _ test: WindowCase) {
    var numbers = Numbers(seed: 6)
    let source = numbers.memory(test.window.inputPixels)
    expectEqual(test, terms: 0) { kernel, destination in
      kernel.maxPool(test.window, source.whole, into: destination)
    } of: {
      kernel
    }
  }

  @Test(arguments: WindowKernel.runnable, WindowCase.all)
  func averagePoolMatchesTheScalarTwin(_ kernel: WindowKernel, _ test: WindowCase) {
    var numbers = Numbers(seed: 8)
    let source = numbers.memory(test.window.inputPixels)
    for includePadding in [false, true] {
      expectEqual(test, terms: test.window.taps) { kernel, destination in
        kernel.averagePool(
          test.window, includePadding: includePadding, source.whole, into: destination)
      } of: {
        kernel
      }
    }
  }

  func expectEqual(
    _ test: WindowCase, terms: Int, _ run: (WindowKernel, FloatRegion) -> Void,
    of kernel: () -> WindowKernel
  ) {
    let count = test.window.outputPixels
    let expected = FloatMemory(count: count)
    run(WindowKernel.all[0], expected.whole)
    let result = FloatMemory(count: count + 1)
    result.whole.fill(guardValue)
    run(kernel(), result.region(offset: 0, count: count))
    let difference = firstDifference(
      result.whole.array(), expected.whole.array() + [guardValue]
    ) { _ in sumTolerance(terms: terms) }
    #expect(difference == nil, "\(kernel()): \(difference ?? "")")
  }
}
