internal import CApusKernels
import Synchronization

/// The cores that the workers of a pool may use.
struct WorkerCores: Sendable {
  /// Threads of the process that run a plan, or wait awake for their part of it.
  static let awake = Atomic<Int>(0)

  private let count = apus_thread_core_count()
  private let pinned: Bool

  init(pinned: Bool) {
    self.pinned = pinned
  }

  /// How a thread waits: it gives way at once where more threads are awake than there are cores, because the
  /// one it waits for may need the core.
  var patience: Wait.Patience {
    Self.awake.load(ordering: .relaxed) <= count ? .spinning : .yielding
  }

  /// Keeps the calling thread on the worker's core, where pinning is asked for and there is a core for it.
  func place(_ worker: Int) {
    // Refused, the thread runs where the system puts it.
    if pinned { _ = apus_thread_pin(worker) }
  }
}
