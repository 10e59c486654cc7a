package import ApusGraph
package import ApusTensor

/// What becomes of an element that a scattered update meets.
package enum ScatterReduction: String, Sendable {
  /// The update replaces it; the last one wins.
  case none
  case add
  case mul
  case max
  case min

  /// Reads the attribute `reduction`, which opset 16 added.
  package init(from record: OperatorRecord) throws(OperatorError) {
    let name = try record.string("reduction", default: "none")
    guard let value = Self(rawValue: name) else {
      throw OperatorError(
        "attribute 'reduction' must be none, add, mul, max or min, but is '\(name)'")
    }
    self = value
  }

  /// Writes the attribute; opset 18 added the largest and the smallest.
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    guard self != .none else { return }
    try record.require(opset: self == .add || self == .mul ? 16 : 18)
    record.set("reduction", rawValue)
  }

  /// The data with updates carried out at the given places, each of which lies in the data.
  package func apply(_ updates: Tensor, at places: [Int], of data: Tensor) -> Tensor {
    if self == .none {
      var sources = Array(0..<data.count)
      for (update, place) in places.enumerated() { sources[place] = data.count + update }
      return Tensor.joined([data, updates]).selecting(sources, shape: data.shape)
    }
    if data.dtype.isFloatingPoint {
      var numbers = data.doubles
      for (place, update) in zip(places, updates.doubles) {
        numbers[place] = combine(numbers[place], update)
      }
      return Tensor(doubles: numbers, dtype: data.dtype, shape: data.shape)
    }
    // Flipping the sign bit gives 64-bit numbers without a sign the order of those with one.
    let flip: Int64 = data.dtype == .uint64 && (self == .max || self == .min) ? .min : 0
    var numbers = data.integers.map { $0 ^ flip }
    for (place, update) in zip(places, updates.integers) {
      numbers[place] = combine(numbers[place], update ^ flip)
    }
    return Tensor(integers: numbers.map { $0 ^ flip }, dtype: data.dtype, shape: data.shape)
  }

  private func combine(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .none: b
    case .add: a + b
    case .mul: a * b
    case .max: Max().combine(a, b)
    case .min: Min().combine(a, b)
    }
  }

  private func combine(_ a: Int64, _ b: Int64) -> Int64 {
    switch self {
    case .none: b
    case .add: a &+ b
    case .mul: a &* b
    case .max: Swift.max(a, b)
    case .min: Swift.min(a, b)
    }
  }
}
