import ApusKernels
import Testing

@Suite struct PackKernelTests {
  @Test(arguments: PackKernel.runnable, WindowCase.all)
  func panelsEqualTheScalarTwin(_ kernel: PackKernel, _ test: WindowCase) {
    var numbers = Numbers(seed: 9)
    let channels = 3
    let source = numbers.memory(channels * test.window.inputPixels)
    let depth = channels * test.window.taps
    let pixels = test.window.outputPixels
    for width in [8, 32] {
      for range in [0..<depth, depth / 2..<depth, 0..<1] {
        for pixel in Set([0, pixels / 3, max(0, pixels - width)]) {
          let count = min(width, pixels - pixel)
          let expected = FloatMemory(count: range.count * width)
          let result = FloatMemory(count: range.count * width)
          result.whole.fill(guardValue)
          for (kernel, memory) in [(PackKernel.all[0], expected), (kernel, result)] {
            kernel.pixels(
              test.window, source.whole, channels: channels, depth: range, pixel: pixel,
              count: count, width: width, into: memory.whole)
          }
          #expect(result.whole.array() == expected.whole.array(), "\(range) at \(pixel)")
        }
      }
    }
  }
}
