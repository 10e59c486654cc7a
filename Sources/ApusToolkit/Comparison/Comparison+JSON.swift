import ApusDatasets
import ApusMetrics

extension Comparison: Encodable {
  private enum Key: String, CodingKey { case data, resamples, seed, entries, differences, notes }

  /// Writes the comparison; a number that is not defined is null.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    let evaluation = entries[0].evaluation
    try values.encode(
      DataSummary(
        path: evaluation.data.path, split: evaluation.data.split,
        pictures: evaluation.data.pictureCount,
        objects: evaluation.data.truths.count { !$0.isCrowd },
        classes: evaluation.data.dataset.classes.count), forKey: .data)
    try values.encode(resamples, forKey: .resamples)
    try values.encode(seed, forKey: .seed)
    let rows = measures
    try values.encode(
      entries.enumerated().map { index, entry in EntrySummary(entry, rows, index) },
      forKey: .entries)
    try values.encode(
      entries.indices.dropFirst().map { DifferenceSummary(self, $0) }, forKey: .differences)
    try values.encode(notes, forKey: .notes)
  }
}

private struct DataSummary: Encodable {
  let path: String
  let split: String?
  let pictures: Int
  let objects: Int
  let classes: Int
}

private struct EntrySummary: Encodable {
  let label: String
  let name: String
  let measures: [String: Double?]
  let errors: [Mistakes]
  let manifest: RunManifest

  init(_ entry: Comparison.Entry, _ rows: [Comparison.Measure], _ index: Int) {
    label = entry.label
    name = entry.name
    measures = Dictionary(
      rows.filter { $0.group != .errors }.map { ($0.name, $0.values[index]) },
      uniquingKeysWith: { first, _ in first })
    errors = entry.evaluation.errors.kinds.map(Mistakes.init)
    manifest = entry.report.manifest
  }
}

private struct DifferenceSummary: Encodable {
  struct Interval: Encodable {
    let estimate: Double
    let low: Double
    let high: Double
    let probabilityAbove: Double
    let pictures: Int
    let verdict: BootstrapSamples.Verdict

    init(_ interval: BootstrapSamples.Interval) {
      estimate = interval.estimate
      low = interval.low
      high = interval.high
      probabilityAbove = interval.probabilityAbove
      pictures = interval.pictures
      verdict = interval.verdict
    }
  }

  struct OfClass: Encodable {
    let id: Int
    let name: String
    let objects: Int
    let base: Double
    let ap: Double
    let difference: Interval
  }

  let label: String
  let from: String
  let ap: Interval?
  let ap50: Interval?
  let classes: [OfClass]

  init(_ comparison: Comparison, _ entry: Int) {
    label = comparison.entries[entry].label
    from = comparison.entries[0].label
    ap = comparison.difference(of: entry, .ap).map(Interval.init)
    ap50 = comparison.difference(of: entry, .ap50).map(Interval.init)
    classes = comparison.classDifferences(of: entry).map {
      OfClass(
        id: $0.id, name: $0.name, objects: $0.objects, base: $0.base, ap: $0.ap,
        difference: Interval($0.difference))
    }
  }
}
