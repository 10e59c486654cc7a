import ApusTestSupport
import Foundation
import Testing

/// What `apus bench` measures, compares and serves, and what it refuses.
@Suite struct BenchTests {
  /// A small YOLOv5 checkpoint that lies beside the tests.
  private static let checkpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Goldens/YOLOv5/fused.pt").path

  private struct Report: Decodable {
    struct Times: Decodable {
      let least: Double
      let median: Double
      let p90: Double
      let p99: Double
      let mean: Double
    }
    struct Memory: Decodable {
      let weights: Int
      let internalTensors: Int
      let total: Int
      let processPeak: Int?
    }
    struct Input: Decodable {
      let name: String
      let shape: [Int]
      let takesPixels: Bool
    }
    struct Profile: Decodable {
      struct Step: Decodable {
        let name: String
        let operators: String
        let milliseconds: Double
        let multiplyAccumulates: Int
        let bytes: Int
      }
      let runs: Int
      let steps: [Step]
    }
    struct Comparison: Decodable {
      struct Change: Decodable {
        let name: String
        let before: Double
        let now: Double
      }
      let changes: [Change]
      let isSlower: Bool
    }
    let batch: Int
    let threads: Int
    let precision: String
    let warmup: Int
    let runs: Int
    let inputs: [Input]
    let latency: Times
    let processorTime: Times
    let framesPerSecond: Double
    let multiplyAccumulates: Int
    let memory: Memory
    let loadTime: Double
    let loadProcessorTime: Double
    let machine: [String: String]
    let profile: Profile?
    let comparison: Comparison?
  }

  private func withDetector(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try body(place)
    }
  }

  private func bench(_ options: String..., model: String = "net.onnx") -> [String] {
    ["bench", model, "--warmup", "1", "--runs", "4"] + options
  }

  private func report(_ result: Apus.Result) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test func theReportHoldsTimesAndMemory() throws {
    try withDetector { place in
      let result = try place.run(bench("--threads", "2", "--json"))
      try #require(result.status == 0, "\(result.errors)")
      let report = try report(result)
      #expect(report.runs == 4 && report.warmup == 1)
      #expect(report.threads == 2 && report.batch == 1 && report.precision == "fp32")
      #expect(report.inputs.map(\.name) == ["images"])
      #expect(report.inputs.map(\.shape) == [[1, 3, 64, 64]])
      // The only products: 8 columns of 3 channels at 4 places.
      #expect(report.multiplyAccumulates == 96)
      let times = report.latency
      #expect(times.least > 0 && times.least <= times.median && times.least <= times.mean)
      #expect(times.median <= times.p90 && times.p90 <= times.p99)
      #expect(report.processorTime.least <= report.processorTime.p99)
      #expect(abs(report.framesPerSecond * times.median - 1000) < 1e-6)
      let memory = report.memory
      #expect(memory.weights > 0 && memory.internalTensors >= 4 * 3 * 64 * 64)
      #expect(memory.total == memory.weights + memory.internalTensors)
      #expect(memory.processPeak.map { $0 > memory.total } ?? true)
      #expect(report.loadTime > 0 && report.loadProcessorTime > 0)
      #expect(report.machine["isa"]?.isEmpty == false)
      #expect(report.profile == nil && report.comparison == nil)
    }
  }

  @Test func peopleAreToldTheSame() throws {
    try withDetector { place in
      let result = try place.run(bench())
      try #require(result.status == 0, "\(result.errors)")
      for word in [
        "net.onnx", "images 1x3x64x64", "1 thread", "4 runs after 1", "median", "p99", "FPS",
        "weights", "internal tensors", "total",
      ] {
        #expect(result.output.contains(word), "'\(word)' is missing: \(result.output)")
      }
    }
  }

  /// From a model or from a plan: pixels in, and less memory than with floats at both ends.
  @Test func pixelsAreMeasured() throws {
    try Workplace.with { place in
      for (file, options) in [("floats.apus", []), ("pixels.apus", ["--pixels"])] {
        let result = try place.run(
          ["compile", Self.checkpoint, "--to", file, "--image-size", "64x96", "--batch", "2"]
            + options)
        try #require(result.status == 0, "\(result.errors)")
      }
      func measured(_ model: String, _ options: String...) throws -> Report {
        let result = try place.run(bench("--json", model: model) + options)
        try #require(result.status == 0, "\(result.errors)")
        return try report(result)
      }
      let floats = try measured("floats.apus")
      let plan = try measured("pixels.apus")
      let model = try measured(
        Self.checkpoint, "--pixels", "--image-size", "64x96", "--batch", "2")
      #expect(floats.inputs.map(\.takesPixels) == [false])
      for report in [plan, model] {
        #expect(report.inputs.map(\.takesPixels) == [true])
        #expect(report.inputs.map(\.shape) == [[2, 3, 64, 96]] && report.batch == 2)
        #expect(report.memory.internalTensors < floats.memory.internalTensors)
        #expect(report.multiplyAccumulates == floats.multiplyAccumulates)
      }
      let text = try place.run(bench(model: "pixels.apus")).output
      #expect(text.contains("2x3x64x96 of 8-bit pixels"), "\(text)")
      try place.file(
        "floats.json", Array(try place.run(bench("--json", model: "floats.apus")).output.utf8))
      try place.refuses(
        bench("--compare", "floats.json", model: "pixels.apus"),
        says: ["floats.json", "of 8-bit pixels"])
      try place.refuses(
        bench("--pixels", model: "floats.apus"), status: 2, says: ["'floats.apus'", "plan file"])
      try place.file("vector.onnx", Network.ofVectors)
      try place.refuses(
        bench("--pixels", model: "vector.onnx"), says: ["'vector.onnx'", "[1, 8]", "--pixels"])
    }
  }

  @Test func openSizesAreChosen() throws {
    try Workplace.with { place in
      let result = try place.run(
        bench("--batch", "2", "--image-size", "64x96", "--json", model: Self.checkpoint))
      try #require(result.status == 0, "\(result.errors)")
      let report = try report(result)
      #expect(report.batch == 2)
      #expect(report.inputs.map(\.shape) == [[2, 3, 64, 96]])
    }
  }

  @Test func aQuantisedNetworkBringsItsPrecision() throws {
    try Workplace.with { place in
      try place.file(
        "net.onnx",
        Message.model {
          $0.node("QuantizeLinear", ["images", "scale"], ["q"])
          $0.node("DequantizeLinear", ["q", "scale"], ["output0"])
          $0.floats("scale", [])
          $0.input("images", [1, 3, 8, 8])
          $0.output("output0", [1, 3, 8, 8])
        })
      let result = try place.run(bench("--json"))
      try #require(result.status == 0, "\(result.errors)")
      #expect(try report(result).precision == "int8")
    }
  }

  @Test func theStepsMakeUpTheRun() throws {
    try withDetector { place in
      let result = try place.run(bench("--profile", "table", "--json"))
      try #require(result.status == 0, "\(result.errors)")
      let report = try report(result)
      let profile = try #require(report.profile)
      #expect(profile.runs == 4)
      let products = profile.steps.map(\.multiplyAccumulates).reduce(0, +)
      #expect(products == report.multiplyAccumulates)
      #expect(profile.steps.allSatisfy { $0.milliseconds >= 0 && $0.bytes >= 0 })
      #expect(profile.steps.contains { $0.operators.contains("MaxPool") })
      let table = try place.run(bench("--profile", "table")).output
      for word in ["GMAC/s", "share", "MaxPool", "\(profile.steps.count) steps"] {
        #expect(table.contains(word), "'\(word)' is missing: \(table)")
      }
    }
  }

  private struct Trace: Decodable {
    struct Event: Decodable {
      let name: String
      let ph: String
      let ts: Double
      let dur: Double
    }
    let traceEvents: [Event]
  }

  @Test func profilesAreWrittenToFiles() throws {
    try withDetector { place in
      for file in ["steps.json", "steps.trace.json"] {
        let result = try place.run(bench("--profile", file))
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("written to \(file)"))
      }
      let contents = try place.contents()
      let steps = try JSONDecoder().decode(
        Report.Profile.self, from: try #require(contents["steps.json"])
      ).steps
      let events = try JSONDecoder().decode(
        Trace.self, from: try #require(contents["steps.trace.json"])
      ).traceEvents
      #expect(!steps.isEmpty && events.map(\.name) == steps.map(\.operators))
      var end = 0.0
      for event in events {
        #expect(event.ph == "X" && event.dur >= 0 && abs(event.ts - end) < 1e-6)
        end = event.ts + event.dur
      }
      try place.refuses(bench("--profile", "net.onnx.json/x.json"), says: ["net.onnx.json"])
    }
  }

  @Test func aBaselineDecides() throws {
    try withDetector { place in
      let text = try place.run(bench("--json")).output
      func compare(least: Double, _ options: String...) throws -> Apus.Result {
        var baseline = try #require(
          try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        var latency = try #require(baseline["latency"] as? [String: Any])
        latency["least"] = least
        baseline["latency"] = latency
        try place.file(
          "before.json", Array(try JSONSerialization.data(withJSONObject: baseline)))
        return try place.run(bench("--compare", "before.json") + options)
      }
      let faster = try compare(least: 1e6)
      #expect(faster.status == 0 && faster.output.contains("not slower than before.json"))
      #expect(faster.output.contains("least latency, ms") && faster.output.contains("-100.0 %"))
      let slower = try compare(least: 1e-6)
      #expect(slower.status == 1 && slower.output.contains("slower than before.json"))
      #expect(!slower.output.contains("not slower") && slower.errors.isEmpty)
      let machine = try compare(least: 1e-6, "--json")
      #expect(machine.status == 1)
      let comparison = try #require(try report(machine).comparison)
      #expect(comparison.isSlower)
      #expect(comparison.changes.first?.before == 1e-6)
    }
  }

  @Test func aBaselineOfSomethingElseIsRefused() throws {
    try withDetector { place in
      try place.file(
        "other.json", Array(try place.run(bench("--threads", "2", "--json")).output.utf8))
      try place.refuses(bench("--compare", "other.json"), says: ["other.json", "threads 2", "1"])
      try place.file("junk.json", Array("{}".utf8))
      try place.refuses(
        bench("--compare", "junk.json"), says: ["junk.json", "apus bench", "--json"])
      try place.refuses(bench("--compare", "absent.json"), says: ["absent.json"])
      try place.refuses(
        bench("--compare", "junk.json", "--profile", "junk.json"), status: 2, says: ["junk.json"])
    }
  }

  private struct Answer: Decodable {
    let wall: [Double]
    let processor: [Double]
  }

  @Test func runsAreServedOnDemand() throws {
    try withDetector { place in
      func serve(_ lines: String) throws -> (result: Apus.Result, answers: [Answer]) {
        let result = try place.run(
          ["bench", "net.onnx", "--serve"], Apus.Setting(input: Data(lines.utf8)))
        let output = result.output.split(separator: "\n")
        try #require(output.first?.contains("\"load\"") == true, "\(result.output)")
        let answers = try output.dropFirst().map {
          try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
        }
        return (result, answers)
      }
      let (done, answers) = try serve("run 2\nrun 3\n")
      #expect(done.status == 0 && done.errors.isEmpty)
      #expect(answers.map(\.wall.count) == [2, 3] && answers.map(\.processor.count) == [2, 3])
      for line in ["walk 2", "run", "run 0", "run x", "run 2 3", ""] {
        let (refused, answers) = try serve("run 1\n\(line)\nrun 1\n")
        #expect(refused.status == 1 && answers.count == 1)
        #expect(refused.errors.contains("'\(line)'") && refused.errors.contains("run K"))
      }
    }
  }

  @Test(arguments: [
    ["--threads", "0"], ["--batch", "0"], ["--runs", "0"], ["--warmup=-1"], ["--image-size", "x"],
    ["--precision", "fp7"], ["--profile", "steps.txt"], ["--tolerance", "0.1"],
    ["--compare", "b.json", "--tolerance=-1"], ["--compare", "b.json", "--tolerance", "nan"],
    ["--serve", "--json"], ["--serve", "--profile", "table"], ["--serve", "--compare", "b.json"],
  ])
  func optionsThatMakeNoSenseAreNamed(_ options: [String]) throws {
    try withDetector { place in
      let name = options.last { $0.hasPrefix("--") }?.split(separator: "=").first.map(String.init)
      try place.refuses(
        ["bench", "net.onnx"] + options, status: 2, says: [try #require(name)])
    }
  }

  @Test func modelsThatDoNotFitAreRefused() throws {
    try withDetector { place in
      try place.refuses(
        bench("--batch", "2"), status: 2, says: ["net.onnx", "'images'", "--batch", "fixed to 1"])
      try place.refuses(
        bench("--image-size", "32"), status: 2, says: ["'images'", "--image-size", "64"])
      try place.file("odd.onnx", Network.unknownOperator)
      try place.refuses(bench(model: "odd.onnx"), says: ["odd.onnx", "Frobnicate"])
      try place.refuses(bench(model: "absent.onnx"), says: ["absent.onnx"])
      try place.refuses(
        bench("--image-size", "65", model: Self.checkpoint), status: 2, says: ["65", "multiple"])
    }
  }
}
