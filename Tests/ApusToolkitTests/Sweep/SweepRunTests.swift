import ApusToolkit
import Foundation
import Testing

/// A sweep from row to row: failures, and going on where an earlier one ended.
@Suite struct SweepRunTests {
  private static func plan() throws -> SweepPlan {
    var axes = SweepAxes()
    axes.sizes = [320, 416, 640].map(SweepPlanTests.square)
    return try SweepPlan(axes, models: [SweepPlanTests.checkpoint])
  }

  private static func context(_ data: String = "data", split: String = "val") -> SweepState.Context
  {
    SweepState.Context(
      data: data, settings: ["split": split], version: "1", machine: ["cores": "2"])
  }

  /// Something different for every size.
  private static func measures(_ configuration: SweepConfiguration) -> SweepMeasures {
    SweepTableTests.row(ms: Double(configuration.size.width) / 7).measures
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-sweep-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appendingPathComponent("state.json").path)
  }

  @Test func aRowThatFailsDoesNotEndTheSweep() throws {
    var state: SweepState?
    var seen: [Int] = []
    let table = try SweepRun.run(
      Self.plan(), state: &state,
      measure: { configuration throws(ApusError) in
        if configuration.size.width == 416 { throw .failure("the process was ended by signal 9") }
        return Self.measures(configuration)
      }, progress: { seen.append($0.size.width) })
    #expect(table.rows.map(\.configuration.size.width) == [320, 640])
    #expect(table.failures.map(\.message) == ["the process was ended by signal 9"])
    #expect(seen == [320, 416, 640])
  }

  @Test func aSweepGoesOnWhereAnEarlierOneEnded() throws {
    try withFile { path in
      let plan = try Self.plan()
      var state: SweepState? = try SweepState(path: path, context: Self.context())
      var run: [Int] = []
      let first = try SweepRun.run(
        plan, state: &state,
        measure: { configuration throws(ApusError) in
          run.append(configuration.size.width)
          if configuration.size.width == 640 { throw .failure("interrupted") }
          return Self.measures(configuration)
        })
      #expect(run == [320, 416, 640])
      var again: SweepState? = try SweepState(path: path, context: Self.context())
      #expect(plan.remaining(after: again) == 1)
      run = []
      let second = try SweepRun.run(
        plan, state: &again,
        measure: { configuration throws(ApusError) in
          run.append(configuration.size.width)
          return Self.measures(configuration)
        })
      #expect(run == [640])
      #expect(second.rows.map(\.isRecalled) == [true, true, false])
      // Numbers come back with all their digits.
      #expect(second.rows.prefix(2).map(\.measures) == first.rows.map(\.measures))
    }
  }

  @Test func rowsOfOtherCircumstancesAreNotTaken() throws {
    try withFile { path in
      let plan = try Self.plan()
      var state: SweepState? = try SweepState(path: path, context: Self.context())
      _ = try SweepRun.run(plan, state: &state, measure: Self.measures)
      #expect(plan.remaining(after: state) == 0)
      for context in [Self.context("other"), Self.context(split: "test")] {
        #expect(plan.remaining(after: try SweepState(path: path, context: context)) == 3)
      }
      var other = SweepPlanTests.checkpoint
      other.sha256 = "changed"
      var axes = SweepAxes()
      axes.sizes = [SweepPlanTests.square(320)]
      let changed = try SweepPlan(axes, models: [other])
      #expect(changed.remaining(after: state) == 1)
      // Another path of the same bytes is the same model.
      other = SweepPlanTests.checkpoint
      other.path = "elsewhere/net.pt"
      let moved = try SweepPlan(axes, models: [other])
      #expect(moved.remaining(after: state) == 0)
    }
  }

  @Test(arguments: ["", "[]", "{}", #"{"format":"other","rows":{}}"#, #"{"rows":3}"#, "\u{0}"])
  func aFileOfAnotherKindIsRefusedAndKept(_ text: String) throws {
    try withFile { path in
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: ApusError.self) {
        try SweepState(path: path, context: Self.context())
      }
      #expect(error?.message.contains(path) == true)
      #expect(error?.message.contains("--state") == true)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(text.utf8))
    }
  }
}
