import ApusToolkit
import Foundation

/// `apus bench --serve`: runs when it is told to, so that engines can be measured in turns.
///
/// When the network is ready, one line says so. Every line `run K` is then answered by one line with the times of
/// K runs; the end of standard input ends the process.
struct BenchServer {
  private struct Ready: Encodable {
    let load: Benchmark.Samples
    let version: String
  }

  private struct Answer: Encodable {
    let wall: [Double]
    let processor: [Double]
    let processPeak: Int?
  }

  private let benchmark: Benchmark
  private let warmup: Int

  init(_ benchmark: Benchmark, warmup: Int) {
    self.benchmark = benchmark
    self.warmup = warmup
  }

  func run() throws {
    _ = try benchmark.run(warmup)
    try StandardOutput.print(
      jsonLine: Ready(
        load: benchmark.load, version: ApusVersion.current))
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, words[0] == "run", let count = Int(words[1]),
        (1...100_000).contains(count)
      else {
        throw ApusError.failure(
          "standard input: expected 'run K' with K from 1 to 100000, found '\(line.prefix(80))'")
      }
      let samples = try benchmark.run(count)
      try StandardOutput.print(
        jsonLine: Answer(
          wall: samples.wall, processor: samples.processor, processPeak: PeakMemory.bytes))
    }
  }
}
