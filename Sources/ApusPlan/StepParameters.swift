/// Where a sliding window falls on a plane, as ONNX states it; pairs are height, then width.
public struct WindowParameters: Hashable, Sendable {
  /// Size of the input plane.
  public var input: [Int]
  /// Size of the output plane.
  public var output: [Int]
  /// Taps.
  public var kernel: [Int]
  /// Input pixels between neighbouring outputs.
  public var strides: [Int]
  /// Input pixels between neighbouring taps.
  public var dilations: [Int]
  /// Padding at top, left, bottom, right.
  public var padding: [Int]

  /// Makes the parameters; every list has two entries, `padding` four.
  public init(
    input: [Int], output: [Int], kernel: [Int] = [1, 1], strides: [Int] = [1, 1],
    dilations: [Int] = [1, 1], padding: [Int] = [0, 0, 0, 0]
  ) {
    precondition(
      [input, output, kernel, strides, dilations].allSatisfy { $0.count == 2 }
        && padding.count == 4)
    self.input = input
    self.output = output
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
  }
}

extension WindowParameters {
  /// Whether every window holds at least one pixel of the input.
  public var meetsEveryWindow: Bool {
    (0..<2).allSatisfy { axis in
      let reach = (kernel[axis] - 1) * dilations[axis]
      let last = (output[axis] - 1) * strides[axis] - padding[axis]
      return padding[axis] <= reach && last < input[axis]
    }
  }
}

/// A function of one element that a step applies.
public enum ElementwiseFunction: Hashable, Sendable {
  case identity, relu, sigmoid, silu, hardSwish, tanh, mish, exp, sqrt, abs, negate
  /// `x < 0 ? slope x : x`.
  case leakyRelu(slope: Float)
  /// `min(high, max(low, x))`.
  case clip(low: Float, high: Float)
  /// `min(1, max(0, slope x + offset))`.
  case hardSigmoid(slope: Float, offset: Float)
}

/// A function of two elements that a step applies.
public enum PairFunction: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum
}

/// What a pooling step does with the elements of a window.
public enum Pooling: Hashable, Sendable {
  case maximum
  /// The mean; padding counts in the divisor where `includePadding` says so.
  case average(includePadding: Bool)
}
