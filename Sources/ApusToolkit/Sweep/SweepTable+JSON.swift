extension SweepTable: Encodable {
  /// Writes rows with what they are compared by, failures, and what was left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(rows.indices.map { RowRecord(self, $0) }, forKey: .rows)
    try container.encode(
      failures.map { Refused(configuration: $0.configuration, reason: $0.message) },
      forKey: .failed)
    try container.encode(
      exclusions.map { Refused(configuration: $0.configuration, reason: $0.reason) },
      forKey: .leftOut)
    try container.encodeIfPresent(best.map { $0 + 1 }, forKey: .best)
  }

  private enum Key: String, CodingKey { case rows, failed, leftOut, best }

  private struct Refused: Encodable {
    let configuration: SweepConfiguration
    let reason: String
  }

  private struct RowRecord: Encodable {
    let row: Int
    let configuration: SweepConfiguration
    let measures: SweepMeasures
    let iTime: Double
    let framesPerSecond: Double
    let score: Double
    let isBest: Bool
    let isPareto: Bool
    let isRecalled: Bool
    let mAPLessFirst: Double
    let speedOverFirst: Double?

    init(_ table: SweepTable, _ index: Int) {
      let own = table.rows[index].measures
      let first = table.rows[0].measures
      row = index + 1
      configuration = table.rows[index].configuration
      measures = own
      iTime = own.meanTime
      framesPerSecond = own.framesPerSecond
      score = own.score
      isBest = index == table.best
      isPareto = table.paretoFront.contains(index)
      isRecalled = table.rows[index].isRecalled
      mAPLessFirst = own.mAP - first.mAP
      speedOverFirst = own.meanTime > 0 ? first.meanTime / own.meanTime : nil
    }
  }
}
