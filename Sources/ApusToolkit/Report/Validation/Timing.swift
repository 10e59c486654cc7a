/// What a run took, summed up.
struct Timing {
  /// The stages that were measured.
  let stages: [StageSummary]
  /// All stages of each picture together.
  let total: StageSummary?
  /// The times of each picture, in seconds; empty where stages do not tell of the same pictures.
  let totals: [Double]

  /// Sums up; nil where nothing was measured.
  init?(_ times: StageTimes?) {
    guard let times else { return nil }
    let named = [
      ("decode", times.decode), ("pre-process", times.preprocess), ("inference", times.inference),
      ("post-process", times.postprocess),
    ].filter { !$0.1.isEmpty }
    guard let count = named.first?.1.count else { return nil }
    stages = named.compactMap { StageSummary($0.0, $0.1) }
    totals =
      named.allSatisfy { $0.1.count == count }
      ? (0..<count).map { place in named.reduce(0) { $0 + $1.1[place] } } : []
    total = StageSummary("together", totals)
    guard perPicture > 0 else { return nil }
  }

  /// The mean time of all stages of a picture, in seconds: `i_time`.
  var perPicture: Double { stages.reduce(0) { $0 + $1.mean } }

  /// mAP50 · 100 + (1000 − i_time) · 0.1, with `i_time` in milliseconds.
  func score(mAP50: Double) -> Double { mAP50 * 100 + (1000 - perPicture * 1000) * 0.1 }
}
