import ApusGraph
import ApusOperators
import ApusTensor

extension OperatorCase {
  static let structure = making + cutting + reshaping + gathering + arranging

  private static let making: [OperatorCase] = [
    OperatorCase(Constant(ints([4, 5])), [], gives: [4, 5]),
    OperatorCase(ConstantOfShape(ints([7])), [ints([2, 1])], gives: [7, 7]),
    OperatorCase(ConstantOfShape(), [ints([])], gives: [0]),
    OperatorCase(ShapeOf(), [counting([2, 3])], gives: [2, 3]),
    OperatorCase(ShapeOf(start: -1), [counting([2, 3])], gives: [3]),
    OperatorCase(Size(), [counting([2, 3])], gives: [6]),
    OperatorCase(
      RangeOf(), [ints([5], []), ints([0], []), ints([-2], [])], gives: [5, 3, 1]),
    OperatorCase(
      RangeOf(), [floats([0], []), floats([1], []), floats([0.4], [])], gives: [0, 0.4, 0.8]),
    OperatorCase(EyeLike(dtype: .int64, diagonal: 1), [counting([2, 2])], gives: [0, 1, 0, 0]),
    OperatorCase(
      OneHot(axis: 0), [ints([1, -1, 9]), ints([2]), floats([0, 5])], gives: [0, 0, 0, 5, 5, 0]),
  ]

  private static let cutting: [OperatorCase] = [
    OperatorCase(Concat(axis: 0), [ints([1]), ints([]), ints([2, 3])], gives: [1, 2, 3]),
    OperatorCase(
      Concat(axis: -1), [counting([2, 1]), counting([2, 2])], gives: [0, 0, 1, 1, 2, 3]),
    OperatorCase(
      Split(axis: 1, pieces: nil), [counting([2, 3]), ints([1, 2])], gives: [0, 3], outputs: 2),
    OperatorCase(Split(axis: 0, pieces: 2), [counting([4])], gives: [0, 1], outputs: 2),
    OperatorCase(Slice(), [counting([5]), ints([1]), ints([-1])], gives: [1, 2, 3]),
    OperatorCase(
      Slice(), [counting([2, 3]), ints([-1]), ints([.min]), ints([1]), ints([-2])],
      gives: [2, 0, 5, 3]),
    OperatorCase(
      Slice(), [ints([7, 8, 9]), ints([1]), ints([.max]), ints([0]), ints([1])], gives: [8, 9]),
    OperatorCase(Slice(), [counting([3]), ints([3]), ints([9])], gives: []),
    OperatorCase(
      Pad(), [counting([2]), ints([1, 2]), Tensor(scalar: Float(9))], gives: [9, 0, 1, 9, 9]),
    OperatorCase(Pad(), [counting([3]), ints([-1, 1])], gives: [1, 2, 0]),
    OperatorCase(
      Pad(mode: .reflect), [counting([3]), ints([2, 3])], gives: [2, 1, 0, 1, 2, 1, 0, 1]),
    OperatorCase(Pad(mode: .edge), [counting([2]), ints([1, 1])], gives: [0, 0, 1, 1]),
    OperatorCase(
      Pad(mode: .wrap), [counting([1, 3]), ints([1, 2]), nil, ints([-1])],
      gives: [2, 0, 1, 2, 0, 1]),
    OperatorCase(Compress(), [counting([3]), flags([true, false, true])], gives: [0, 2]),
    OperatorCase(Compress(axis: 1), [counting([2, 2]), flags([false, true])], gives: [1, 3]),
    OperatorCase(NonZero(), [floats([1, 0, 0, 2], [2, 2])], gives: [0, 1, 0, 1]),
    OperatorCase(Unique(), [ints([2, 1, 2])], gives: [1, 2], outputs: 4),
    OperatorCase(
      Unique(axis: 0, sorted: false), [floats([2, 2, 1], [3, 1])], gives: [2, 1], outputs: 4),
  ]

  private static let reshaping: [OperatorCase] = [
    OperatorCase(Reshape(), [counting([2, 3]), ints([0, -1, 1])], gives: [0, 1, 2, 3, 4, 5]),
    OperatorCase(Reshape(allowZero: true), [floats([], [0, 2]), ints([3, 0])], gives: []),
    OperatorCase(Reshape(), [counting([1]), ints([])], gives: [0]),
    OperatorCase(Flatten(axis: 2), [counting([1, 2, 3])], gives: [0, 1, 2, 3, 4, 5]),
    OperatorCase(Transpose(nil), [counting([2, 3])], gives: [0, 3, 1, 4, 2, 5]),
    OperatorCase(Transpose([1, 0, 2]), [counting([2, 2, 1])], gives: [0, 2, 1, 3]),
    OperatorCase(Squeeze(), [counting([1, 2, 1]), ints([-1])], gives: [0, 1]),
    OperatorCase(Squeeze(), [counting([1, 2, 1])], gives: [0, 1]),
    OperatorCase(Unsqueeze(), [counting([2]), ints([0, -1])], gives: [0, 1]),
    OperatorCase(Expand(), [counting([2, 1]), ints([1, 3])], gives: [0, 0, 0, 1, 1, 1]),
    OperatorCase(Tile(), [counting([1, 2]), ints([2, 2])], gives: [0, 1, 0, 1, 0, 1, 0, 1]),
    OperatorCase(
      DepthToSpace(block: 2), [counting([1, 8, 1, 1])], gives: [0, 2, 4, 6, 1, 3, 5, 7]),
    OperatorCase(
      DepthToSpace(block: 2, order: .depthFirst), [counting([1, 4, 1, 2])],
      gives: [0, 2, 1, 3, 4, 6, 5, 7]),
    OperatorCase(
      SpaceToDepth(block: 2), [counting([1, 1, 2, 4])], gives: [0, 2, 1, 3, 4, 6, 5, 7]),
  ]

  private static let gathering: [OperatorCase] = [
    OperatorCase(Gather(axis: 1), [counting([2, 3]), ints([-1, 0])], gives: [2, 0, 5, 3]),
    OperatorCase(Gather(), [ints([5, 6]), ints([1], [])], gives: [6]),
    OperatorCase(
      GatherElements(axis: 1), [counting([2, 2]), ints([1, 0], [2, 1])], gives: [1, 2]),
    OperatorCase(GatherND(), [counting([2, 2]), ints([1, 0], [1, 2])], gives: [2]),
    OperatorCase(
      GatherND(batchAxes: 1), [counting([2, 2]), ints([1, 0], [2, 1])], gives: [1, 2]),
    OperatorCase(
      ScatterElements(axis: 0), [counting([3]), ints([2, 0]), floats([7, 8])], gives: [8, 1, 7]),
    OperatorCase(
      ScatterElements(reduction: .add), [counting([2]), ints([1, 1]), floats([7, 8])],
      gives: [0, 16]),
    OperatorCase(
      ScatterND(), [counting([2, 2]), ints([1], [1, 1]), floats([8, 9], [1, 2])],
      gives: [0, 1, 8, 9]),
    OperatorCase(
      ScatterND(reduction: .max), [counting([2]), ints([1, 1], [2, 1]), floats([0, 5])],
      gives: [0, 5]),
  ]

  private static let arranging: [OperatorCase] = [
    OperatorCase(CumSum(), [counting([2, 2]), ints([0], [])], gives: [0, 1, 2, 4]),
    OperatorCase(
      CumSum(exclusive: true, reverse: true), [ints([1, 2, 3]), ints([0], [])], gives: [5, 3, 0]),
    OperatorCase(Trilu(), [counting([2, 2])], gives: [0, 1, 0, 3]),
    OperatorCase(Trilu(upper: false), [counting([2, 2]), ints([-1], [])], gives: [0, 0, 2, 0]),
    OperatorCase(
      ReverseSequence(), [counting([3, 2]), ints([1, 3])], gives: [0, 5, 2, 3, 4, 1]),
  ]
}
