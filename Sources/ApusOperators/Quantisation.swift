import ApusGraph
import ApusTensor

/// What the integer products share: zero points and scales, of the whole tensor or of each row, column or filter.
enum Quantisation {
  /// The elements without their zero point, along one axis where there are several.
  static func centred(
    _ tensor: Tensor, zeroPoint: Tensor?, axis: Int, name: String
  ) throws(OperatorError) -> [Double] {
    try Sizes.require(tensor.dtype, name, [.int8, .uint8, .int16, .uint16])
    let elements = tensor.doubles
    guard let zeroPoint else { return elements }
    let points = try spread(zeroPoint, over: tensor.shape, axis: axis, name: "\(name) zero point")
    if points.count == 1 { return elements.map { $0 - points[0] } }
    let inner = Sizes.product(tensor.shape.dimensions[(axis + 1)...])
    return elements.enumerated().map { $1 - points[$0 / inner % points.count] }
  }

  /// One number, or one for each element along an axis.
  static func spread(
    _ tensor: Tensor, over shape: Shape, axis: Int, name: String
  ) throws(OperatorError) -> [Double] {
    let values = tensor.doubles
    guard values.count == 1 || (axis >= 0 && axis < shape.rank && values.count == shape[axis])
    else {
      throw OperatorError("'\(name)' of shape \(tensor.shape) does not fit shape \(shape)")
    }
    return values
  }

  /// The one element of a scale or zero point.
  static func scalar(_ tensor: Tensor, _ name: String) throws(OperatorError) -> Double {
    guard tensor.count == 1 else {
      throw OperatorError("'\(name)' must have one element, but has shape \(tensor.shape)")
    }
    return tensor.doubles[0]
  }

  /// Sums as integers of a type: times scale, rounded to nearest even, plus zero point, saturated.
  static func quantised(
    _ sums: [Double], scale: (Int) -> Double, zeroPoint: Double, dtype: DType, shape: Shape
  ) throws(OperatorError) -> Tensor {
    try Sizes.require(dtype, "zero point", [.int8, .uint8, .int16, .uint16])
    guard let range = dtype.integerRange else {
      throw OperatorError("cannot quantise to \(dtype)")
    }
    let values = sums.enumerated().map { index, sum in
      let value = (sum * scale(index)).rounded(.toNearestOrEven) + zeroPoint
      return max(Double(range.lowerBound), min(Double(range.upperBound), value))
    }
    return Tensor(doubles: values, dtype: dtype, shape: shape)
  }
}
