import ApusGraph
import ApusOperators
import Testing

/// The catalogue and the cases of the tests name the same operators.
@Suite struct CatalogueTests {
  /// Upsample ends with operator set 9, so the law that the newest set holds every operator is not for it:
  /// `ExpansionTests` has its cases.
  static let tested = Set(
    OperatorCase.all.map { $0.op.kind } + NetworkLawsTests.all.map { $0.op.kind }
      + [Upsample.kind])

  @Test func everyOperatorOfTheCatalogueHasACase() {
    let missing = OperatorCatalogue.all.map { $0.kind }.filter { !Self.tested.contains($0) }
    #expect(missing.isEmpty, "add cases for \(missing.map(\.description).sorted())")
  }

  @Test func everyCaseIsOfAnOperatorInTheCatalogue() {
    let unknown = Self.tested.filter { OperatorCatalogue.type(of: $0) == nil }
    #expect(unknown.isEmpty, "add to the catalogue \(unknown.map(\.description).sorted())")
  }
}
