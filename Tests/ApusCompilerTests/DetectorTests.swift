import ApusCompiler
import ApusKernels
import ApusPlan
import ApusRuntime
import ApusTensor
import Testing

@Suite struct DetectorTests {
  @Test func aWholeDetectorEqualsTheReference() throws {
    var network = try DetectorNetwork(size: 64, width: 8, classes: 3)
    let image = network.image(size: 64)
    let expected = try reference(network.graph, [image])
    for isa in ISA.available {
      let compilation = try Compiler(isa: isa).compile(network.graph)
      #expect(compilation.plan.hostSteps.isEmpty, "\(compilation.plan.listing)")
      for threads in [1, 2] {
        let found = try compilation.session(threads: threads).run(inputs: [image])
        expectClose(found, expected, "\(isa), \(threads) threads")
      }
    }
  }

  /// 4.5 GFLOP by the upstream table, which counts a multiply-accumulate as two operations and rounds.
  @Test func costsAreThoseOfTheNetwork() throws {
    let plan = try Compiler().compile(try DetectorNetwork(size: 640).graph).plan
    #expect(plan.multiplyAccumulates == 2_234_060_800)
    // Far less than the sum of all activations.
    #expect(plan.arenaCount * 4 < 40 << 20, "\(plan.arenaCount * 4) bytes")
  }
}
