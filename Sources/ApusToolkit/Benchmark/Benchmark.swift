import ApusCompiler
import ApusGraph
import ApusRuntime
import ApusTensor
import Foundation

/// A network made ready to be measured: compiled, loaded, its inputs filled with random numbers.
///
/// Measured is a run of the network from inputs in its memory to outputs there, as a program that writes its
/// pixels into the input and decodes the output in place would wait for it.
public final class Benchmark {
  /// What the feature maps of a float network are computed in.
  ///
  /// A quantised network brings its own types.
  public enum Precision: String, Sendable, CaseIterable, Codable {
    case fp32, bf16
  }

  /// What is measured.
  public struct Options: Sendable {
    /// Threads that share the work.
    public var threads = 1
    /// Pictures of one run; nil for what the model has, one where it leaves that open.
    public var batch: Int?
    /// Height and width of the input where the model leaves them open; nil for its own.
    public var inputSize: (height: Int, width: Int)?
    /// What feature maps are computed in.
    public var precision = Precision.fp32
    /// Whether the network takes 8-bit pixels and gives its heads as their steps write them.
    public var takesPixels = false

    /// One thread, single precision, sizes as the model has them.
    public init() {}
  }

  /// How long runs took, in milliseconds, one after the other.
  public struct Samples: Sendable, Encodable {
    /// Time of the wall clock.
    public var wall: [Double]
    /// Time of the processor, of all threads of the process together.
    public var processor: [Double]

    /// Times of runs; of none by default.
    public init(wall: [Double] = [], processor: [Double] = []) {
      self.wall = wall
      self.processor = processor
    }

    /// Adds the runs of others.
    public mutating func append(_ others: Samples) {
      wall += others.wall
      processor += others.processor
    }
  }

  let path: String
  let options: Options
  let inputs: [BenchmarkInputs.Port]
  /// Time from the start of reading the file until the network could run: of the wall clock and of the
  /// processor, one entry each.
  public let load: Samples
  let session: Session
  private let contents: BenchmarkContents

  /// Reads, compiles and loads a model, or loads a plan file, which is compiled for its own size.
  ///
  /// - Parameter note: is told what a person should know, as by `PlanModel.read`.
  /// - Throws: `ApusError` naming the file, where it cannot be read, compiled or run at the size asked for.
  public init(
    path: String, options: Options = Options(), note: (String) -> Void
  ) throws(ApusError) {
    let start = (wall: ContinuousClock.now, processor: ProcessorTime.milliseconds)
    self.path = path
    self.options = options
    if PlanModel.isPlan(path) {
      guard options.batch == nil, options.inputSize == nil, options.precision == .fp32,
        !options.takesPixels
      else {
        throw .usage(
          "'\(path)': is a plan file, compiled for one batch, size and precision, and for tensors or pixels;"
            + " compile the model anew for others")
      }
      let plan = try PlanModel.read(path, note: note)
      inputs = try BenchmarkInputs(of: plan, path: path).ports
      do {
        session = try Session(plan, threads: options.threads)
      } catch {
        throw .failure("'\(path)': \(error)")
      }
    } else {
      (inputs, session) = try Self.compile(path, options)
    }
    do {
      contents = try BenchmarkContents(inputs, for: session)
    } catch {
      throw .failure("'\(path)': \(error)")
    }
    load = Samples(
      wall: [(ContinuousClock.now - start.wall) / .milliseconds(1)],
      processor: [ProcessorTime.milliseconds - start.processor])
  }

  private static func compile(
    _ path: String, _ options: Options
  ) throws(ApusError) -> ([BenchmarkInputs.Port], Session) {
    let model = try Model(
      path: path,
      input: .fixed(
        height: options.inputSize?.height, width: options.inputSize?.width,
        batch: options.batch ?? 1))
    try ModelLimits.checkOperators(of: model.graph, path: path)
    let inputs = try BenchmarkInputs(of: model, options: options)
    try ModelLimits.checkSizes(
      of: model.graph, path: path, inputShapes: inputs.shapes.mapValues(\.dimensions))
    let graph = try model.preparedGraph()
    do {
      let compiled = try Compiler(
        environment: ProcessInfo.processInfo.environment,
        precision: options.precision == .bf16 ? .bf16 : .fp32, keepsMaps: options.takesPixels
      ).compile(graph, inputShapes: inputs.shapes)
      if options.takesPixels { try compiled.plan.checkTakesPixels(path: path) }
      return (
        inputs.ports, try Session(compiled.plan, threads: options.threads, host: compiled.host)
      )
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(path)': \(error)")
    }
  }

  /// Runs the network and takes the time of every run, in which pixels are written where it takes them.
  ///
  /// - Throws: `ApusError` naming the file, where a step fails.
  public func run(_ count: Int) throws(ApusError) -> Samples {
    var samples = Samples()
    samples.wall.reserveCapacity(count)
    samples.processor.reserveCapacity(count)
    do {
      for _ in 0..<count {
        try contents.prepare(session)
        let busy = ProcessorTime.milliseconds
        let duration = try ContinuousClock().measure {
          try contents.writePixels(session)
          try session.run()
        }
        samples.processor.append(ProcessorTime.milliseconds - busy)
        samples.wall.append(duration / .milliseconds(1))
      }
    } catch {
      throw .failure("'\(path)': \(error)")
    }
    return samples
  }

  /// Runs the network and takes the time of every step; the times of whole runs come out longer for it.
  ///
  /// - Throws: `ApusError` naming the file, where a step fails.
  public func profile(_ count: Int) throws(ApusError) -> StepProfile {
    session.isProfiling = true
    defer { session.isProfiling = false }
    _ = try run(count)
    return StepProfile(session, runs: count)
  }
}

/// The time that all threads of this process have used together.
enum ProcessorTime {
  static var milliseconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }
}
