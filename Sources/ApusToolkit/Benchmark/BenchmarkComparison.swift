/// What changed between two measurements of one network.
public struct BenchmarkComparison: Sendable, Codable {
  /// A figure then and now.
  public struct Change: Sendable, Codable {
    /// What it is a figure of, with its unit.
    public let name: String
    /// The earlier figure.
    public let before: Double
    /// The figure of this run.
    public let now: Double
    /// The difference as a part of the earlier figure; nil where that is nothing.
    public let change: Double?

    init(_ name: String, _ before: Double, _ now: Double) {
      self.name = name
      self.before = before
      self.now = now
      change = before > 0 ? now / before - 1 : nil
    }
  }

  /// The file of the earlier measurement.
  public let baseline: String
  /// The figures.
  public let changes: [Change]
  /// By how much the least latency may have grown, as a part of the earlier one.
  public let tolerance: Double
  /// Whether it grew by more.
  public let isSlower: Bool
  /// What else differs between the measurements and may be the cause.
  public let notes: [String]

  /// Sets a measurement beside an earlier one.
  ///
  /// - Throws: `ApusError` where the earlier one was of other inputs or settings, which says nothing.
  public init(
    _ report: BenchmarkReport, before baseline: BenchmarkReport, path: String, tolerance: Double
  ) throws(ApusError) {
    let settings: [(String, String, String)] = [
      ("threads", "\(baseline.threads)", "\(report.threads)"),
      ("precision", baseline.precision, report.precision),
      ("inputs", Self.text(baseline.inputs), Self.text(report.inputs)),
    ]
    for (name, before, now) in settings where before != now {
      throw .failure(
        "'\(path)': was measured with \(name) \(before), this run with \(now); measure both alike")
    }
    self.baseline = path
    self.tolerance = tolerance
    var changes = [
      Change("least latency, ms", baseline.latency.least, report.latency.least),
      Change("median latency, ms", baseline.latency.median, report.latency.median),
      Change(
        "least processor time, ms", baseline.processorTime.least, report.processorTime.least),
      Change("load, processor time, ms", baseline.loadProcessorTime, report.loadProcessorTime),
      Change("weights, bytes", Double(baseline.memory.weights), Double(report.memory.weights)),
      Change(
        "internal tensors, bytes", Double(baseline.memory.internalTensors),
        Double(report.memory.internalTensors)),
    ]
    if let before = baseline.memory.processPeak, let now = report.memory.processPeak {
      changes.append(Change("process, bytes", Double(before), Double(now)))
    }
    self.changes = changes
    // What else runs on the machine adds to times and never takes away: the least is the steadiest.
    isSlower = report.latency.least > baseline.latency.least * (1 + tolerance)
    notes = Set(baseline.machine.keys).union(report.machine.keys).sorted().compactMap { key in
      let (before, now) = (baseline.machine[key] ?? "unknown", report.machine[key] ?? "unknown")
      return before == now ? nil : "\(key) was \(before), is \(now)"
    }
  }

  private static func text(_ inputs: [BenchmarkReport.Input]) -> String {
    inputs.map { "\($0.name) \($0.shape)\($0.takesPixels == true ? " of 8-bit pixels" : "")" }
      .joined(separator: ", ")
  }
}
