#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A block of floats aligned to cache lines, freed with its last reference.
///
/// Regions of it are handed to kernels. The block does not track who writes where: that two tasks
/// running at the same time touch disjoint elements is the duty of the plan that hands them out.
@safe public final class FloatMemory: @unchecked Sendable {
  // Invariant of @unchecked Sendable: `base` and `count` never change; see above for the elements.
  private let base: UnsafeMutablePointer<Float>
  /// What holds the floats.
  private let owner: any Sendable

  /// The number of floats in the block.
  public let count: Int

  /// Bytes to which the block is aligned, one cache line.
  public static let alignment = 64

  /// Allocates `count` floats, all 0.
  public convenience init(count: Int) {
    precondition(count >= 0, "a block of memory needs a size of at least 0")
    guard let block = Block(count) else { fatalError("no memory for \(count) floats") }
    unsafe self.init(base: block.base, count: count, owner: block)
  }

  /// Allocates `count` floats, all 0; nil where the system has not that much memory.
  ///
  /// Memory is taken up where it is first written to.
  public convenience init?(zeros count: Int) {
    guard let block = Block(count) else { return nil }
    unsafe self.init(base: block.base, count: count, owner: block)
  }

  /// Lends whole words of `owner`, which are only read: nothing may write to regions of the block.
  public convenience init(reading bytes: UnsafeRawBufferPointer, of owner: any Sendable) {
    guard let start = bytes.baseAddress, bytes.count >= MemoryLayout<Float>.stride else {
      self.init(count: 0)
      return
    }
    let base = unsafe UnsafeMutableRawPointer(mutating: start)
    precondition(Int(bitPattern: base) % Self.alignment == 0, "words of a file are aligned")
    let count = bytes.count / MemoryLayout<Float>.stride
    // Safety: the bytes live as long as their owner, which this object holds.
    unsafe self.init(
      base: base.assumingMemoryBound(to: Float.self), count: count, owner: owner)
  }

  private init(base: UnsafeMutablePointer<Float>, count: Int, owner: any Sendable) {
    unsafe self.base = unsafe base
    self.count = count
    self.owner = owner
  }

  /// Allocates a copy of `values`.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    whole.copy(from: values.span)
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

/// Memory of the system, aligned to cache lines.
@safe private final class Block: @unchecked Sendable {
  // Invariant of @unchecked Sendable: the pointers never change.
  private let allocation: UnsafeMutableRawPointer
  let base: UnsafeMutablePointer<Float>

  init?(_ count: Int) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard count >= 0, !overflow, bytes <= Int.max - FloatMemory.alignment,
      let found = unsafe calloc(bytes + FloatMemory.alignment, 1)
    else { return nil }
    unsafe allocation = found
    let aligned = unsafe found.alignedUp(toMultipleOf: FloatMemory.alignment)
    unsafe base = aligned.bindMemory(to: Float.self, capacity: count)
  }

  deinit {
    unsafe free(allocation)
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
