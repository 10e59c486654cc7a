import ApusKernels
import Testing

@Suite struct BinaryKernelTests {
  @Test(arguments: BinaryKernel.runnable, [0, 1, 2, 7, 8, 9, 15, 16, 17, 32, 45])
  func matchesTheScalarTwin(_ kernel: BinaryKernel, _ count: Int) {
    var numbers = Numbers(seed: 3)
    for operation in BinaryOperation.allCases {
      for (leftCount, rightCount) in [(count, count), (1, count), (count, 1), (1, 1)] {
        let left = numbers.memory(leftCount, scale: 5)
        let right = numbers.memory(rightCount, scale: 5)
        let expected = FloatMemory(count: count)
        BinaryKernel.all[0](operation, left.whole, right.whole, into: expected.whole)
        let result = FloatMemory(count: count + 1)
        result.whole.fill(guardValue)
        kernel(
          operation, left.whole, right.whole, into: result.region(offset: 0, count: count))
        #expect(result.whole.array() == expected.whole.array() + [guardValue], "\(operation)")
      }
    }
  }

  @Test(arguments: BinaryKernel.runnable)
  func maximumAndMinimumKeepNotANumber(_ kernel: BinaryKernel) {
    for operation in [BinaryOperation.maximum, .minimum] {
      let left = FloatMemory([.nan, 1, .nan])
      let right = FloatMemory([1, .nan, .nan])
      let result = FloatMemory(count: 3)
      kernel(operation, left.whole, right.whole, into: result.whole)
      #expect(result.whole.array().allSatisfy { $0.isNaN })
    }
  }
}
