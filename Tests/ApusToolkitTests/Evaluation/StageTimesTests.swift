import ApusTestSupport
import ApusToolkit
import Testing

/// What stages took, in numbers computed by hand.
@Suite struct StageTimesTests {
  /// Percentiles lie at `share · (n - 1)` of the sorted times, with a straight line between two of them: of four
  /// times the 90th is at 2.7, which is 3 ms and 0.7 of the step to 4 ms.
  @Test func percentilesAreInterpolated() throws {
    let summary = try #require(StageTimes.Summary(seconds: [0.004, 0.001, 0.003, 0.002]))
    for (found, expected) in [
      (summary.mean, 2.5), (summary.p50, 2.5), (summary.p90, 3.7), (summary.p99, 3.97),
    ] {
      #expect(Tolerance.rounding.accepts(found, expected), "\(found), not \(expected)")
    }
    // 0…100 ms: the 90th of 101 times is a time itself.
    let even = try #require(StageTimes.Summary(seconds: (0...100).map { Double($0) / 1000 }))
    for (found, expected) in [
      (even.mean, 50.0), (even.p50, 50), (even.p90, 90), (even.p99, 99),
    ] {
      #expect(Tolerance.rounding.accepts(found, expected), "\(found), not \(expected)")
    }
  }

  @Test func oneTimeIsEveryPercentileAndNoneHasNone() throws {
    let one = try #require(StageTimes.Summary(seconds: [0.25]))
    #expect([one.mean, one.p50, one.p90, one.p99] == [250, 250, 250, 250])
    #expect(StageTimes.Summary(seconds: []) == nil)
    let none = StageTimes()
    #expect(none.stages.isEmpty && none.meanTime == nil && none.framesPerSecond == nil)
  }

  /// Two pictures: (2 + 20 + 3) and (4 + 40 + 5) ms are 37 ms a picture; decoding of 500 ms is not in it.
  @Test func theMeanTimeLeavesDecodingOut() throws {
    var times = StageTimes()
    times.decode = [0.5, 0.5]
    times.preprocess = [0.002, 0.004]
    times.inference = [0.020, 0.040]
    times.postprocess = [0.003, 0.005]
    let mean = try #require(times.meanTime)
    let rate = try #require(times.framesPerSecond)
    #expect(Tolerance.rounding.accepts(mean, 37))
    #expect(Tolerance.rounding.accepts(rate, 1000 / 37))
    #expect(times.stages.map(\.name) == ["decode", "preprocess", "inference", "postprocess"])
    #expect(Tolerance.rounding.accepts(times.stages[2].summary.mean, 30))
  }

  /// mAP · 100 + (1000 - i_time) · 0.1: 50 + 98 at 20 ms; above a second the time costs more than it gives.
  @Test func theScoreIsTheFormula() {
    #expect(AccuracySpeedScore.value(mAP50: 0.5, milliseconds: 20) == 148)
    #expect(AccuracySpeedScore.value(mAP50: 0, milliseconds: 0) == 100)
    #expect(AccuracySpeedScore.value(mAP50: 1, milliseconds: 2000) == 0)
  }

  @Test func memoryThatIsUsedIsSeen() throws {
    let before = try #require(PeakMemory.bytes)
    #expect(before > 1 << 20)
    let size = 64 << 20
    let bytes = [UInt8](repeating: 1, count: size)
    let after = try #require(PeakMemory.bytes)
    #expect(after >= before && after > bytes.count)
  }
}
