internal import ApusTensor

/// A view of a storage: what `_rebuild_tensor_v2` and its kin were to make.
struct TensorRecord {
  let storage: StorageReference
  let dtype: DType
  let offset: Int
  let sizes: [Int]
  let strides: [Int]

  /// Copies the elements in row-major order; every index is checked against the storage.
  func tensor(
    _ contents: CheckpointContents, place: CheckpointError.Place
  ) throws(CheckpointError) -> Tensor {
    guard let source = contents.storages[storage.key] else {
      throw place.error(.missingEntry, "the storage \(storage.key) is not in the file")
    }
    let shape = Shape(sizes)
    let available = source.bytes.count / dtype.byteCount
    // Empty tensors too: their other sizes are multiplied later.
    let extent = Shape(sizes.map { max($0, 1) }).checkedByteCount(of: dtype)
    guard extent != nil, let byteCount = shape.checkedByteCount(of: dtype) else {
      throw place.error(.tooLarge, "a tensor of \(sizes) is larger than memory can address")
    }
    // Strides of 0 repeat elements: a tiny storage can declare any size.
    guard byteCount <= max(source.bytes.count, contents.limits.smallBytes) else {
      throw place.error(
        .tooLarge, "a tensor of \(sizes) over a storage of \(available) elements",
        expected: "at most \(contents.limits.smallBytes) bytes", remedy: Remedy.limits)
    }
    guard byteCount > 0 else { return Tensor(zeros: shape, dtype: dtype) }
    guard let last = lastIndex, last < available else {
      throw place.error(
        .badTensor,
        "offset \(offset), sizes \(sizes) and strides \(strides) reach outside of the storage "
          + storage.key,
        expected: "indices below \(available)")
    }
    let tensor = Tensor(dtype: dtype, shape: shape) { target in
      source.bytes.withUnsafeBytes { copy(from: $0, to: target, shape: shape) }
    }
    // Bytes of a `bool` other than 0 become 1.
    return dtype == .bool ? Tensor(Self.truths(tensor), shape: shape) : tensor
  }

  private static func truths(_ tensor: Tensor) -> [Bool] {
    tensor.withBytes { $0.map { $0 != 0 } }
  }

  /// The largest index into the storage, nil where it overflows.
  private var lastIndex: Int? {
    var last = offset
    for (size, stride) in zip(sizes, strides) {
      let (step, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(step)
      if overflow || carry { return nil }
      last = sum
    }
    return last
  }

  private func copy(
    from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, shape: Shape
  ) {
    let width = dtype.byteCount
    let dense = zip(sizes, zip(strides, shape.strides)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
    if dense {
      target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: source[(offset * width)...].prefix(target.count)))
      return
    }
    var counter = [Int](repeating: 0, count: sizes.count)
    var index = offset
    for element in 0..<shape.count {
      for byte in 0..<width { target[element * width + byte] = source[index * width + byte] }
      var axis = sizes.count - 1
      while axis >= 0 {
        counter[axis] += 1
        index += strides[axis]
        if counter[axis] < sizes[axis] { break }
        index -= strides[axis] * sizes[axis]
        counter[axis] = 0
        axis -= 1
      }
    }
  }
}

extension TensorRecord {
  /// Layers of Parameter and subclass records around a tensor that are followed.
  private static let wrappers = 16

  /// The reference of the tensor's own record behind `_rebuild_parameter` and the like.
  static func unwrap(_ document: PickleDocument, _ reference: PickleReference) -> PickleReference {
    var current = reference
    for _ in 0..<wrappers {
      guard let call = document.call(current) else { return current }
      switch call.name {
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer":
        guard let inner = call.arguments.first else { return current }
        current = inner
      case "torch._tensor._rebuild_from_type_v2":
        // (function, class, arguments, state): the call of the function is not a record of its own.
        return current
      default: return current
      }
    }
    return current
  }

  /// The record of a tensor, or nil if the object is none.
  init?(
    _ document: PickleDocument, _ reference: PickleReference, place: CheckpointError.Place
  ) throws(CheckpointError) {
    guard var call = document.call(Self.unwrap(document, reference)) else { return nil }
    if call.name == "torch._tensor._rebuild_from_type_v2", call.arguments.count >= 3,
      let function = document.global(call.arguments[0])
    {
      call = (function.description, document.elements(call.arguments[2]) ?? [])
      if call.name.hasPrefix("torch._utils._rebuild_parameter"), let inner = call.arguments.first {
        guard let next = document.call(inner) else { return nil }
        call = next
      }
    }
    switch call.name {
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor_v3":
      break
    case "torch.storage._load_from_bytes":
      throw place.error(
        .unsupported, "a storage is packed in a pickle inside of the pickle",
        expected: "storages beside the pickle", remedy: Remedy.saveAgain)
    case let name where name.hasPrefix("torch._utils._rebuild_"):
      throw place.error(
        .unsupported, "a tensor made by \(name)", expected: "a dense, plain tensor",
        remedy: Remedy.saveAgain)
    default: return nil
    }
    try self.init(document, name: call.name, arguments: call.arguments, place: place)
  }

  private init(
    _ document: PickleDocument, name: String, arguments: [PickleReference],
    place: CheckpointError.Place
  ) throws(CheckpointError) {
    guard arguments.count >= 4, case .persistent(let id) = document[arguments[0]],
      let offset = document.integer(arguments[1]),
      let sizes = Self.numbers(document, arguments[2]),
      let strides = Self.numbers(document, arguments[3])
    else {
      throw place.error(
        .badTensor, "the arguments of \(name) are no tensor",
        expected: "storage, offset, sizes and strides")
    }
    let storage = try StorageReference(document, id: id, place: place)
    let (start, overflow) = offset.addingReportingOverflow(storage.viewOffset)
    guard !overflow, offset >= 0, sizes.count == strides.count, sizes.count <= 64,
      sizes.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
    else {
      throw place.error(
        .badTensor, "offset \(offset), sizes \(sizes.prefix(64)), strides \(strides.prefix(64))",
        expected: "as many sizes as strides, and none below 0")
    }
    var dtype = storage.dtype
    if name.hasSuffix("_v3"), arguments.count >= 7, let global = document.global(arguments[6]) {
      dtype = StorageReference.dtype(named: global)
      if dtype == nil {
        throw place.error(
          .unsupported, "a tensor of \(global)",
          expected: "float, half, bfloat16, double, integer or boolean numbers",
          remedy: Remedy.saveAgain)
      }
    }
    self.init(
      storage: storage, dtype: dtype ?? .uint8, offset: start, sizes: sizes, strides: strides)
  }

  private static func numbers(_ document: PickleDocument, _ reference: PickleReference) -> [Int]? {
    var reference = reference
    if let call = document.call(reference), call.name == "torch.Size",
      let inner = call.arguments.first
    {
      reference = inner
    }
    guard let items = document.elements(reference), items.count <= 1024 else { return nil }
    let numbers = items.compactMap(document.integer)
    return numbers.count == items.count ? numbers : nil
  }
}
