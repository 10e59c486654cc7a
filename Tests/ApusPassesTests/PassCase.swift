import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import Testing

/// A graph, a pass, and what is to remain.
struct PassCase: Sendable, CustomTestStringConvertible {
  let pass: String
  let title: String
  /// The operators afterwards; nil where the pass is to leave the graph alone.
  let remains: [String]?
  let build: @Sendable (inout Net) throws -> Graph

  init(
    _ pass: String, _ title: String, remains: [String]?,
    _ build: @escaping @Sendable (inout Net) throws -> Graph
  ) {
    self.pass = pass
    self.title = title
    self.remains = remains
    self.build = build
  }

  var testDescription: String { "\(pass): \(title)" }
}

@Suite struct PassTests {
  static let cases =
    SimplifyCases.all + LayoutCases.all + FuseCases.all + BranchCases.all + FocusCases.all
    + ActivationCases.all

  @Test(arguments: cases)
  func doesWhatItSays(_ example: PassCase) throws {
    var net = Net()
    let before = try example.build(&net)
    let pass = try #require(Pipeline.compile.passes.first { $0.name == example.pass })
    var pipeline = Pipeline("one", [pass])
    pipeline.verifiesEachPass = true
    pipeline.explains = true
    var after = before
    let report = try pipeline.run(on: &after)
    if let remains = example.remains {
      #expect(report.patchCount > 0)
      #expect(after.kinds == remains)
      #expect(after.outputs.map { after[$0].name } == before.outputs.map { before[$0].name })
    } else {
      #expect(report.patchCount == 0)
      #expect(after.kinds == before.kinds)
      // Where the operator is the pass's own, the report can say why it stays.
      #expect(report.misses.allSatisfy { $0.pass == example.pass && !$0.reason.isEmpty })
    }
    let differences = try Equality().differences(after, before, evaluate: interpret)
    #expect(differences.count == before.outputs.count)
    #expect(Equality().accepts(differences), "\(differences)")
    #expect(try pipeline.run(on: &after).patchCount == 0)
  }

  @Test func everyPassHasAPositiveAndAMiss() {
    for pass in Pipeline.compile.passes {
      #expect(Self.cases.contains { $0.pass == pass.name && $0.remains != nil }, "\(pass.name)")
      #expect(Self.cases.contains { $0.pass == pass.name && $0.remains == nil }, "\(pass.name)")
    }
  }
}
