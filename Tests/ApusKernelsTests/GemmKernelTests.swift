import ApusKernels
import Testing

@Suite struct GemmKernelTests {
  /// Rows and columns of the tile from 1 to full, several depths, against a plain sum in double.
  @Test(arguments: GemmKernel.runnable, [1, 2, 7, 64, 300])
  func everyPartOfTheTileIsRight(_ kernel: GemmKernel, _ depth: Int) {
    var numbers = Numbers(seed: UInt64(depth))
    let left = numbers.memory(depth * kernel.rows)
    let right = numbers.memory(depth * kernel.columns)
    let bias = numbers.memory(kernel.rows)
    let (a, b, start) = (left.whole.array(), right.whole.array(), bias.whole.array())
    let stride = kernel.columns + 3
    for rows in 1...kernel.rows {
      for columns in 1...kernel.columns where columns % 5 == 1 || columns + 1 >= kernel.columns {
        let result = FloatMemory(count: kernel.rows * stride)
        result.whole.fill(guardValue)
        var expected = result.whole.array()
        for i in 0..<rows {
          for j in 0..<columns {
            var sum = Double(start[i])
            for k in 0..<depth {
              sum += Double(a[k * kernel.rows + i]) * Double(b[k * kernel.columns + j])
            }
            expected[i * stride + j] = Float(sum)
          }
        }
        kernel(
          depth: depth, left: left.whole, right: right.whole, bias: bias.whole,
          into: result.whole, stride: stride, rows: rows, columns: columns)
        let difference = firstDifference(result.whole.array(), expected) { _ in
          sumTolerance(terms: depth + 1)
        }
        #expect(difference == nil, "\(kernel) \(rows)x\(columns): \(difference ?? "")")
      }
    }
  }

  @Test(arguments: GemmKernel.runnable)
  func blocksOfTheDepthAddUp(_ kernel: GemmKernel) {
    var numbers = Numbers(seed: 11)
    let depth = 24
    let left = numbers.memory(depth * kernel.rows)
    let right = numbers.memory(depth * kernel.columns)
    let bias = numbers.memory(kernel.rows)
    for (rows, columns) in [(kernel.rows, kernel.columns), (1, 1), (kernel.rows, 3)] {
      let whole = FloatMemory(count: kernel.rows * kernel.columns)
      let blocks = FloatMemory(count: kernel.rows * kernel.columns)
      kernel(
        depth: depth, left: left.whole, right: right.whole, bias: bias.whole, into: whole.whole,
        stride: kernel.columns, rows: rows, columns: columns)
      for block in 0..<3 {
        kernel(
          depth: 8, left: left.whole.from(block * 8 * kernel.rows),
          right: right.whole.from(block * 8 * kernel.columns),
          bias: block == 0 ? bias.whole : nil, into: blocks.whole, stride: kernel.columns,
          rows: rows, columns: columns)
      }
      let difference = firstDifference(whole.whole.array(), blocks.whole.array()) { _ in
        sumTolerance(terms: depth + 1)
      }
      #expect(difference == nil, "\(kernel): \(difference ?? "")")
    }
  }

  @Test(arguments: GemmKernel.runnable)
  func weightsArePackedByPanelTapAndChannel(_ kernel: GemmKernel) {
    let (rows, channels, taps) = (kernel.rows + 2, 3, 2)
    let source = FloatMemory((0..<rows * channels * taps).map(Float.init))
    let packed = FloatMemory(count: kernel.packedCount(rows: rows, depth: channels * taps))
    kernel.packWeights(
      source.whole, rows: rows, channels: channels, taps: taps, into: packed.whole)
    let result = packed.whole.array()
    for index in result.indices {
      let row = index / (taps * channels * kernel.rows) * kernel.rows + index % kernel.rows
      let depth = index / kernel.rows % (taps * channels)
      let (tap, channel) = (depth / channels, depth % channels)
      #expect(result[index] == (row < rows ? Float((row * channels + channel) * taps + tap) : 0))
    }
  }
}
