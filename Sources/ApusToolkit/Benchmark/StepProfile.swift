import ApusPlan
import ApusRuntime
public import Foundation

/// Where the time of a network goes, step by step.
public struct StepProfile: Sendable, Codable {
  /// A step, means over the runs.
  public struct Step: Sendable, Codable {
    /// The name of the node, or of the last of those that were fused.
    public let name: String
    /// What was fused, first to last: `Conv + Silu`.
    public let operators: String
    /// Time of the wall clock.
    public let milliseconds: Double
    /// Multiply-accumulates.
    public let multiplyAccumulates: Int
    /// Bytes read and written, each operand once.
    public let bytes: Int

    /// Multiply-accumulates a second, in thousand millions.
    public var gigaMACsPerSecond: Double {
      milliseconds > 0 ? Double(multiplyAccumulates) / milliseconds / 1e6 : 0
    }
    /// Bytes a second, in thousand millions.
    public var gigabytesPerSecond: Double {
      milliseconds > 0 ? Double(bytes) / milliseconds / 1e6 : 0
    }
  }

  /// The steps, in their order.
  public let steps: [Step]
  /// How often the network ran.
  public let runs: Int

  /// The time of all steps.
  public var milliseconds: Double { steps.reduce(0) { $0 + $1.milliseconds } }

  init(_ session: Session, runs: Int) {
    self.runs = runs
    steps = session.profile.map { time in
      Step(
        name: time.name, operators: time.operators,
        milliseconds: Double(time.nanoseconds) / 1e6,
        multiplyAccumulates: time.multiplyAccumulates, bytes: time.bytes)
    }
  }

  /// One run as the trace that chrome://tracing and Perfetto show, the steps' mean times end to end.
  ///
  /// The Trace Event Format of Chromium: complete events, times in microseconds.
  public var trace: Data {
    get throws {
      var start = 0.0
      var events: [TraceEvent] = []
      for (index, step) in steps.enumerated() {
        let duration = step.milliseconds * 1000
        events.append(
          TraceEvent(
            name: step.operators, ts: start, dur: duration,
            args: .init(
              step: index, node: step.name, multiplyAccumulates: step.multiplyAccumulates,
              bytes: step.bytes, gigaMACsPerSecond: step.gigaMACsPerSecond)))
        start += duration
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(["traceEvents": events])
    }
  }

  private struct TraceEvent: Encodable {
    struct Arguments: Encodable {
      let step: Int
      let node: String
      let multiplyAccumulates: Int
      let bytes: Int
      let gigaMACsPerSecond: Double
    }
    let name: String
    var cat = "step"
    var ph = "X"
    let ts: Double
    let dur: Double
    var pid = 1
    var tid = 1
    let args: Arguments
  }
}
