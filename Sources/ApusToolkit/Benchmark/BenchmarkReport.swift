import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation

/// What was measured of a network, and on what.
public struct BenchmarkReport: Sendable, Codable {
  /// Times of runs, in milliseconds.
  public struct Times: Sendable, Codable, Hashable {
    /// The least.
    public let least: Double
    /// The median.
    public let median: Double
    /// What nine of ten runs do not exceed.
    public let p90: Double
    /// What 99 of 100 runs do not exceed.
    public let p99: Double
    /// The mean.
    public let mean: Double

    /// The times of runs in milliseconds; nil of none.
    public init?(milliseconds: [Double]) {
      guard let summary = StageTimes.Summary(seconds: milliseconds.map { $0 / 1000 }),
        let least = milliseconds.min()
      else { return nil }
      self.least = least
      median = summary.p50
      p90 = summary.p90
      p99 = summary.p99
      mean = summary.mean
    }
  }

  /// What lies in memory, in bytes.
  public struct Memory: Sendable, Codable, Hashable {
    /// Weights and other constants, as the plan holds them.
    public let weights: Int
    /// Feature maps, which share one arena.
    public let internalTensors: Int
    /// Both together.
    public let total: Int
    /// The most that the process held at once, with the program and what compiling needed; nil where the
    /// system does not tell.
    public let processPeak: Int?
  }

  /// An input and its sizes.
  public struct Input: Sendable, Codable, Hashable {
    /// The name.
    public let name: String
    /// The sizes of the axes.
    public let shape: [Int]
    /// Whether it takes 8-bit pixels; reports of older versions do not say so.
    public let takesPixels: Bool?
  }

  /// The file.
  public let model: String
  /// The inputs, in order.
  public let inputs: [Input]
  /// Pictures of one run: the first axis of the first input.
  public let batch: Int
  /// Threads that share the work.
  public let threads: Int
  /// What feature maps were computed in: `fp32`, or `int8` of a quantised network.
  public let precision: String
  /// Runs that were not counted.
  public let warmup: Int
  /// Runs that were.
  public let runs: Int
  /// Times of the wall clock for one run.
  public let latency: Times
  /// Times of the processor for one run, of all threads together.
  public let processorTime: Times
  /// Pictures a second at the median latency.
  public let framesPerSecond: Double
  /// Multiply-accumulates of one run.
  public let multiplyAccumulates: Int
  /// What lies in memory.
  public let memory: Memory
  /// Time from the start of reading the file until the network could run, of the wall clock, in milliseconds.
  public let loadTime: Double
  /// The same of the processor.
  public let loadProcessorTime: Double
  /// Steps that no kernel runs, which are evaluated as the interpreter does.
  public let hostSteps: [String]
  /// The version of Apus.
  public let version: String
  /// Processor, cores, memory, system, and the instruction set of the kernels.
  public let machine: [String: String]
  /// Where the time goes; nil where that was not measured.
  public var profile: StepProfile?
  /// What changed since an earlier measurement; nil where there is none.
  public var comparison: BenchmarkComparison?

  /// The report on runs of a network.
  ///
  /// - Parameters:
  ///   - samples: at least one run.
  ///   - warmup: how many runs came before these.
  public init(_ benchmark: Benchmark, _ samples: Benchmark.Samples, warmup: Int) {
    guard let latency = Times(milliseconds: samples.wall),
      let processorTime = Times(milliseconds: samples.processor)
    else { preconditionFailure("a report needs a run") }
    let plan = benchmark.session.plan
    let (weights, tensors) = (plan.constants.byteCount, plan.arenaCount * 4)
    model = benchmark.path
    inputs = zip(benchmark.inputs, plan.inputs).map {
      Input(name: $0.name, shape: $0.shape.dimensions, takesPixels: $1.takesPixels)
    }
    batch = inputs.first?.shape.first ?? 1
    threads = benchmark.options.threads
    precision = plan.precision
    self.warmup = warmup
    runs = samples.wall.count
    self.latency = latency
    self.processorTime = processorTime
    framesPerSecond = latency.median > 0 ? 1000 * Double(batch) / latency.median : 0
    multiplyAccumulates = plan.multiplyAccumulates
    memory = Memory(
      weights: weights, internalTensors: tensors, total: weights + tensors,
      processPeak: PeakMemory.bytes)
    loadTime = benchmark.load.wall[0]
    loadProcessorTime = benchmark.load.processor[0]
    hostSteps = plan.hostSteps.map { "\($0.name) (\($0.operators))" }
    version = ApusVersion.current
    machine = RunManifest.machine()
  }

  /// Reads a report that was written as JSON.
  ///
  /// - Throws: `ApusError` naming the file.
  public init(path: String) throws(ApusError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .failure("'\(path)': cannot be read: \(FilePath.reason(error))")
    }
    do {
      self = try JSONDecoder().decode(BenchmarkReport.self, from: data)
    } catch {
      throw .failure(
        "'\(path)': is no report of apus bench; make one with apus bench MODEL --json > FILE")
    }
  }
}

extension BenchmarkReport: CustomStringConvertible {
  /// What was measured, and what came out, a line each.
  public var description: String {
    func line(_ times: Times) -> String {
      String(
        format: "least %.3f, median %.3f, p90 %.3f, p99 %.3f, mean %.3f ms", times.least,
        times.median, times.p90, times.p99, times.mean)
    }
    func mebibytes(_ bytes: Int) -> String { String(format: "%.2f MiB", Double(bytes) / 0x1p20) }
    let shapes = inputs.map {
      "\($0.name) \($0.shape.map(String.init).joined(separator: "x"))"
        + ($0.takesPixels == true ? " of 8-bit pixels" : "")
    }
    var lines = [
      "model          \(model)", "inputs         \(shapes.joined(separator: ", "))",
      "setting        \(precision), \(machine["isa"] ?? "?"), \(threads)"
        + " \(threads == 1 ? "thread" : "threads"), \(runs) runs after \(warmup)",
      "latency        \(line(latency))", "processor time \(line(processorTime))",
      String(
        format: "speed          %.1f FPS, %.1f GMAC/s", framesPerSecond,
        latency.median > 0 ? Double(multiplyAccumulates) / latency.median / 1e6 : 0),
      "memory         weights \(mebibytes(memory.weights)),"
        + " internal tensors \(mebibytes(memory.internalTensors)), total \(mebibytes(memory.total))"
        + (memory.processPeak.map { "; process at most \(mebibytes($0))" } ?? ""),
      String(
        format: "load           %.1f ms, processor time %.1f ms", loadTime, loadProcessorTime),
    ]
    if !hostSteps.isEmpty {
      lines.append("\(hostSteps.count) steps without a kernel, evaluated by reference:")
      lines += hostSteps.prefix(5).map { "  \($0)" }
      if hostSteps.count > 5 { lines.append("  and \(hostSteps.count - 5) more") }
    }
    return lines.joined(separator: "\n")
  }
}

extension Plan {
  /// What most multiplications are done in: int8, bf16 or fp32.
  fileprivate var precision: String {
    var work: [FeatureElement: Int] = [:]
    for step in steps {
      // Without multiplications the types of what is moved tell.
      guard case .feature(let operation) = step.operation else { continue }
      let weight = step.multiplyAccumulates * 1000 + 1
      switch operation {
      case .convolution(let convolution): work[convolution.source.element, default: 0] += weight
      case .import(let step): work[step.destination.element, default: 0] += weight
      default: work[.float32, default: 0] += weight
      }
    }
    let total = work.values.reduce(0, +)
    if 2 * work[.uint8, default: 0] >= total && total > 0 { return "int8" }
    return 2 * work[.bfloat16, default: 0] > total ? "bf16" : "fp32"
  }
}
