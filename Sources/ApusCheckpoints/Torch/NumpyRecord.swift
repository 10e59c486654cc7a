internal import ApusTensor

/// Scalars and arrays of NumPy, as their pickles record them.
enum NumpyRecord {
  /// The number of a scalar or of an array of one element.
  static func scalar(_ value: CheckpointValue) -> Double? {
    guard let call = value.document.call(value.reference) else { return nil }
    if ["_reconstruct", "_frombuffer"].contains(name(call.name)), let array = try? array(value),
      array.count == 1
    {
      return array.doubles.first
    }
    guard name(call.name) == "scalar", call.arguments.count == 2,
      let type = dtype(value.value(call.arguments[0])),
      let bytes = bytes(value.value(call.arguments[1])), bytes.count == type.dtype.byteCount,
      let tensor = try? tensor(bytes, type, sizes: [], place: value.place)
    else { return nil }
    return tensor.doubles.first
  }

  /// The numbers of an array, or nil if the value is none.
  static func array(_ value: CheckpointValue) throws(CheckpointError) -> Tensor? {
    guard let call = value.document.call(value.reference) else { return nil }
    let parts: [CheckpointValue]
    switch name(call.name) {
    case "_reconstruct":
      // State: version, shape, type, whether in Fortran order, numbers.
      guard let state = value.states.last?.list, state.count == 5 else { throw notPlain(value) }
      parts = [state[4], state[2], state[1], state[3]]
    case "_frombuffer":
      // Arguments since protocol 5: numbers, type, shape, order.
      parts = call.arguments.map(value.value)
    default: return nil
    }
    guard parts.count == 4, let type = dtype(parts[1]), let bytes = bytes(parts[0]),
      let sizes = parts[2].list?.compactMap(plainInteger)
    else { throw notPlain(value) }
    guard (plainInteger(parts[3]) != 1 && parts[3].string != "F") || sizes.count < 2 else {
      throw value.place.error(
        .unsupported, "an array of NumPy in Fortran order", expected: "row-major order",
        remedy: Remedy.saveAgain)
    }
    return try tensor(bytes, type, sizes: sizes, place: value.place)
  }

  /// An integer that is not itself NumPy's, so that an array which contains itself ends here.
  private static func plainInteger(_ value: CheckpointValue) -> Int? {
    value.document.integer(value.reference)
  }

  private static func notPlain(_ value: CheckpointValue) -> CheckpointError {
    value.place.error(
      .unsupported, "an array of NumPy that does not hold plain numbers",
      expected: "little- or big-endian numbers", remedy: Remedy.saveAgain)
  }

  /// The function's name inside of NumPy's core, which moved in NumPy 2.
  private static func name(_ callable: String) -> String? {
    let packages = [
      "numpy.core.multiarray.", "numpy._core.multiarray.", "numpy.core.numeric.",
      "numpy._core.numeric.",
    ]
    for package in packages
    where callable.hasPrefix(package) {
      return String(callable.dropFirst(package.count))
    }
    return nil
  }

  private static func bytes(_ value: CheckpointValue) -> [UInt8]? {
    value.bytes ?? value.string.map { Array($0.utf8) }
  }

  private static func dtype(_ value: CheckpointValue) -> (dtype: DType, isBig: Bool)? {
    guard let call = value.document.call(value.reference), call.name == "numpy.dtype",
      let first = call.arguments.first, let code = value.document.string(first)
    else { return nil }
    let types: [String: DType] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
      "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    ]
    guard let dtype = types[String(code.suffix(2))] else { return nil }
    return (dtype, code.hasPrefix(">") || value.states.last?.list?.dropFirst().first?.string == ">")
  }

  private static func tensor(
    _ bytes: [UInt8], _ type: (dtype: DType, isBig: Bool), sizes: [Int],
    place: CheckpointError.Place
  ) throws(CheckpointError) -> Tensor {
    guard sizes.allSatisfy({ $0 >= 0 }),
      Shape(sizes.map { max($0, 1) }).checkedByteCount(of: type.dtype) != nil
    else { throw place.error(.badTensor, "an array of NumPy of sizes \(sizes.prefix(64))") }
    var storage = StorageBytes(bytes: bytes)
    if type.isBig { storage.swapBytes(width: type.dtype.byteCount) }
    do throws(TensorError) {
      return try Tensor(copying: storage.bytes, dtype: type.dtype, shape: Shape(sizes))
    } catch {
      throw place.error(.badTensor, "an array of NumPy: \(error)")
    }
  }
}

extension Tensor {
  /// A tensor over little-endian bytes, exactly as many as the shape needs.
  init(copying bytes: [UInt8], dtype: DType, shape: Shape) throws(TensorError) {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(TensorError) in try Tensor(dtype: dtype, shape: shape, bytes: raw) }
    }
    self = try result.get()
  }
}
