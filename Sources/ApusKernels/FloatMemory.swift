/// A block of floats aligned to cache lines, freed with its last reference.
///
/// Regions of it are handed to kernels. The block does not track who writes where: that two tasks
/// running at the same time touch disjoint elements is the duty of the plan that hands them out.
@safe public final class FloatMemory: @unchecked Sendable {
  // Invariant of @unchecked Sendable: `base` and `count` never change; see above for the elements.
  private let base: UnsafeMutablePointer<Float>

  /// The number of floats in the block.
  public let count: Int

  /// Bytes to which the block is aligned, one cache line.
  public static let alignment = 64

  /// Allocates `count` floats, all 0.
  public init(count: Int) {
    precondition(count >= 0, "a block of memory needs a size of at least 0")
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: Self.alignment)
    unsafe base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
    unsafe base.initialize(repeating: 0, count: max(count, 1))
    self.count = count
  }

  /// Allocates a copy of `values`.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    whole.copy(from: values.span)
  }

  /// Copies bytes in, as many as the block has.
  public func copyBytes(from source: Span<UInt8>) {
    let bytes = count * MemoryLayout<Float>.stride
    precondition(source.count == bytes, "\(source.count) bytes for a block of \(bytes)")
    unsafe source.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe UnsafeMutableRawPointer(base).copyMemory(from: first, byteCount: bytes)
    }
  }

  deinit {
    unsafe base.deallocate()
  }

  /// All of the block.
  public var whole: FloatRegion { region(offset: 0, count: count) }

  /// The `count` floats from `offset` on.
  public func region(offset: Int, count: Int) -> FloatRegion {
    precondition(
      offset >= 0 && count >= 0 && count <= self.count && offset <= self.count - count,
      "region \(offset) + \(count) lies outside a block of \(self.count) floats")
    return unsafe FloatRegion(base: base + offset, count: count)
  }
}

/// Some adjacent floats of a `FloatMemory`, which must outlive the region.
@safe public struct FloatRegion: @unchecked Sendable {
  // Invariant of @unchecked Sendable: as for FloatMemory, tasks write disjoint elements.
  let base: UnsafeMutablePointer<Float>

  /// The number of floats.
  public let count: Int

  init(base: UnsafeMutablePointer<Float>, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// One element.
  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  /// The part of `count` floats that starts `offset` floats in.
  public func part(offset: Int, count: Int) -> FloatRegion {
    precondition(
      offset >= 0 && count >= 0 && count <= self.count && offset <= self.count - count,
      "part \(offset) + \(count) lies outside a region of \(self.count) floats")
    return unsafe FloatRegion(base: base + offset, count: count)
  }

  /// Everything from `offset` floats in.
  public func from(_ offset: Int) -> FloatRegion { part(offset: offset, count: count - offset) }

  /// Copies as many floats in as the region holds; `source` has exactly that many.
  public func copy(from source: Span<Float>) {
    precondition(source.count == count, "\(source.count) floats for a region of \(count)")
    guard count > 0 else { return }
    unsafe source.withUnsafeBufferPointer { floats in
      if let first = floats.baseAddress { unsafe base.update(from: first, count: count) }
    }
  }

  /// Copies the region out; `destination` has exactly its size.
  public func copy(to destination: inout MutableSpan<Float>) {
    precondition(destination.count == count, "\(destination.count) floats for \(count)")
    guard count > 0 else { return }
    unsafe destination.withUnsafeMutableBufferPointer { floats in
      if let first = floats.baseAddress { unsafe first.update(from: base, count: count) }
    }
  }

  /// Calls `body` with the elements, to read.
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeBufferPointer(start: base, count: count).span)
  }

  /// Calls `body` with the elements, to write.
  public func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }

  /// Copies the elements of another region of the same size, which must not overlap.
  public func copy(from source: FloatRegion) {
    precondition(source.count == count, "\(source.count) floats for a region of \(count)")
    unsafe base.update(from: source.base, count: count)
  }

  /// Sets every element.
  public func fill(_ value: Float) {
    unsafe base.update(repeating: value, count: count)
  }

  /// The elements as an array.
  public func array() -> [Float] {
    (0..<count).map { unsafe base[$0] }
  }
}
