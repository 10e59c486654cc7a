import ApusTensor
import Testing

@Suite struct TensorTests {
  @Test(arguments: DType.allCases) func zerosHaveTheRightSize(_ dtype: DType) {
    let tensor = Tensor(zeros: [2, 3], dtype: dtype)
    #expect(tensor.count == 6)
    #expect(tensor.byteCount == 6 * dtype.byteCount)
    #expect(tensor.doubles == [Double](repeating: 0, count: 6))
    #expect(tensor.booleans == [Bool](repeating: false, count: 6))
  }

  @Test(arguments: DType.allCases, DType.allCases)
  func smallWholeNumbersSurviveEveryConversion(_ from: DType, _ to: DType) {
    let numbers: [Int64] = from == .bool || to == .bool ? [0, 1, 1] : [0, 1, 100]
    let tensor = Tensor(integers: numbers, dtype: from, shape: [3])
    #expect(tensor.converted(to: to).integers == numbers)
    #expect(tensor.converted(to: to).doubles == numbers.map(Double.init))
    #expect(tensor.converted(to: to).dtype == to)
  }

  @Test func integersWrapAround() {
    let wide = Tensor([Int64(300), -1, -129, 1 << 40])
    #expect(wide.converted(to: .uint8).integers == [44, 255, 127, 0])
    #expect(wide.converted(to: .int8).integers == [44, -1, 127, 0])
    #expect(wide.converted(to: .uint64).elements(as: UInt64.self)[1] == .max)
  }

  @Test func floatsAreTruncatedAndSaturateAt64Bits() {
    let tensor = Tensor([Double.nan, 1.9, -1.9, 1e300, -1e300, .infinity])
    #expect(tensor.integers == [0, 1, -1, .max, .min, .max])
    #expect(tensor.converted(to: .bool).booleans == [true, true, true, true, true, true])
    let unsigned = Tensor(doubles: [0x1p63, 0x1p70, -1], dtype: .uint64, shape: [3])
    #expect(unsigned.elements(as: UInt64.self) == [1 << 63, .max, .max])
  }

  @Test func bigIntegersAreRoundedOnce() {
    // Rounded to Double first, this would become a tie and go down.
    let value: Int64 = (1 << 60) + (1 << 36) + 1
    #expect(Tensor([value]).converted(to: .float32).floats == [Float(value)])
    #expect(Tensor([UInt64.max]).converted(to: .float32).floats == [0x1p64])
  }

  @Test func equalMeansEqualBits() {
    #expect(Tensor([Float.nan]) == Tensor([Float.nan]))
    #expect(Tensor([Float(0)]) != Tensor([-Float(0)]))
    #expect(Tensor([Int32(1)]) != Tensor([Int64(1)]))
    #expect(
      Tensor([1, 2] as [Float], shape: [1, 2]) != Tensor([1, 2] as [Float], shape: [2, 1]))
    #expect(Set([Tensor([Float(1)]), Tensor([Float(1)])]).count == 1)
  }

  @Test func reshapingSharesElements() {
    let tensor = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.reshaped(to: [3, 2]).floats == tensor.floats)
    #expect(tensor.reshaped(to: [6]).shape.rank == 1)
  }

  @Test func bytesFromAFileAreChecked() throws {
    let bytes: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]
    let tensor = try bytes.withUnsafeBytes {
      try Tensor(dtype: .float32, shape: [2], bytes: $0)
    }
    #expect(tensor.floats == [1, 2])
    #expect(throws: TensorError.byteCount(dtype: .float32, shape: [3], expected: 12, found: 8)) {
      try bytes.withUnsafeBytes { try Tensor(dtype: .float32, shape: [3], bytes: $0) }
    }
    let huge: Shape = [1 << 40, 1 << 40]
    #expect(throws: TensorError.tooLarge(dtype: .float32, shape: huge)) {
      try bytes.withUnsafeBytes { try Tensor(dtype: .float32, shape: huge, bytes: $0) }
    }
    let truths = try [UInt8(0), 2, 255].withUnsafeBytes {
      try Tensor(dtype: .bool, shape: [3], bytes: $0)
    }
    #expect(truths == Tensor([false, true, true]))
  }

  @Test func stridesAreRowMajor() {
    #expect(Shape([2, 3, 4]).strides == [12, 4, 1])
    #expect(Shape([]).count == 1)
    #expect(Shape([0, 1 << 62, 4]).checkedByteCount(of: .float64) == 0)
    #expect(Shape([1 << 62]).checkedByteCount(of: .float64) == nil)
  }
}
