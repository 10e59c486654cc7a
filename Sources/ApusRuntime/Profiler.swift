import ApusPlan

/// When the steps of a plan began and how long they took, over some runs.
struct Profiler {
  private struct Record {
    var least = Int64.max
    var total: Int64 = 0
    var last: Int64 = 0
    var start: Int64 = 0
  }

  private var records: [Record]
  private var pending: [Record]
  private var runs = 0
  private var origin = ContinuousClock.now
  private var last = ContinuousClock.now

  init(stepCount: Int) {
    records = [Record](repeating: Record(), count: stepCount)
    pending = records
  }

  mutating func beginRun() {
    origin = ContinuousClock.now
    last = origin
  }

  mutating func endStep(_ index: Int) {
    let now = ContinuousClock.now
    pending[index].last = (now - last).nanoseconds
    pending[index].start = (last - origin).nanoseconds
    last = now
  }

  /// Counts the run; one that was broken off is not counted.
  mutating func endRun() {
    for index in records.indices {
      let time = pending[index].last
      records[index].least = min(records[index].least, time)
      records[index].total += time
      records[index].last = time
      records[index].start = pending[index].start
    }
    runs += 1
  }

  func times(of plan: Plan) -> [StepTime] {
    zip(plan.steps, records).map { step, record in
      StepTime(
        name: step.name, operators: step.operators, runs: runs,
        nanoseconds: runs == 0 ? 0 : record.total / Int64(runs),
        leastNanoseconds: runs == 0 ? 0 : record.least, lastNanoseconds: record.last,
        lastStart: record.start, multiplyAccumulates: step.multiplyAccumulates, bytes: step.bytes)
    }
  }
}

/// How long a step took, and what it did.
public struct StepTime: Sendable {
  /// The name of the node.
  public let name: String
  /// What was fused into the step.
  public let operators: String
  /// How many runs were timed.
  public let runs: Int
  /// Mean duration.
  public let nanoseconds: Int64
  /// The shortest duration.
  public let leastNanoseconds: Int64
  /// The duration in the last run.
  public let lastNanoseconds: Int64
  /// Nanoseconds from the beginning of the last run to that of the step.
  public let lastStart: Int64
  /// Multiply-accumulates of a run.
  public let multiplyAccumulates: Int
  /// Bytes read and written in a run, each operand once.
  public let bytes: Int
}

extension Duration {
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
