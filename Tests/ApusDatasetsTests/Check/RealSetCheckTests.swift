import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

/// Everything that is found in the reference sets as they are.
///
/// A person looked at each of these on the picture and found it true: specks of objects, an armchair
/// that is labelled couch and chair, street signs and a snow field without objects.
@Suite(.enabled(if: Shared.isPresent, "\(Shared.absence)")) struct RealSetCheckTests {
  private func report(_ url: URL) throws -> CheckReport {
    var options = DatasetCheck.Options()
    options.cache = nil
    return try DatasetCheck(url, options).report
  }

  private func ids(_ report: CheckReport, _ kind: FindingKind) -> Set<String> {
    Set(
      report.findings(kind).map { finding in
        finding.place.isEmpty
          ? (finding.file as NSString).lastPathComponent
          : finding.place.components(separatedBy: "id ").last ?? ""
      })
  }

  @Test func cocoVal() throws {
    let report = try report(RealSetTests.coco("val"))
    #expect(report.findings.count == 6 && report.count(.error) == 0)
    #expect(ids(report, .tinyBox) == ["1400933", "2054512", "1986395", "1378088"])
    #expect(ids(report, .background) == ["000000058636.jpg", "000000226111.jpg"])
  }

  @Test func cocoTrain() throws {
    let report = try report(RealSetTests.coco("train"))
    #expect(report.findings.count == 14 && report.count(.error) == 0)
    #expect(report.findings(.tinyBox).count == 9)
    #expect(ids(report, .classOverlap) == ["2222700"])
    #expect(ids(report, .colorModel) == ["000000000086.jpg"])
    #expect(
      ids(report, .background) == ["000000000250.jpg", "000000000508.jpg", "000000262284.jpg"])
  }

  @Test func bloodCells() throws {
    let report = try report(Shared.file("data/bccd/BCCD"))
    // Two boxes of a stray click, on empty ground.
    #expect(report.findings.count == 2 && report.count(.error) == 0)
    #expect(
      report.findings(.tinyBox).map { ($0.file as NSString).lastPathComponent }
        == ["BloodImage_00338.xml", "BloodImage_00343.xml"])
    #expect(report.pictures == 364 && report.labels == 4_888 && report.backgrounds == 0)
  }
}
