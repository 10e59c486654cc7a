/// A dense, row-major array of numbers: a value, cheap to copy, never changed after it is made.
///
/// The numbers lie in order, aligned to 64 bytes. Two tensors are equal when type, shape and bits
/// are equal.
public struct Tensor: Sendable {
  /// The type of the elements.
  public let dtype: DType
  /// The sizes of the axes.
  public let shape: Shape
  let storage: TensorStorage

  /// The number of elements.
  public var count: Int { shape.count }

  /// The number of bytes of all elements.
  public var byteCount: Int { count * dtype.byteCount }

  init(dtype: DType, shape: Shape, storage: TensorStorage) {
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
  }

  /// Makes a tensor whose bytes `body` writes, all of them; they start as zero.
  public init(
    dtype: DType, shape: Shape,
    filledBy body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    self.dtype = dtype
    self.shape = shape
    storage = try unsafe TensorStorage(byteCount: shape.count * dtype.byteCount) { buffer in
      unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
      try unsafe body(buffer)
    }
  }

  /// A tensor of zeros.
  public init(zeros shape: Shape, dtype: DType = .float32) {
    unsafe self.init(dtype: dtype, shape: shape) { _ in }
  }

  /// A tensor of the given values, which must be as many as the shape holds.
  public init<Element: TensorElement>(_ values: [Element], shape: Shape) {
    precondition(
      values.count == shape.count, "\(values.count) values do not fill a tensor of \(shape)")
    dtype = Element.dtype
    self.shape = shape
    storage = unsafe TensorStorage(byteCount: values.count * Element.dtype.byteCount) { buffer in
      unsafe values.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
    }
  }

  /// A one-dimensional tensor of the given values.
  public init<Element: TensorElement>(_ values: [Element]) {
    self.init(values, shape: [values.count])
  }

  /// A scalar: a tensor without axes.
  public init<Element: TensorElement>(scalar value: Element) {
    self.init([value], shape: [])
  }

  /// A tensor over bytes from a file: little-endian, row-major, exactly as many as the shape needs.
  ///
  /// Bytes of a `bool` tensor other than 0 become 1.
  public init(
    dtype: DType, shape: Shape, bytes: UnsafeRawBufferPointer
  ) throws(TensorError) {
    guard let needed = shape.checkedByteCount(of: dtype) else {
      throw TensorError.tooLarge(dtype: dtype, shape: shape)
    }
    guard bytes.count == needed else {
      throw TensorError.byteCount(dtype: dtype, shape: shape, expected: needed, found: bytes.count)
    }
    self.dtype = dtype
    self.shape = shape
    storage = unsafe TensorStorage(byteCount: needed) { buffer in
      unsafe buffer.copyMemory(from: bytes)
      if dtype == .bool {
        for index in buffer.indices { unsafe buffer[index] = buffer[index] == 0 ? 0 : 1 }
      }
    }
  }

  /// A tensor over bytes that stay in a file: little-endian, row-major.
  ///
  /// - Parameter offset: the first byte, a multiple of 64.
  public init(dtype: DType, shape: Shape, file: MappedFile, offset: Int) throws(TensorError) {
    precondition(
      dtype != .bool && offset >= 0 && offset % TensorStorage.alignment == 0,
      "bytes of a file are used as they are")
    guard let needed = shape.checkedByteCount(of: dtype) else {
      throw TensorError.tooLarge(dtype: dtype, shape: shape)
    }
    let found = unsafe max(0, file.bytes.count - offset)
    guard found >= needed else {
      throw TensorError.byteCount(dtype: dtype, shape: shape, expected: needed, found: found)
    }
    self.dtype = dtype
    self.shape = shape
    storage = TensorStorage(file, offset..<offset + needed)
  }

  /// The same elements under another shape of as many elements.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(self.shape) cannot be reshaped to \(shape)")
    return Tensor(dtype: dtype, shape: shape, storage: storage)
  }

  /// The elements; the type must be the tensor's own.
  public func elements<Element: TensorElement>(as type: Element.Type = Element.self) -> [Element] {
    unsafe withElements(as: type) { unsafe Array($0) }
  }

  /// Calls `body` with the elements; the type must be the tensor's own.
  public func withElements<Element: TensorElement, Result>(
    as type: Element.Type = Element.self,
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    precondition(Element.dtype == dtype, "the elements are \(dtype), not \(Element.dtype)")
    // Safety: the storage holds `count` elements of this type, aligned to 64 bytes.
    return try unsafe withBytes { try unsafe body($0.assumingMemoryBound(to: type)) }
  }

  /// Calls `body` with the bytes of the elements.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let storage = storage
    return try withExtendedLifetime(storage) { try unsafe body(storage.bytes) }
  }
}

extension Tensor: Hashable {
  /// Whether type, shape and every bit are equal.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    guard left.dtype == right.dtype, left.shape == right.shape else { return false }
    return unsafe left.withBytes { a in unsafe right.withBytes { b in unsafe a.elementsEqual(b) } }
  }

  /// Hashes type, shape and bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dtype)
    hasher.combine(shape)
    unsafe withBytes { unsafe hasher.combine(bytes: $0) }
  }
}

/// What is wrong with the bytes or the sizes a tensor was to be made of.
public enum TensorError: Error, Hashable, Sendable {
  /// The number of bytes does not fit into an integer.
  case tooLarge(dtype: DType, shape: Shape)
  /// The number of bytes is not the one that type and shape ask for.
  case byteCount(dtype: DType, shape: Shape, expected: Int, found: Int)
}

extension TensorError: CustomStringConvertible {
  /// A sentence for a person.
  public var description: String {
    switch self {
    case .tooLarge(let dtype, let shape):
      "a \(dtype) tensor of shape \(shape) is larger than memory can address"
    case .byteCount(let dtype, let shape, let expected, let found):
      "a \(dtype) tensor of shape \(shape) needs \(expected) bytes, but \(found) are given"
    }
  }
}
