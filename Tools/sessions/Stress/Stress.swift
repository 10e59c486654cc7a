import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation

/// 4 sessions of one plan file run beside each other, two on threads of their own and two for tasks, and every
/// result is compared with that of a session of one thread.
///
/// Usage: `stress [INFERENCES [PLAN.apus]]`.
@main
struct Stress {
  static let sessionCount = 4

  static func main() async {
    do {
      try await run()
    } catch {
      print("stress: \(error)")
      exit(1)
    }
  }

  private static func run() async throws {
    let arguments = CommandLine.arguments
    let inferences = arguments.count > 1 ? Int(arguments[1]) ?? 10_000 : 10_000
    let cases = try StressCases(plan(arguments.count > 2 ? arguments[2] : nil))
    let share = inferences / sessionCount

    // Memory is measured after sessions have run for a while.
    for seed in 0..<sessionCount { try cases.check(runs: 50, seed: seed, threads: 2) }
    let before = residentBytes()
    let duration = try await ContinuousClock().measure { try await runAll(cases, share) }
    // Sessions that come and go leave nothing behind.
    for _ in 0..<100 { try cases.check(runs: 1, seed: 1, threads: 3) }
    let grown = residentBytes() - before
    print(
      "stress: \(share * sessionCount) inferences in \(sessionCount) sessions, all results equal,"
        + " \(duration), memory grew by \(grown / 1024) KiB")
    // Sanitizers keep records of their own in the process: no limit holds for those.
    let limit = ProcessInfo.processInfo.environment["APUS_STRESS_MEMORY"].flatMap(Int.init)
    if let limit, grown > limit << 20 { throw Failure("memory grew by more than \(limit) MiB") }
  }

  private static func runAll(_ cases: StressCases, _ share: Int) async throws {
    let threads = try (0..<2).map { seed in
      try Worker { try cases.check(runs: share, seed: seed, threads: 2) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in 2..<sessionCount {
        group.addTask { try await cases.checkAsync(runs: share, seed: seed, threads: 2) }
      }
      try await group.waitForAll()
    }
    for thread in threads {
      if let error = thread.join() { throw error }
    }
  }

  /// The plan of a file, by default of one that is written for the purpose.
  private static func plan(_ path: String?) throws -> Plan {
    if let path { return try PlanFile.read(path) }
    let path = NSTemporaryDirectory() + "apus-stress-\(getpid()).apus"
    try Data(PlanFile.bytes(of: SamplePlan.plan)).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    return try PlanFile.read(path)
  }
}

/// What must not happen.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
