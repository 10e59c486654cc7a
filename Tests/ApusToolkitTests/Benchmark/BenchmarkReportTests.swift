import ApusToolkit
import Foundation
import Testing

/// The figures of a report, and the judgement on two of them.
@Suite struct BenchmarkReportTests {
  @Test func timesAreThoseOfTheRuns() throws {
    // 1 to 101: percentiles fall on runs.
    let times = try #require(
      BenchmarkReport.Times(milliseconds: (1...101).map(Double.init).reversed()))
    #expect(times.least == 1)
    for (found, expected) in [
      (times.median, 51.0), (times.p90, 91), (times.p99, 100), (times.mean, 51),
    ] {
      #expect(abs(found - expected) < 1e-9)
    }
    #expect(BenchmarkReport.Times(milliseconds: []) == nil)
  }

  /// A report as a file holds it, with the given least latency.
  private func report(
    least: Double, threads: Int = 1, shape: [Int] = [1, 3, 8, 8], isa: String = "scalar"
  ) throws -> BenchmarkReport {
    let times = #"{"least":\#(least),"median":2,"p90":2,"p99":2,"mean":2}"#
    let text = #"""
      {"model":"m","inputs":[{"name":"x","shape":\#(shape)}],"batch":1,"threads":\#(threads),
      "precision":"fp32","warmup":0,"runs":1,"latency":\#(times),"processorTime":\#(times),
      "framesPerSecond":1,"multiplyAccumulates":1,"loadTime":1,"loadProcessorTime":1,"hostSteps":[],"version":"0",
      "memory":{"weights":4,"internalTensors":0,"total":4},"machine":{"isa":"\#(isa)"}}
      """#
    return try JSONDecoder().decode(BenchmarkReport.self, from: Data(text.utf8))
  }

  private func compare(
    _ now: BenchmarkReport, _ before: BenchmarkReport, tolerance: Double = 0.05
  ) throws -> BenchmarkComparison {
    try BenchmarkComparison(now, before: before, path: "before.json", tolerance: tolerance)
  }

  @Test func nothingIsSlowerThanItself() throws {
    let one = try report(least: 1)
    let comparison = try compare(one, one, tolerance: 0)
    #expect(!comparison.isSlower && comparison.notes.isEmpty)
    #expect(comparison.changes.allSatisfy { $0.before == $0.now && ($0.change ?? 0) == 0 })
    // Of nothing there is no part.
    let tensors = try #require(comparison.changes.first { $0.name.hasPrefix("internal tensors") })
    #expect(tensors.change == nil)
  }

  @Test func theLeastLatencyDecides() throws {
    let before = try report(least: 1)
    #expect(try compare(report(least: 1.04), before).isSlower == false)
    #expect(try compare(report(least: 1.06), before).isSlower)
    #expect(try compare(report(least: 1.06), before, tolerance: 0.07).isSlower == false)
    #expect(try compare(report(least: 0.5), before, tolerance: 0).isSlower == false)
  }

  @Test func settingsMustBeAlikeAndMachinesAreNoted() throws {
    let before = try report(least: 1)
    #expect(throws: ApusError.self) { try compare(report(least: 1, threads: 2), before) }
    #expect(throws: ApusError.self) { try compare(report(least: 1, shape: [1, 3, 16, 8]), before) }
    let notes = try compare(report(least: 1, isa: "avx2"), before).notes
    #expect(notes == ["isa was scalar, is avx2"])
  }
}
