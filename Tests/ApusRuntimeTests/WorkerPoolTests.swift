import ApusRuntime
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  /// Counts how often each task of each job ran, and which workers ran them.
  ///
  /// Tasks count without any synchronisation but the pool's own, which ThreadSanitizer looks at.
  final class Record: @unchecked Sendable {
    // Invariant of @unchecked Sendable: a task writes its own count alone, and the test reads after the jobs.
    private let counters: [UnsafeMutableBufferPointer<Int>]
    private let mask = Atomic<Int>(0)

    init(_ sizes: [Int]) {
      counters = sizes.map {
        let counter = UnsafeMutableBufferPointer<Int>.allocate(capacity: $0)
        counter.initialize(repeating: 0)
        return counter
      }
    }

    deinit { for counter in counters { counter.deallocate() } }

    /// How often the tasks ran.
    var counts: [[Int]] { counters.map(Array.init) }
    /// The workers since they were forgotten.
    var workers: [Int] {
      let bits = mask.load(ordering: .acquiring)
      return (0..<Int.bitWidth).filter { bits & 1 << $0 != 0 }
    }

    func forgetWorkers() { mask.store(0, ordering: .releasing) }

    func count(_ job: Int, _ task: Int, _ worker: Int) {
      counters[job][task] += 1
      mask.bitwiseOr(1 << worker, ordering: .acquiringAndReleasing)
    }

    var jobs: [WorkerJob] {
      counters.indices.map { job in
        WorkerJob(tasks: counters[job].count) { self.count(job, $0, $1) }
      }
    }
  }

  static let sizes = [0, 1, 2, 3, 5, 8, 64, 1000]

  @Test(arguments: [1, 2, 3, 7], [false, true])
  func everyTaskRunsOnce(_ threads: Int, _ pinned: Bool) {
    let record = Record(Self.sizes)
    let pool = WorkerPool(threads: threads, jobs: record.jobs, pinned: pinned)
    let rounds = 50
    for _ in 0..<rounds { for job in Self.sizes.indices { pool.run(job) } }
    pool.stop()
    for counts in record.counts { #expect(counts.allSatisfy { $0 == rounds }) }
    #expect(record.workers.allSatisfy { $0 < threads })
  }

  /// What a job wrote is there when `run` returns, and there for every worker of the next job.
  @Test(arguments: [2, 3, 5])
  func jobsSeeWhatEarlierJobsWrote(_ threads: Int) {
    let count = 37
    nonisolated(unsafe) let numbers = UnsafeMutablePointer<Int>.allocate(capacity: 2 * count)
    defer { numbers.deallocate() }
    numbers.initialize(repeating: 0, count: 2 * count)
    // Each job adds its neighbour's number from the half that the other job wrote.
    let jobs = [(0, count), (count, 0)].map { from, to in
      WorkerJob(tasks: count) { task, _ in
        numbers[to + task] = numbers[from + (task + 1) % count] + 1
      }
    }
    let pool = WorkerPool(threads: threads, jobs: jobs)
    for round in 1...2000 {
      pool.run(0)
      pool.run(1)
      #expect((0..<count).allSatisfy { numbers[$0] == 2 * round })
    }
    pool.stop()
  }

  @Test func workersThatSleepAreWoken() async throws {
    let record = Record([2])
    let pool = WorkerPool(
      threads: 2,
      jobs: [
        WorkerJob(tasks: 2) { task, worker in
          record.count(0, task, worker)
          // Long enough for the other worker to come, so that each runs one task.
          let end = ContinuousClock.now + .seconds(5)
          while record.workers.count < 2, ContinuousClock.now < end {}
        }
      ])
    for _ in 0..<3 {
      // Longer than a worker waits awake.
      try await Task.sleep(for: .milliseconds(5))
      record.forgetWorkers()
      pool.run(0)
      #expect(record.workers == [0, 1])
    }
    pool.stop()
    #expect(record.counts == [[3, 3]])
  }

  @Test func aPoolThatRanNothingStops() {
    for threads in 1...4 { WorkerPool(threads: threads, jobs: []).stop() }
  }

  @Test func manyPoolsRunAtOnce() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let record = Record([16])
          let pool = WorkerPool(threads: 3, jobs: record.jobs)
          for _ in 0..<200 { pool.run(0) }
          pool.stop()
          return record.counts == [[Int](repeating: 200, count: 16)]
        }
      }
      for await result in group { #expect(result) }
    }
  }
}
