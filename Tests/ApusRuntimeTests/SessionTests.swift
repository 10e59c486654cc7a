import ApusKernels
import ApusPlan
import ApusRuntime
import ApusTensor
import Testing

@Suite struct SessionTests {
  /// A plan of one step over an arena of `count` floats, of which the first half goes in.
  func plan(
    _ operations: [Operation], isa: ISA = .scalar, tileRows: Int? = nil, count: Int = 64,
    arena: Int? = nil, constants: Tensor = Tensor([] as [UInt8])
  ) -> Plan {
    let half: Shape = [count / 2]
    func binding(_ name: String, _ offset: Int) -> Plan.Binding {
      Plan.Binding(
        name: name, dtype: .float32, shape: half,
        holder: .place(Place(.arena, offset: offset, count: count / 2)))
    }
    return Plan(
      name: "test", isa: isa.rawValue,
      tileRows: tileRows ?? KernelSet(isa: isa).gemm.rows, inputs: [binding("in", 0)],
      outputs: [binding("out", count / 2)],
      steps: operations.map {
        Plan.Step(name: "step", operators: "Test", operation: $0, multiplyAccumulates: 0, bytes: 0)
      },
      arenaCount: arena ?? count, constants: constants, slotCount: 0)
  }

  func place(_ offset: Int, _ count: Int) -> Place { Place(.arena, offset: offset, count: count) }

  @Test(arguments: [1, 2, 5])
  func runsAStepOnEveryNumberOfThreads(_ threads: Int) throws {
    let count = 200_000
    let step = UnaryStep(
      function: .negate, source: place(0, count / 2), destination: place(count / 2, count / 2))
    let session = try Session(plan([.unary(step)], count: count), threads: threads)
    #expect(session.threads == threads)
    let values = (0..<count / 2).map(Float.init)
    for _ in 0..<50 {
      let output = try session.run(inputs: [Tensor(values)])
      #expect(output[0].floats == values.map { -$0 })
    }
  }

  /// The plan of a function of every element, long enough for several threads to share it.
  func longPlan(_ function: ElementwiseFunction = .mish, steps: Int = 1) -> Plan {
    let half = 100_000
    let places = [place(0, half), place(half, half)]
    let operations = (0..<steps).map { index in
      Operation.unary(
        UnaryStep(
          function: function, source: places[index % 2], destination: places[(index + 1) % 2]))
    }
    return plan(operations, count: 2 * half)
  }

  @Test func stepsThatWriteConstantsAreRefused() {
    let step = UnaryStep(
      function: .relu, source: place(0, 32), destination: Place(.constants, offset: 0, count: 32))
    let plan = plan([.unary(step)], constants: Tensor([UInt8](repeating: 0, count: 128)))
    let error = #expect(throws: RuntimeError.self) { _ = try Session(plan) }
    #expect(error?.message.contains("is constant") == true)
  }

  @Test func anArenaBeyondTheMachineIsRefused() {
    let step = UnaryStep(function: .relu, source: place(0, 32), destination: place(32, 32))
    let error = #expect(throws: RuntimeError.self) {
      _ = try Session(plan([.unary(step)], arena: 1 << 58))
    }
    #expect(error?.message.contains("no memory") == true)
  }

  @Test func aCancelledTaskEndsItsRun() async throws {
    let plan = longPlan(steps: 3)
    let task = Task {
      let session = try Session(plan)
      withUnsafeCurrentTask { $0?.cancel() }
      try session.run()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func profilesTellTimesOfEveryStep() throws {
    let session = try Session(longPlan(steps: 4), threads: 2)
    #expect(session.profile.isEmpty)
    session.isProfiling = true
    for _ in 0..<3 { try session.run() }
    let times = session.profile
    #expect(times.count == 4)
    var end: Int64 = 0
    for time in times {
      #expect(time.runs == 3 && time.leastNanoseconds > 0)
      #expect(time.leastNanoseconds <= time.nanoseconds)
      #expect(time.leastNanoseconds <= time.lastNanoseconds)
      #expect(time.lastStart >= end)
      end = time.lastStart + time.lastNanoseconds
    }
    session.isProfiling = true
    #expect(session.profile.allSatisfy { $0.runs == 0 && $0.nanoseconds == 0 })
    session.isProfiling = false
    #expect(session.profile.isEmpty)
  }

  @Test func aPlanForAnotherProcessorIsRefused() throws {
    let step = UnaryStep(function: .relu, source: place(0, 32), destination: place(32, 32))
    let missing = try #require(ISA.allCases.first { !ISA.available.contains($0) })
    let error = #expect(throws: RuntimeError.self) {
      _ = try Session(plan([.unary(step)], isa: missing, tileRows: 4))
    }
    #expect(error?.code == .processor)
    #expect(error?.message.contains(missing.rawValue) == true)
  }

  @Test func weightsForAnotherTileAreRefused() {
    let step = UnaryStep(function: .relu, source: place(0, 32), destination: place(32, 32))
    let error = #expect(throws: RuntimeError.self) {
      _ = try Session(plan([.unary(step)], tileRows: 3))
    }
    #expect(error?.code == .plan)
  }

  @Test func placesOutsideTheMemoryAreRefused() {
    let window = WindowParameters(input: [4, 4], output: [4, 4])
    let bad: [Operation] = [
      .unary(UnaryStep(function: .relu, source: place(0, 32), destination: place(40, 32))),
      .unary(UnaryStep(function: .relu, source: place(-1, 32), destination: place(32, 32))),
      .unary(UnaryStep(function: .relu, source: place(0, 31), destination: place(32, 32))),
      .unary(
        UnaryStep(
          function: .relu, source: Place(.constants, offset: 0, count: 32),
          destination: place(32, 32))),
      .pool(
        PoolStep(
          pooling: .maximum, window: window, source: place(0, 32), destination: place(32, 31))),
      .softmax(
        SoftmaxStep(length: 5, inner: 1, source: place(0, 32), destination: place(32, 32))),
      .mean(MeanStep(length: 3, source: place(0, 32), destination: place(32, 32))),
      .binary(
        BinaryStep(
          function: .add, left: place(0, 32), right: place(0, 16), destination: place(32, 32),
          rows: [], leftStrides: [], rightStrides: [], run: 32, repeatsLeft: false,
          repeatsRight: false)),
    ]
    for operation in bad {
      let error = #expect(throws: RuntimeError.self) {
        _ = try Session(plan([operation]))
      }
      #expect(error?.message.hasPrefix("step 'step': ") == true)
    }
  }
}
