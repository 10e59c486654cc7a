import ApusToolkit
import Foundation
import Testing

/// The page of a sweep is well-formed, whatever names there are, and says what the table says.
@Suite struct SweepPageTests {
  private static func page(_ table: SweepTable) throws -> PageReader {
    try PageReader(
      SweepPage(table, data: "a<b>&\"c\".json", facts: [("command", "apus sweep <x> & y")]).text)
  }

  @Test func everyRowIsAPointAndALine() throws {
    let rows = SweepTableTests.published.map {
      SweepTableTests.row($0.0, $0.1, mAP50: $0.2, mAP: $0.2 - 0.2, ms: $0.3)
    }
    let excluded = try SweepPlan(
      {
        var axes = SweepAxes()
        axes.sizes = [SweepPlanTests.square(640), SweepPlanTests.square(601)]
        return axes
      }(), models: [SweepPlanTests.checkpoint]
    ).exclusions
    let failure = SweepTable.Failure(rows[0].configuration, "ended by <signal> 9")
    let page = try Self.page(SweepTable(rows: rows, failures: [failure], exclusions: excluded))
    #expect(page.elements.filter { $0.name == "circle" }.count == 5)
    let kinds = page.elements.filter { $0.name == "circle" }.compactMap { $0.attributes["class"] }
    #expect(kinds == ["front best", "front", "front", "point", "front"])
    for text in ["167.20", "118.40", "yolov7-e6e.pt", "ended by <signal> 9", "601 is no multiple"] {
      #expect(page.text.contains(text))
    }
    #expect(page.elements.allSatisfy { $0.name != "img" && $0.name != "script" })
  }

  @Test(arguments: [0, 1, 2])
  func fewRowsMakeAPageAsWell(_ count: Int) throws {
    let rows = (0..<count).map { _ in SweepTableTests.row(mAP: 0, ms: 0) }
    let page = try Self.page(SweepTable(rows: rows))
    #expect(page.elements.filter { $0.name == "circle" }.count == count)
    // No place is written as a number that is none.
    for element in page.elements {
      for value in element.attributes.values {
        #expect(!value.contains("nan") && !value.contains("inf"))
      }
    }
  }

  @Test func placesLieWithinThePlot() throws {
    for (low, high) in [(0.001, 0.0011), (3.0, 900.0), (12.0, 12.0), (0.2, 90_000.0)] {
      let rows = [
        SweepTableTests.row(mAP: 0.1, ms: low), SweepTableTests.row(mAP: 0.9, ms: high),
      ]
      let circles = try Self.page(SweepTable(rows: rows)).elements.filter { $0.name == "circle" }
      for circle in circles {
        let x = try #require(circle.attributes["cx"].flatMap { Double($0.dropLast()) })
        let y = try #require(circle.attributes["cy"].flatMap(Double.init))
        #expect((12...97).contains(x) && (28...300).contains(y))
      }
    }
  }
}
