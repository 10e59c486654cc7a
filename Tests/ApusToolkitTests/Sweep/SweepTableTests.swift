import ApusToolkit
import Foundation
import Testing

/// Score, front, comparison and CSV of a sweep.
@Suite struct SweepTableTests {
  /// Model, size, mAP50, i_time in ms, and score of the published table of YOLOv7 on a BM1684.
  static let published: [(String, Int, Double, Double, Double)] = [
    ("yolov7.pt", 640, 0.774, 102, 167.2), ("yolov7.pt", 768, 0.788, 146, 164.2),
    ("yolov7.pt", 800, 0.79, 160, 163.0), ("yolov7x.pt", 640, 0.773, 159.4, 161.36),
    ("yolov7-e6e.pt", 1280, 0.817, 633, 118.4),
  ]

  static func row(
    _ model: String = "a.pt", _ size: Int = 640, mAP50: Double = 0.5, mAP: Double = 0.3,
    ms: Double = 10
  ) -> SweepTable.Row {
    SweepTable.Row(
      SweepConfiguration(model: model, size: .init(height: size, width: size), heads: .raw),
      SweepMeasures(
        pictures: 100, mAP50: mAP50, mAP: mAP, cocoAP50: mAP50, cocoAP: mAP, preprocess: 0,
        inference: ms, postprocess: 0, parameters: 1_872_157, multiplyAccumulates: 2_250_000_000,
        weightBytes: 7_488_628, peakMemory: 104_857_600))
  }

  @Test func thePublishedTableFollowsFromItsOwnNumbers() throws {
    let table = SweepTable(
      rows: Self.published.map { Self.row($0.0, $0.1, mAP50: $0.2, mAP: $0.2, ms: $0.3) })
    for (row, published) in zip(table.rows, Self.published) {
      #expect(abs(row.measures.score - published.4) < 1e-9)
    }
    #expect(table.best == 0)
    // At 159.4 ms the larger network is slower and less accurate than 768 pixels at 146 ms.
    #expect(table.paretoFront == [0, 1, 2, 4])
    let scores = try #require(table.columns.first { $0.key == "score" }).texts
    #expect(scores == ["167.20", "164.20", "163.00", "161.36", "118.40"])
  }

  @Test func stagesAddUp() {
    let measures = SweepMeasures(
      pictures: 1, mAP50: 0.5, mAP: 0.25, preprocess: 2, inference: 20, postprocess: 3)
    #expect(measures.meanTime == 25)
    #expect(measures.framesPerSecond == 40)
    #expect(measures.score == 50 + 97.5)
  }

  /// The front by its definition, pair by pair.
  private static func dominated(_ rows: [SweepTable.Row]) -> Set<Int> {
    var found: Set<Int> = []
    for (i, a) in rows.enumerated() {
      for b in rows {
        let isAsGood =
          b.measures.inference <= a.measures.inference && b.measures.mAP >= a.measures.mAP
        if isAsGood, b.measures != a.measures { found.insert(i) }
      }
    }
    return found
  }

  @Test func frontIsWhatNothingBeats() {
    // On a grid, so that times and accuracies coincide.
    var state: UInt64 = 7
    func draw(_ count: UInt64) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double((state >> 33) % count)
    }
    for count in [1, 2, 3, 10, 40] {
      let rows = (0..<count).map { _ in Self.row(mAP: draw(6) / 10, ms: 1 + draw(6)) }
      let table = SweepTable(rows: rows)
      #expect(table.paretoFront == Set(rows.indices).subtracting(Self.dominated(rows)))
      #expect(!table.paretoFront.isEmpty)
    }
  }

  @Test func equalScoresGoToTheFirst() {
    #expect(SweepTable(rows: [Self.row(ms: 12), Self.row(), Self.row()]).best == 1)
    let empty = SweepTable(rows: [])
    #expect(empty.best == nil)
    #expect(empty.paretoFront.isEmpty)
    #expect(empty.csv.split(separator: "\r\n").count == 1)
  }

  @Test func rowsAreComparedWithTheFirst() throws {
    let table = SweepTable(rows: [
      Self.row(), Self.row(mAP: 0.25, ms: 5), Self.row(mAP: 0.4, ms: 20),
    ])
    let difference = try #require(table.columns.first { $0.key == "mAP50_95_less_first" })
    #expect(difference.texts == ["+0.0000", "-0.0500", "+0.1000"])
    let speed = try #require(table.columns.first { $0.key == "speed_over_first" })
    #expect(speed.texts == ["1.00x", "2.00x", "0.50x"])
    #expect(speed.values == ["1.0", "2.0", "0.5"])
  }

  @Test func whatIsTheSameEverywhereIsSaidOnce() {
    let table = SweepTable(rows: [Self.row("a.pt", 320), Self.row("a.pt", 640)])
    #expect(
      table.constantAxes.map(\.key) == ["model", "precision", "batch", "preprocess", "heads"])
    #expect(table.shownColumns.filter(\.isAxis).map(\.key) == ["size"])
    #expect(SweepTable(rows: [Self.row()]).shownColumns.filter(\.isAxis).count == 6)
  }

  @Test func modelsOfOneNameAreToldApartByTheirPaths() {
    let table = SweepTable(rows: [Self.row("x/a.pt"), Self.row("y/a.pt"), Self.row("y/b.pt")])
    #expect(table.modelNames == ["x/a.pt": "x/a.pt", "y/a.pt": "y/a.pt", "y/b.pt": "b.pt"])
  }

  @Test func cellsOfCSVAreQuotedWhereTheyMustBe() throws {
    let table = SweepTable(rows: [Self.row("odd, \"new\"\nname.pt"), Self.row("plain.pt")])
    let csv = table.csv
    #expect(csv.hasPrefix("model,size,precision,batch,preprocess,heads,mAP50,mAP50_95,"))
    #expect(csv.contains("\r\n\"odd, \"\"new\"\"\nname.pt\",640,fp32,1,own,raw,0.5,0.3,"))
    #expect(csv.hasSuffix("\r\n"))
    let last = try #require(csv.split(separator: "\r\n").last)
    #expect(
      last.split(separator: ",", omittingEmptySubsequences: false).count == table.columns.count)
    #expect(last.hasPrefix("plain.pt,"))
  }

  @Test func jsonHasEveryRowWithWhatItIsComparedBy() throws {
    let failed = SweepTable.Failure(Self.row("b.pt").configuration, "broken")
    let table = SweepTable(rows: [Self.row(), Self.row(mAP: 0.4, ms: 5)], failures: [failed])
    let data = try JSONEncoder().encode(table)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(json["best"] as? Int == 2)
    #expect(rows.map { $0["isPareto"] as? Bool } == [false, true])
    #expect(rows[1]["speedOverFirst"] as? Double == 2)
    #expect((rows[0]["configuration"] as? [String: Any])?["preprocess"] as? String == "own")
    #expect(((json["failed"] as? [[String: Any]])?.first)?["reason"] as? String == "broken")
  }
}
