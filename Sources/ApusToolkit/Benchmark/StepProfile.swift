import ApusKernels
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
    /// What is multiplied: fp32, bf16 or int8; nil where nothing is.
    public let product: String?
    /// The part of the peak of all threads that is reached.
    ///
    /// Winograd's convolution needs fewer multiplications than are counted, and may pass 1.
    public let shareOfPeak: Double?

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
  /// What one core of this machine was measured to reach from registers, in thousand million multiply-accumulates a
  /// second, by product.
  public let peaks: [String: Double]

  /// The time of all steps.
  public var milliseconds: Double { steps.reduce(0) { $0 + $1.milliseconds } }

  init(_ session: Session, runs: Int) {
    self.runs = runs
    let plan = session.plan
    let products = plan.steps.map { $0.multiplyAccumulates > 0 ? Self.product($0.operation) : nil }
    var peaks: [String: Double] = [:]
    let isa = ISA(rawValue: plan.isa) ?? .scalar
    for product in Set(products.compactMap { $0 }) {
      if let kernel = PeakKernel.pick(product, isa: isa) {
        peaks[Self.names[product, default: ""]] = kernel.rate() / 1e9
      }
    }
    self.peaks = peaks
    steps = zip(session.profile, products).map { time, product in
      let name = product.flatMap { Self.names[$0] }
      let rate =
        time.nanoseconds > 0 ? Double(time.multiplyAccumulates) / Double(time.nanoseconds) : 0
      return Step(
        name: time.name, operators: time.operators,
        milliseconds: Double(time.nanoseconds) / 1e6,
        multiplyAccumulates: time.multiplyAccumulates, bytes: time.bytes, product: name,
        shareOfPeak: name.flatMap { peaks[$0] }.map { rate / ($0 * Double(session.threads)) })
    }
  }

  private static let names: [Product: String] = [
    .float32: "fp32", .bfloat16: "bf16", .uint8: "int8",
  ]

  /// What a step multiplies.
  private static func product(_ operation: ApusPlan.Operation) -> Product? {
    switch operation {
    case .feature(.convolution(let step)): product(step.source.element)
    case .feature(.winograd(let step)): product(step.source.element)
    case .convolution, .depthwise: .float32
    default: nil
    }
  }

  private static func product(_ element: FeatureElement) -> Product {
    switch element {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .uint8: .uint8
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
              bytes: step.bytes, gigaMACsPerSecond: step.gigaMACsPerSecond,
              shareOfPeak: step.shareOfPeak)))
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
      let shareOfPeak: Double?
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
