import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One of the jobs of a pool.
package struct WorkerJob: Sendable {
  /// How many tasks it has; they may run at the same time, and write disjoint places.
  package let tasks: Int
  /// Called with the number of a task and the number of the worker that runs it.
  package let body: @Sendable (_ task: Int, _ worker: Int) -> Void

  /// Makes a job.
  package init(tasks: Int, body: @escaping @Sendable (_ task: Int, _ worker: Int) -> Void) {
    self.tasks = tasks
    self.body = body
  }
}

/// Threads that stay alive and share the tasks of one job after another.
///
/// The jobs are known when the pool is made, so that starting one is a store for each worker: the words
/// `TaskRange` say which tasks of which job are left. Every worker has a range of its own, the same in
/// every run, and takes from others' when it is empty; the calling thread is worker 0. A worker that
/// sleeps or waits for a core therefore delays nobody: the others do its tasks. `run` allocates nothing and
/// takes no lock unless a worker sleeps. Jobs are run by one thread at a time.
package final class WorkerPool: @unchecked Sendable {
  // Invariant of @unchecked Sendable: the pointers and `handles` change in `init` and `stop` alone, when no
  // other thread reads them; `jobs` never changes; all else is atomic.

  /// The number of workers, the calling thread among them.
  package let threads: Int

  private let jobs: UnsafeMutableBufferPointer<WorkerJob>
  /// The tasks left to each worker.
  private let ranges: UnsafeMutablePointer<TaskRange>
  /// Tasks of the current job that have not ended.
  private let pending = Counter()
  /// Workers that sleep or are about to; they look once more after they have counted themselves.
  private let sleepers = Counter()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let woken = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var handles: [pthread_t] = []
  private let cores: WorkerCores

  /// Makes a pool and starts its threads.
  ///
  /// - Parameters:
  ///   - threads: how many workers, the calling thread among them; where the system refuses a thread, the
  ///     others do its share.
  ///   - pinned: whether every thread but the caller's stays on a core of its own.
  package init(threads: Int, jobs: [WorkerJob], pinned: Bool = false) {
    self.threads = max(1, threads)
    self.jobs = .allocate(capacity: jobs.count)
    _ = self.jobs.initialize(from: jobs)
    ranges = .allocate(capacity: self.threads)
    for worker in 0..<self.threads { (ranges + worker).initialize(to: TaskRange()) }
    cores = WorkerCores(pinned: pinned)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(woken, nil)
    for worker in 1..<max(1, self.threads) {
      if let handle = WorkerThread.start({ [self] in serve(worker) }) { handles.append(handle) }
    }
  }

  deinit {
    ranges.deinitialize(count: threads)
    ranges.deallocate()
    jobs.deinitialize()
    jobs.deallocate()
    pthread_cond_destroy(woken)
    pthread_mutex_destroy(mutex)
    woken.deallocate()
    mutex.deallocate()
  }

  /// Runs every task of a job once, and returns when all have ended.
  package func run(_ job: Int) {
    let tasks = jobs[job].tasks
    guard threads > 1, tasks > 1, tasks < TaskRange.limit else {
      for task in 0..<max(0, tasks) { jobs[job].body(task, 0) }
      return
    }
    pending.value.store(tasks, ordering: .relaxed)
    for worker in 1..<threads {
      ranges[worker].open(job, from: tasks * worker / threads)
    }
    ranges[0].open(job, from: 0)
    if sleepers.value.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    work(0)
    var wait = Wait(cores.patience)
    while pending.value.load(ordering: .acquiring) > 0 { wait.pass() }
  }

  /// Ends the threads and waits for them; the pool cannot be used afterwards.
  package func stop() {
    for worker in 1..<max(1, threads) { ranges[worker].close() }
    wake()
    for handle in handles { pthread_join(handle, nil) }
    handles = []
  }

  private func wake() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(woken)
    pthread_mutex_unlock(mutex)
  }

  /// Runs tasks of the open job, a worker's own first, until none is left to take.
  private func work(_ worker: Int) {
    var done = 0
    for turn in 0..<threads {
      let owner = worker + turn < threads ? worker + turn : worker + turn - threads
      while let (job, task) = ranges[owner].take({ end(of: owner, job: $0) }) {
        jobs[job].body(task, worker)
        done += 1
      }
    }
    // Until these are subtracted the job is not over, so that all of them are of one job.
    if done > 0 { pending.value.subtract(done, ordering: .releasing) }
  }

  /// The task after the last one of a worker's range.
  private func end(of owner: Int, job: Int) -> Int { jobs[job].tasks * (owner + 1) / threads }

  private func hasWork(_ worker: Int) -> Bool {
    ranges[worker].isOpen { end(of: worker, job: $0) }
  }

  /// The life of one thread.
  private func serve(_ worker: Int) {
    cores.place(worker)
    WorkerCores.awake.add(1, ordering: .relaxed)
    defer { WorkerCores.awake.subtract(1, ordering: .relaxed) }
    while true {
      var wait = Wait(cores.patience)
      while !hasWork(worker) {
        if ranges[worker].isClosed { return }
        if wait.isOver { sleep(worker) } else { wait.pass() }
      }
      work(worker)
    }
  }

  private func sleep(_ worker: Int) {
    WorkerCores.awake.subtract(1, ordering: .relaxed)
    defer { WorkerCores.awake.add(1, ordering: .relaxed) }
    pthread_mutex_lock(mutex)
    // Either this count is seen by who opens a job next, or the job is seen here.
    sleepers.value.add(1, ordering: .sequentiallyConsistent)
    while !hasWork(worker), !ranges[worker].isClosed { pthread_cond_wait(woken, mutex) }
    sleepers.value.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}
