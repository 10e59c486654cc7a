import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusRuntime
import ApusTensor
import ApusTestSupport
import Testing

@Suite struct PlanTests {
  /// A bottleneck: convolution, activation, convolution, activation, sum with the input.
  static let bottleneck = Case("bottleneck", [[1, 8, 10, 12]]) { g, x, n in
    let first = try g.conv(x[0], [8, 8, 1, 1], &n)
    let middle = try g.append(Silu(), [first], name: "silu1")
    let second = try g.conv(middle, [8, 8, 3, 3], &n, pads: [1, 1, 1, 1])
    let last = try g.append(Silu(), [second], name: "silu2")
    return [try g.append(Add(), [x[0], last], name: "sum")]
  }

  @Test func activationAndSumAreFused() throws {
    let graph = try Self.bottleneck.graph()
    let plan = try Compiler().compile(graph).plan
    #expect(
      plan.steps.map(\.operators) == [
        "Layout", "Conv + apus.Silu", "Conv + apus.Silu + Add", "Layout",
      ])
    #expect(plan.steps.map(\.name) == ["in0", "silu1", "sum", "sum"])
    #expect(plan.multiplyAccumulates == 8 * 8 * 120 + 8 * 8 * 9 * 120)
    let inputs = Self.bottleneck.tensors()
    let found = try Compiler().compile(graph).session(threads: 2).run(inputs: inputs)
    expectClose(found, try reference(graph, inputs), "bottleneck")
  }

  @Test func aValueThatOthersReadIsNotFusedAway() throws {
    let test = Case("shared", [[1, 4, 5, 5]]) { g, x, n in
      let conv = try g.conv(x[0], [4, 4, 1, 1], &n)
      let active = try g.append(Relu(), [conv], name: "relu")
      return [try g.append(Add(), [active, conv], name: "sum"), conv]
    }
    let graph = try test.graph()
    let compilation = try Compiler().compile(graph)
    #expect(
      compilation.plan.steps.map(\.operators) == [
        "Layout", "Conv", "Relu", "Add", "Layout", "Layout",
      ])
    let inputs = test.tensors()
    expectClose(
      try compilation.session().run(inputs: inputs), try reference(graph, inputs), "shared")
  }

  @Test func aSumOfTwoResultsIsFusedBehindOneOfThem() throws {
    let test = Case("two results", [[1, 4, 5, 5]]) { g, x, n in
      let left = try g.append(Silu(), [try g.conv(x[0], [4, 4, 1, 1], &n)], name: "left")
      let right = try g.append(
        Silu(), [try g.conv(x[0], [4, 4, 3, 3], &n, pads: [1, 1, 1, 1])], name: "right")
      return [try g.append(Add(), [left, right], name: "sum")]
    }
    let graph = try test.graph()
    let compilation = try Compiler().compile(graph)
    #expect(
      compilation.plan.steps.map(\.operators)
        == ["Layout", "Conv + apus.Silu", "Conv + apus.Silu + Add", "Layout"])
    let inputs = test.tensors()
    expectClose(
      try compilation.session().run(inputs: inputs), try reference(graph, inputs), "two results")
  }

  @Test func memoryIsUsedAgain() throws {
    let test = Case("chain", [[1, 4, 16, 16]]) { g, x, n in
      var value = x[0]
      for index in 0..<10 { value = try g.append(Sigmoid(), [value], name: "s\(index)") }
      return [value]
    }
    let plan = try Compiler().compile(try test.graph()).plan
    // Input, and two buffers that take turns.
    #expect(plan.arenaCount == 3 * 1024)
    #expect(plan.steps.count == 10)
  }

  @Test func buffersThatLiveAtTheSameTimeDoNotOverlap() throws {
    for test in CompiledOperatorTests.cases + [Self.bottleneck] {
      let plan = try Compiler().compile(try test.graph()).plan
      for step in plan.steps {
        for written in step.operation.writes {
          for read in step.operation.reads where read.memory == .arena && read != written {
            let apart =
              read.offset + read.count <= written.offset
              || written.offset + written.count <= read.offset
            #expect(apart, "\(test.testDescription): \(plan.listing)")
          }
        }
      }
    }
  }

  @Test func hostStepsAreListedAndRun() throws {
    let test = Case("host", [[1, 2, 6, 6]], hostSteps: 1) { g, x, n in
      let scales = g.addConstant([1, 1, 2, 2].tensor)
      let active = try g.append(Relu(), [x[0]], name: "relu")
      let larger = try g.append(
        Resize(mode: .cubic), [active, nil, scales], name: "larger")
      return [try g.append(Sigmoid(), [larger], name: "sigmoid")]
    }
    let graph = try test.graph()
    let compilation = try Compiler(isa: .scalar).compile(graph)
    #expect(compilation.plan.hostSteps.map(\.name) == ["larger"])
    #expect(compilation.plan.listing.contains("host steps: Resize"))
    let inputs = test.tensors()
    expectClose(
      try compilation.session().run(inputs: inputs), try reference(graph, inputs), "host")
    #expect(throws: RuntimeError.self) {
      _ = try Session(compilation.plan).run(inputs: inputs)
    }
  }

  @Test func valuesThatAreNoFloatsPassThroughSlots() throws {
    var graph = Graph(name: "integers")
    let x = graph.addInput("x", Fact(.float32, [2, 3]))
    let y = graph.addInput("y", Fact(.int64, [3]))
    let whole = try graph.append(Cast(to: .int64), [x], name: "whole")
    let sum = try graph.append(Add(), [whole, y], name: "sum")
    graph.setOutputs([sum, try graph.append(Cast(to: .float32), [sum], name: "back")])
    let inputs = [
      Tensor([1.5, 2, -3, 4, 5, 6] as [Float], shape: [2, 3]), Tensor([1, 2, 3] as [Int64]),
    ]
    let compilation = try Compiler().compile(graph)
    let found = try compilation.session().run(inputs: inputs)
    #expect(found[0] == Tensor([2, 4, 0, 5, 7, 9] as [Int64], shape: [2, 3]))
    #expect(found[1] == Tensor([2, 4, 0, 5, 7, 9] as [Float], shape: [2, 3]))
  }

  @Test func aBiasOfUnknownTypeOrLengthIsLeftToTheHost() throws {
    for fact in [Fact.unknown, Fact(.float32, [.symbol("n")])] {
      var graph = Graph()
      let x = graph.addInput("x", Fact(.float32, [1, 1, 3, 3] as Shape))
      let w = graph.addConstant(Tensor([Float(1)], shape: [1, 1, 1, 1]))
      let unknown = ForeignOperator(kind: OperatorKind("Frobnicate"), attributes: [:])
      let bias = try graph.append(
        unknown, [x], name: "b", outputNames: ["b"], declared: [fact])[0]
      graph.setOutputs([try graph.append(Conv(), [x, w, bias], name: "y")])
      let flat = try graph.append(Flatten(), [x], name: "flat")
      let matrix = graph.addConstant(Tensor(zeros: [9, 2]))
      let product = try graph.append(Gemm(), [flat, matrix, bias], name: "z")
      graph.setOutputs(graph.outputs + [product])
      let steps = try Compiler().compile(graph).plan.hostSteps.map(\.name)
      #expect(steps == ["b", "y", "z"])
    }
  }

  @Test func refusesValuesThatNoMemoryHolds() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [1, 3, 8, 8] as Shape))
    let scales = graph.addConstant(Tensor([Float(1), 1, 1e4, 1e4]))
    graph.setOutputs([try graph.append(Resize(), [x, nil, scales], name: "y")])
    let error = #expect(throws: CompilerError.self) { try Compiler().compile(graph) }
    #expect(error?.description.contains("y float32 [1, 3, 80000, 80000]") == true)
  }

  @Test func symbolicInputsNeedSizes() throws {
    var graph = Graph(name: "symbols")
    let x = graph.addInput("x", Fact(.float32, [.symbol("batch"), 3]))
    graph.setOutputs([try graph.append(Relu(), [x], name: "relu")])
    #expect(throws: CompilerError.openInputs(["x float32 [batch, 3]"])) {
      try Compiler().compile(graph)
    }
    let session = try Compiler().compile(graph, inputShapes: ["x": [2, 3]]).session()
    let input = Tensor([-1, 2, -3, 4, -5, 6] as [Float], shape: [2, 3])
    #expect(try session.run(inputs: [input])[0].floats == [0, 2, 0, 4, 0, 6])
    #expect(throws: RuntimeError.self) { try session.run(inputs: [input.reshaped(to: [3, 2])]) }
    #expect(throws: RuntimeError.self) { try session.run(inputs: []) }
  }

  @Test func theEnvironmentLowersTheInstructionSet() throws {
    #expect(try Compiler(environment: [:]).isa == ISA.best)
    #expect(try Compiler(environment: ["APUS_ISA": "scalar"]).isa == .scalar)
    #expect(throws: ISAError.self) { try Compiler(environment: ["APUS_ISA": "mmx"]) }
  }

  @Test func listingIsStable() throws {
    let test = Case("listing", [[1, 3, 8, 8]]) { g, x, n in
      let conv = try g.conv(x[0], [4, 3, 3, 3], &n, strides: [2, 2], pads: [1, 1, 1, 1])
      return [try g.append(Relu(), [conv], name: "relu")]
    }
    let listing = try Compiler(isa: .scalar).compile(try test.graph()).plan.listing
    #expect(
      listing == """
        plan listing for scalar, tile rows 4
        arena 2560 bytes, constants 928 bytes, 3 steps, 1728 multiply-accumulates
        host steps: none
        in  in0 float32 [1, 3, 8, 8] arena[320 ..+ 192]
           0  import arena[320 ..+ 192] -> float32 8x8x3 arena[120]  Layout 'in0'
           1  convolution 3->4 8x8->4x4 k3x3 s2x2 p1,1,1,1 relu by apus_tile_f32__scalar_4x8 float32 8x8x3 arena[120] -> float32 4x4x4 arena[2048]  Conv + Relu 'relu'  1728 MAC
           2  export float32 4x4x4 arena[2048] -> arena[0 ..+ 64]  Layout 'relu'
        out relu float32 [1, 4, 4, 4] arena[0 ..+ 64]

        """)
  }

  @Test func inputsAndOutputsCanBeUsedInPlace() throws {
    let test = Case("in place", [[4]]) { g, x, n in
      [try g.append(Relu(), [x[0]], name: "relu")]
    }
    let session = try Compiler().compile(try test.graph()).session()
    for round in 0..<3 {
      try session.withInput(0) { span in
        for index in 0..<4 { span[index] = Float(index - round) }
      }
      try session.run()
      let sum = try session.withOutput(0) { span in
        (0..<4).reduce(Float(0)) { $0 + span[$1] }
      }
      #expect(sum == [6, 3, 1][round])
    }
  }

  @Test func profileHasATimePerStep() throws {
    let session = try Compiler().compile(try Self.bottleneck.graph()).session()
    session.isProfiling = true
    for _ in 0..<5 { _ = try session.run(inputs: Self.bottleneck.tensors()) }
    #expect(session.profile.count == session.plan.steps.count)
    #expect(session.profile.allSatisfy { $0.nanoseconds > 0 })
  }
}
