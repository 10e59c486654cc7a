import ApusCompiler
import ApusRuntime
import ApusTensor
import CAllocationCounter
import Testing

@Suite(.enabled(if: allocation_counter_is_active(), "this C library cannot count allocations"))
struct AllocationTests {
  @Test func theCounterCounts() {
    let before = allocation_counter_value()
    let array = [Int](repeating: 7, count: Int.random(in: 1000...1001))
    #expect(allocation_counter_value() > before)
    #expect(array.count >= 1000)
  }

  /// The counter is the calling thread's, which is a worker like the others.
  @Test(arguments: [1, 2, 4], [false, true])
  func runningADetectorAllocatesNothing(_ threads: Int, _ isProfiling: Bool) throws {
    var network = try DetectorNetwork(size: 64, width: 8, classes: 3)
    let session = try Compiler().compile(network.graph).session(threads: threads)
    session.isProfiling = isProfiling
    try session.setInput(0, to: network.image(size: 64))
    try session.run()
    let before = allocation_counter_value()
    for _ in 0..<3 { try session.run() }
    let allocations = allocation_counter_value() - before
    #expect(allocations == 0)
  }

  @Test(arguments: CompiledOperatorTests.cases.filter { $0.hostSteps == 0 })
  func runningAnOperatorAllocatesNothing(_ test: Case) throws {
    let session = try Compiler().compile(try test.graph()).session(threads: 1)
    for (index, tensor) in test.tensors().enumerated() { try session.setInput(index, to: tensor) }
    try session.run()
    let before = allocation_counter_value()
    try session.run()
    let allocations = allocation_counter_value() - before
    #expect(allocations == 0)
  }
}
