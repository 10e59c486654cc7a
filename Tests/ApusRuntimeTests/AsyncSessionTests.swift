import ApusPlan
import ApusRuntime
import ApusTensor
import Testing

@Suite struct AsyncSessionTests {
  let plan = SessionTests().longPlan(.negate)

  func input(_ seed: Int) -> Tensor {
    Tensor((0..<100_000).map { Float(($0 * 31 + seed * 7) % 1000) })
  }

  @Test func tasksShareASession() async throws {
    let session = try AsyncSession(plan, threads: 2)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for seed in 0..<20 {
        group.addTask {
          let input = input(seed)
          let output = try await session.run(inputs: [input])
          return output[0].floats == input.floats.map { -$0 }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  /// As many runs wait as there are threads in the pool of tasks, and still other tasks get on.
  @Test func waitingTasksKeepNoThread() async throws {
    let sessions = try (0..<8).map { _ in try AsyncSession(plan) }
    let input = input(1)
    let runs = sessions.map { session in
      Task { for _ in 0..<50 { _ = try await session.run(inputs: [input]) } }
    }
    for _ in 0..<100 { await Task.yield() }
    for run in runs { try await run.value }
  }

  @Test func cancellationEndsARun() async throws {
    let session = try AsyncSession(plan)
    let input = input(2)
    let task = Task {
      while true { _ = try await session.run(inputs: [input]) }
    }
    try await Task.sleep(for: .milliseconds(5))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // The session is there for others.
    #expect(try await session.run(inputs: [input])[0].count == 100_000)
  }

  @Test func wrongInputsAreRefused() async throws {
    let session = try AsyncSession(plan)
    await #expect(throws: RuntimeError.self) { try await session.run(inputs: []) }
    await #expect(throws: RuntimeError.self) {
      try await session.run(inputs: [Tensor([1, 2] as [Float])])
    }
  }
}
