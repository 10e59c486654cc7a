import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
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

  /// Odd channels of a joint: their segments are no whole pairs of 16 bits.
  @Test func oddChannelsOf16BitsAreRead() throws {
    let test = Case("odd channels", [[1, 8, 9, 9]]) { g, x, n in
      let left = try g.conv(x[0], [5, 8, 1, 1], &n)
      let right = try g.conv(x[0], [6, 8, 1, 1], &n)
      let joint = try g.append(Concat(axis: 1), [left, right], name: "joint")
      let odd = try g.conv(left, [4, 5, 2, 2], &n)
      let whole = try g.conv(joint, [4, 11, 3, 3], &n, pads: [1, 1, 1, 1])
      return [odd, whole]
    }
    let graph = try test.graph()
    let expected = try reference(graph, test.tensors())
    for isa in ISA.available {
      let compilation = try Compiler(isa: isa, precision: .bf16).compile(graph)
      let found = try compilation.session().run(inputs: test.tensors())
      for (a, b) in zip(found, expected) {
        let greatest = zip(a.doubles, b.doubles).map { abs($0 - $1) }.max() ?? 0
        let scale = b.doubles.map { abs($0) }.max() ?? 0
        #expect(greatest < 0.03 * scale, "\(isa)")
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
