internal import CApusKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One thread's wait for a store of another: first at full attention, then giving way to other threads.
struct Wait {
  /// How the wait begins.
  enum Patience {
    case spinning, yielding
  }

  /// Whether a thread that may sleep should.
  private(set) var isOver = false

  private var looks = 0
  private var start: UInt64 = 0
  private let spinTime: UInt64

  /// How long a worker spins: longer than most steps that one thread runs alone, so that workers stay awake
  /// from step to step.
  private static let spinNanoseconds: UInt64 = 100_000
  /// How long it gives way after that before it may sleep.
  private static let yieldNanoseconds: UInt64 = 100_000
  /// Looks between readings of the clock.
  private static let looksPerReading = 32

  init(_ patience: Patience) {
    spinTime = patience == .spinning ? Self.spinNanoseconds : 0
  }

  /// Lets some time pass.
  mutating func pass() {
    looks += 1
    guard spinTime == 0 || looks % Self.looksPerReading == 0 else {
      apus_thread_pause()
      return
    }
    let now = Self.now
    if start == 0 { start = now }
    guard now - start >= spinTime else {
      apus_thread_pause()
      return
    }
    isOver = now - start >= spinTime + Self.yieldNanoseconds
    sched_yield()
  }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
