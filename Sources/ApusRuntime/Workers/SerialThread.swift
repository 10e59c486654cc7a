#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread that runs the jobs of an actor one after the other, and sleeps in between.
final class SerialThread: SerialExecutor, @unchecked Sendable {
  // Invariant of @unchecked Sendable: `jobs` and `isStopped` are used under `mutex` alone; the pointers never
  // change.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isStopped = false

  /// Starts the thread.
  init() throws(RuntimeError) {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
    guard let handle = WorkerThread.start({ [self] in serve() }) else {
      throw RuntimeError(.thread, "the system has no thread left for a session")
    }
    pthread_detach(handle)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(unowned)
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Has the thread end after the jobs that were given to it; it may be this thread that asks.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  private func serve() {
    while let job = next() { job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  private func next() -> UnownedJob? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isStopped { return nil }
      pthread_cond_wait(changed, mutex)
    }
    return jobs.removeFirst()
  }
}
