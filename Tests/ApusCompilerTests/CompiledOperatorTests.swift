import ApusCompiler
import ApusKernels
import ApusPlan
import ApusRuntime
import ApusTestSupport
import Testing

@Suite struct CompiledOperatorTests {
  static let cases = convolutionCases + poolCases + elementCases + moveCases + productCases

  @Test(arguments: cases)
  func equalsTheReferenceOnEveryInstructionSet(_ test: Case) throws {
    let graph = try test.graph()
    let inputs = test.tensors()
    let expected = try reference(graph, inputs)
    for isa in ISA.available {
      let compilation = try Compiler(isa: isa).compile(graph)
      #expect(
        compilation.plan.hostSteps.count == test.hostSteps, "\(compilation.plan.listing)")
      for threads in [1, 3] {
        let session = try compilation.session(threads: threads)
        expectClose(try session.run(inputs: inputs), expected, "\(isa), \(threads) threads")
        // Memory is used again: a second run gives the same, and so do other inputs in between.
        _ = try session.run(inputs: test.tensors(seed: 77))
        expectClose(try session.run(inputs: inputs), expected, "\(isa), again")
      }
    }
  }

  @Test(arguments: cases)
  func isTheSameToTheBitForEveryNumberOfThreads(_ test: Case) throws {
    let compilation = try Compiler().compile(try test.graph())
    let inputs = test.tensors()
    let first = try compilation.session(threads: 1).run(inputs: inputs)
    for threads in [2, 4] {
      #expect(try compilation.session(threads: threads).run(inputs: inputs) == first)
    }
  }
}
