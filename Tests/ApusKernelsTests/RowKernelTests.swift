import ApusKernels
import Testing

@Suite struct RowKernelTests {
  @Test(arguments: RowKernel.runnable, [1, 2, 7, 16, 17, 80, 1000])
  func softmaxMatchesTheScalarTwin(_ kernel: RowKernel, _ length: Int) {
    var numbers = Numbers(seed: 12)
    for inner in [1, 2, 8, 17, 33] {
      let source = numbers.memory(length * inner, scale: 20)
      let expected = FloatMemory(count: length * inner)
      RowKernel.all[0].softmax(length: length, inner: inner, source.whole, into: expected.whole)
      let result = FloatMemory(count: length * inner + 1)
      result.whole.fill(guardValue)
      kernel.softmax(
        length: length, inner: inner, source.whole,
        into: result.region(offset: 0, count: length * inner))
      let difference = firstDifference(
        result.whole.array(), expected.whole.array() + [guardValue]
      ) { _ in sumTolerance(terms: 8) }
      #expect(difference == nil, "\(kernel) inner \(inner): \(difference ?? "")")
    }
  }

  @Test(arguments: RowKernel.runnable, [0, 1, 3, 8, 15, 16, 17, 63, 64, 65, 1600])
  func sumMatchesTheScalarTwin(_ kernel: RowKernel, _ count: Int) {
    var numbers = Numbers(seed: 13)
    let source = numbers.memory(count)
    let difference = abs(kernel.sum(source.whole) - RowKernel.all[0].sum(source.whole))
    #expect(difference <= sumTolerance(terms: count))
  }
}
