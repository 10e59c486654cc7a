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

  /// Products and sums of 24 bits over numbers of 8: what is lost is lost where maps are stored.
  @Test func mapsOf16BitsAreWithinTheirRounding() throws {
    var network = try DetectorNetwork(size: 64, width: 8, classes: 3)
    let image = network.image(size: 64)
    let expected = try reference(network.graph, [image])
    for isa in ISA.available {
      let compilation = try Compiler(isa: isa, precision: .bf16).compile(network.graph)
      #expect(compilation.plan.hostSteps.isEmpty, "\(compilation.plan.listing)")
      let found = try compilation.session(threads: 2).run(inputs: [image])
      for (a, b) in zip(found, expected) {
        let differences = zip(a.doubles, b.doubles).map { abs($0 - $1) }
        let mean = differences.reduce(0, +) / Double(differences.count)
        // Sigmoids: of logits around 1, each layer adds some 2^-9.
        #expect(mean < 0.004 && differences.max() ?? 0 < 0.04, "\(isa) \(mean)")
        #expect(mean > 0, "\(isa): 16 bits cannot be exact")
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
