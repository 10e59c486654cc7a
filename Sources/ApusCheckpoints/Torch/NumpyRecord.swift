internal import ApusTensor

/// Scalars and arrays of NumPy, as their pickles record them.
enum NumpyRecord {
  /// The number of a scalar or of an array of one element.
  static func scalar(_ value: CheckpointValue) -> Double? {
    guard let call = value.document.call(value.reference), name(call.name) == "scalar",
      call.arguments.count == 2, let type = dtype(value.value(call.arguments[0])),
      let bytes = bytes(value.value(call.arguments[1])), bytes.count == type.dtype.byteCount,
      let tensor = try? tensor(bytes, type, sizes: [], place: value.place)
    else { return nil }
    return tensor.doubles.first
  }

  /// The numbers of an array, or nil if the value is none.
  static func array(_ value: CheckpointValue) throws(CheckpointError) -> Tensor? {
    guard let call = value.document.call(value.reference), name(call.name) == "_reconstruct" else {
      return nil
    }
    guard let state = value.states.last?.list, state.count == 5, let type = dtype(state[2]),
      let bytes = bytes(state[4])
    else {
      throw value.place.error(
        .unsupported, "an array of NumPy that does not hold plain numbers",
        expected: "little- or big-endian numbers", remedy: Remedy.saveAgain)
    }
    let sizes = (state[1].list ?? []).compactMap(\.int)
    guard state[3].bool != true || sizes.count < 2 else {
      throw value.place.error(
        .unsupported, "an array of NumPy in Fortran order", expected: "row-major order",
        remedy: Remedy.saveAgain)
    }
    return try tensor(bytes, type, sizes: sizes, place: value.place)
  }

  /// The function's name inside of `numpy.core.multiarray`, whose package moved in NumPy 2.
  private static func name(_ callable: String) -> String? {
    for package in ["numpy.core.multiarray.", "numpy._core.multiarray."]
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
