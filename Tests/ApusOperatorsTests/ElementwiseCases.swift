import ApusGraph
import ApusOperators
import ApusTensor

extension OperatorCase {
  static let elementwise = functions + arithmetic + comparisons + conversions

  private static let signs = floats([-2, 0, 3])

  private static let functions: [OperatorCase] = [
    OperatorCase(Relu(), [signs], gives: [0, 0, 3]),
    OperatorCase(LeakyRelu(alpha: 0.5), [signs], gives: [-1, 0, 3]),
    OperatorCase(ThresholdedRelu(alpha: 2), [signs], gives: [0, 0, 3]),
    OperatorCase(Elu(), [floats([0, 2])], gives: [0, 2]),
    OperatorCase(Selu(alpha: 1, gamma: 2), [floats([0, 2])], gives: [0, 4]),
    OperatorCase(Celu(), [floats([0, 2])], gives: [0, 2]),
    OperatorCase(Sigmoid(), [floats([0])], gives: [0.5]),
    OperatorCase(HardSigmoid(alpha: 0.25), [signs], gives: [0, 0.5, 1]),
    OperatorCase(HardSwish(), [floats([-3, 0, 3])], gives: [0, 0, 3]),
    OperatorCase(Swish(alpha: 2), [floats([0])], gives: [0]),
    OperatorCase(Silu(), [floats([0, 1])], gives: [0, 0.731_058_58]),
    OperatorCase(Mish(), [floats([0])], gives: [0]),
    OperatorCase(Gelu(), [floats([0])], gives: [0]),
    OperatorCase(Gelu(approximate: true), [floats([0])], gives: [0]),
    OperatorCase(Softplus(), [floats([0, 1000])], gives: [0.693_147_18, 1000]),
    OperatorCase(Softsign(), [floats([-1, 1])], gives: [-0.5, 0.5]),
    OperatorCase(Tanh(), [floats([0])], gives: [0]),
    OperatorCase(Erf(), [floats([0])], gives: [0]),
    OperatorCase(Exp(), [floats([0])], gives: [1]),
    OperatorCase(Log(), [floats([1])], gives: [0]),
    OperatorCase(Sqrt(), [floats([9])], gives: [3]),
    OperatorCase(Sin(), [floats([0])], gives: [0]),
    OperatorCase(Cos(), [floats([0])], gives: [1]),
    OperatorCase(Tan(), [floats([0])], gives: [0]),
    OperatorCase(Atan(), [floats([0])], gives: [0]),
    OperatorCase(Reciprocal(), [floats([4])], gives: [0.25]),
    OperatorCase(Neg(), [ints([.min, 2])], gives: [-0x1p63, -2]),
    OperatorCase(Abs(), [Tensor([Int8(-128), -3, 4])], gives: [-128, 3, 4]),
    OperatorCase(Abs(), [Tensor([UInt64.max])], gives: [0x1p64]),
    OperatorCase(Sign(), [signs], gives: [-1, 0, 1]),
    OperatorCase(Floor(), [floats([-1.5, 1.5])], gives: [-2, 1]),
    OperatorCase(Ceil(), [floats([-1.5, 1.5])], gives: [-1, 2]),
    OperatorCase(Round(), [floats([0.5, 1.5, -2.5])], gives: [0, 2, -2]),
    OperatorCase(
      PRelu(), [floats([-2, 4], [2, 1]), floats([0.5, 0.25], [2, 1])], gives: [-1, 4]),
    OperatorCase(
      Clip(), [signs, Tensor(scalar: Float(-1)), Tensor(scalar: Float(2))], gives: [-1, 0, 2]),
    OperatorCase(Clip(), [signs, nil, Tensor(scalar: Float(2))], gives: [-2, 0, 2]),
    OperatorCase(Clip(), [ints([-5, 5]), Tensor(scalar: Int64(0))], gives: [0, 5]),
    OperatorCase(Identity(), [signs], gives: [-2, 0, 3]),
    OperatorCase(Dropout(), [signs, Tensor(scalar: Float(0.5))], gives: [-2, 0, 3], outputs: 2),
  ]

  private static let arithmetic: [OperatorCase] = [
    OperatorCase(Add(), [floats([1, 2], [2, 1]), floats([10, 20])], gives: [11, 21, 12, 22]),
    OperatorCase(Add(), [Tensor([UInt8(250)]), Tensor([UInt8(10)])], gives: [4]),
    OperatorCase(Sub(), [ints([5, 7]), ints([2])], gives: [3, 5]),
    OperatorCase(Mul(), [ints([5, 7]), ints([2])], gives: [10, 14]),
    OperatorCase(Div(), [ints([-7, 7, .min]), ints([2, 0, -1])], gives: [-3, 0, -0x1p63]),
    OperatorCase(Div(), [Tensor([UInt64.max]), Tensor([UInt64(2)])], gives: [0x1p63]),
    OperatorCase(Div(), [floats([1]), floats([4])], gives: [0.25]),
    OperatorCase(Pow(), [floats([2, 3]), ints([3, 2])], gives: [8, 9]),
    OperatorCase(Pow(), [ints([2, -1]), ints([10, -3])], gives: [1024, -1]),
    OperatorCase(Mod(), [ints([-7, 7]), ints([3, -3])], gives: [2, -2]),
    OperatorCase(Mod(hasSignOfDividend: true), [floats([-7, 7]), floats([3])], gives: [-1, 1]),
    OperatorCase(Min(), [ints([1, 5]), ints([3]), ints([4, 2])], gives: [1, 2]),
    OperatorCase(Max(), [floats([1, .nan]), floats([3])], gives: [3, .nan]),
    OperatorCase(Sum(), [floats([1, 2]), floats([3]), floats([4])], gives: [8, 9]),
    OperatorCase(Mean(), [floats([1, 2]), floats([3])], gives: [2, 2.5]),
  ]

  private static let comparisons: [OperatorCase] = [
    OperatorCase(Equal(), [ints([1, 2]), ints([2])], gives: [0, 1]),
    OperatorCase(Greater(), [floats([1, .nan]), floats([0])], gives: [1, 0]),
    OperatorCase(GreaterOrEqual(), [floats([1, .nan]), floats([1])], gives: [1, 0]),
    OperatorCase(Less(), [Tensor([UInt64.max]), Tensor([UInt64(1)])], gives: [0]),
    OperatorCase(LessOrEqual(), [ints([1, 3]), ints([1])], gives: [1, 0]),
    OperatorCase(And(), [flags([true, false]), flags([true])], gives: [1, 0]),
    OperatorCase(Or(), [flags([true, false]), flags([false])], gives: [1, 0]),
    OperatorCase(Xor(), [flags([true, false]), flags([true])], gives: [0, 1]),
    OperatorCase(Not(), [flags([true, false])], gives: [0, 1]),
    OperatorCase(IsNaN(), [floats([1, .nan])], gives: [0, 1]),
    OperatorCase(IsInf(positive: false), [floats([.infinity, -.infinity])], gives: [0, 1]),
    OperatorCase(Where(), [flags([true, false]), ints([1]), ints([7, 8])], gives: [1, 8]),
  ]

  private static let conversions: [OperatorCase] = [
    OperatorCase(Cast(to: .int32), [floats([-1.5, 2.9])], gives: [-1, 2]),
    OperatorCase(Cast(to: .uint8), [ints([-1, 257])], gives: [255, 1]),
    OperatorCase(Cast(to: .float16), [floats([1e6])], gives: [.infinity]),
    OperatorCase(Cast(to: .bool), [floats([0, 0.5])], gives: [0, 1]),
    OperatorCase(CastLike(), [floats([2.5]), ints([])], gives: [2]),
    OperatorCase(
      QuantizeLinear(),
      [floats([0, 2, 3, 1000]), Tensor(scalar: Float(2)), Tensor(scalar: UInt8(128))],
      gives: [128, 129, 130, 255]),
    OperatorCase(
      QuantizeLinear(axis: 0), [floats([1, -9], [2, 1]), floats([1, 3]), Tensor([Int8(0), 1])],
      gives: [1, -2]),
    OperatorCase(
      QuantizeLinear(axis: 1, block: 2, output: .int16),
      [floats([2, 4, 6], [1, 3]), floats([2, 3], [1, 2])], gives: [1, 2, 2]),
    OperatorCase(
      DequantizeLinear(axis: 0), [Tensor([Int8(1), -2]), floats([1, 3]), Tensor([Int8(0), 1])],
      gives: [1, -9]),
    OperatorCase(DynamicQuantizeLinear(), [floats([0, 255])], gives: [0, 255], outputs: 3),
    OperatorCase(DynamicQuantizeLinear(), [floats([])], gives: [], outputs: 3),
  ]
}
