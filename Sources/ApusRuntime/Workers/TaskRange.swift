import Synchronization

/// The tasks of one worker that nobody has begun: a word of the job's number and the next task's.
///
/// The word is all there is to agree on. A worker that was away for any time finds in it either a task that
/// is to be run now, or nothing; where the range ends follows from the job.
struct TaskRange: ~Copyable {
  /// Jobs of as many tasks or more do not fit into a word.
  static let limit = Int(UInt32.max)

  private static let closed = UInt64.max
  /// No job, hence no task.
  private static let idle = UInt64.max - 1

  private let word = Atomic<UInt64>(Self.idle)
  private let padding = Padding()

  /// Gives the worker the tasks of a job from `first` on.
  func open(_ job: Int, from first: Int) {
    word.store(UInt64(job) << 32 | UInt64(first), ordering: .sequentiallyConsistent)
  }

  /// Tells the worker to end.
  func close() { word.store(Self.closed, ordering: .sequentiallyConsistent) }

  /// Whether the worker shall end.
  var isClosed: Bool { word.load(ordering: .acquiring) == Self.closed }

  /// Whether there is a task to take.
  func isOpen(end: (_ job: Int) -> Int) -> Bool {
    let value = word.load(ordering: .sequentiallyConsistent)
    return value < Self.idle && Int(value & 0xFFFF_FFFF) < end(Int(value >> 32))
  }

  /// Takes the next task; nil where none is left.
  func take(_ end: (_ job: Int) -> Int) -> (job: Int, task: Int)? {
    var value = word.load(ordering: .acquiring)
    while value < Self.idle {
      let (job, task) = (Int(value >> 32), Int(value & 0xFFFF_FFFF))
      guard task < end(job) else { return nil }
      let result = word.compareExchange(
        expected: value, desired: value + 1, ordering: .acquiringAndReleasing)
      if result.exchanged { return (job, task) }
      value = result.original
    }
    return nil
  }
}

/// A counter on a cache line of its own.
struct Counter: ~Copyable {
  private let before = Padding()
  /// The counter.
  let value = Atomic<Int>(0)
  private let after = Padding()
}

/// Keeps what lies before and after it off one another's cache lines, and off those that the processor
/// fetches along.
struct Padding {
  private let words:
    (
      UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
      UInt64,
      UInt64, UInt64, UInt64
    ) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}
