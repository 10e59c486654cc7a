import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Threads that stay alive and share the tasks of one job after another.
///
/// The calling thread takes part, so a pool of one thread has no thread of its own. `run` allocates nothing.
/// Jobs come from one thread at a time. Which worker takes which task varies; a job whose tasks write
/// disjoint places therefore gives the same result every time.
final class WorkerPool: @unchecked Sendable {
  // Invariant of @unchecked Sendable: `job`, `taskCount`, `open`, `joined`, `stopping` and `live` are read and
  // written under `mutex` alone; the two pointers never change.

  /// A job: called with the number of a task and the number of the worker that runs it.
  typealias Job = @Sendable (_ task: Int, _ worker: Int) -> Void

  /// The number of workers, the calling thread among them.
  let threads: Int

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Signalled when a job opens or the pool stops.
  private let opened = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Signalled when the last worker leaves a job or the pool.
  private let left = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  private var job: Job?
  private var taskCount = 0
  private var open = false
  private var joined = 0
  private var stopping = false
  private var live = 0
  private let nextTask = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)

  /// How often a worker looks for a new job before it sleeps; each look gives way to other threads.
  private static let patience = 200

  init(threads: Int) {
    self.threads = max(1, threads)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(opened, nil)
    pthread_cond_init(left, nil)
    for worker in 1..<max(1, self.threads) { start(worker) }
  }

  /// Runs every task once, and returns when all have ended.
  func run(tasks: Int, _ body: @escaping Job) {
    guard threads > 1, tasks > 1 else {
      for task in 0..<max(0, tasks) { body(task, 0) }
      return
    }
    pthread_mutex_lock(mutex)
    job = body
    taskCount = tasks
    nextTask.store(0, ordering: .relaxed)
    open = true
    generation.wrappingAdd(1, ordering: .releasing)
    pthread_cond_broadcast(opened)
    pthread_mutex_unlock(mutex)

    work(body, tasks: tasks, worker: 0)

    pthread_mutex_lock(mutex)
    open = false
    while joined > 0 { pthread_cond_wait(left, mutex) }
    job = nil
    pthread_mutex_unlock(mutex)
  }

  /// Ends the threads; the pool cannot be used afterwards.
  func stop() {
    pthread_mutex_lock(mutex)
    stopping = true
    generation.wrappingAdd(1, ordering: .releasing)
    pthread_cond_broadcast(opened)
    while live > 0 { pthread_cond_wait(left, mutex) }
    pthread_mutex_unlock(mutex)
  }

  deinit {
    pthread_cond_destroy(left)
    pthread_cond_destroy(opened)
    pthread_mutex_destroy(mutex)
    left.deallocate()
    opened.deallocate()
    mutex.deallocate()
  }

  private func work(_ body: Job, tasks: Int, worker: Int) {
    while true {
      let task = nextTask.wrappingAdd(1, ordering: .relaxed).oldValue
      if task >= tasks { return }
      body(task, worker)
    }
  }

  /// The life of one thread.
  private func serve(_ worker: Int) {
    var seen = 0
    while true {
      for _ in 0..<Self.patience {
        if generation.load(ordering: .acquiring) != seen { break }
        sched_yield()
      }
      pthread_mutex_lock(mutex)
      while generation.load(ordering: .relaxed) == seen { pthread_cond_wait(opened, mutex) }
      seen = generation.load(ordering: .relaxed)
      if stopping {
        live -= 1
        pthread_cond_broadcast(left)
        pthread_mutex_unlock(mutex)
        return
      }
      // A worker that wakes after the job was closed has nothing to do.
      guard open, let body = job else {
        pthread_mutex_unlock(mutex)
        continue
      }
      let tasks = taskCount
      joined += 1
      pthread_mutex_unlock(mutex)
      work(body, tasks: tasks, worker: worker)
      pthread_mutex_lock(mutex)
      joined -= 1
      if joined == 0 { pthread_cond_broadcast(left) }
      pthread_mutex_unlock(mutex)
    }
  }

  private final class Start {
    let pool: WorkerPool
    let worker: Int
    init(pool: WorkerPool, worker: Int) {
      self.pool = pool
      self.worker = worker
    }
  }

  private func start(_ worker: Int) {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let argument = Unmanaged.passRetained(Start(pool: self, worker: worker))
    pthread_mutex_lock(mutex)
    live += 1
    pthread_mutex_unlock(mutex)
    let status = pthread_create(&thread, nil, workerMain, argument.toOpaque())
    if status != 0 {
      // Without the thread the others do its share.
      argument.release()
      pthread_mutex_lock(mutex)
      live -= 1
      pthread_mutex_unlock(mutex)
      return
    }
    #if canImport(Darwin)
      if let thread { pthread_detach(thread) }
    #else
      pthread_detach(thread)
    #endif
  }

  #if canImport(Darwin)
    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? =
      {
        begin($0)
      }
  #else
    private static let entry:
      @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
        { argument in argument.flatMap { begin($0) } }
  #endif
  private var workerMain: @convention(c) (Argument) -> UnsafeMutableRawPointer? { Self.entry }

  #if canImport(Darwin)
    private typealias Argument = UnsafeMutableRawPointer
  #else
    private typealias Argument = UnsafeMutableRawPointer?
  #endif

  private static func begin(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    start.pool.serve(start.worker)
    return nil
  }
}
