import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusRuntime
import ApusTensor
import Testing

@Suite struct QuantisedTests {
  /// The convolutions of a plan.
  private func convolutions(_ plan: Plan) -> [FeatureConvolutionStep] {
    plan.steps.compactMap {
      if case .feature(.convolution(let step)) = $0.operation { step } else { nil }
    }
  }

  @Test(arguments: [false, true])
  func aDetectorStaysInIntegers(_ isSigned: Bool) throws {
    var network = try DetectorNetwork(size: 64, width: 8, classes: 3)
    let image = network.image(size: 64)
    let graph = try network.graph.quantised(on: image, isSigned: isSigned)
    let plan = try Compiler().compile(graph).plan
    #expect(plan.hostSteps.isEmpty, "\(plan.listing)")
    let steps = convolutions(plan)
    #expect(steps.count == 60)
    #expect(steps.allSatisfy { $0.source.element == .uint8 && $0.destination.element == .uint8 })
    // SiLU is a table, the bottlenecks' sums belong to their convolutions, and joints are written in place.
    #expect(steps.count { $0.finish.table != nil } == 57)
    #expect(steps.count { $0.finish.residual != nil } == 7)
    // What stays beside them: pooling, resizing, and copies of what two joints want on two grids.
    let copies = plan.steps.count {
      if case .feature(.gather(let step)) = $0.operation { step.rows == nil } else { false }
    }
    #expect(copies <= 6, "\(plan.listing)")
  }

  @Test func everyInstructionSetGivesTheSameBits() throws {
    var network = try DetectorNetwork(size: 64, width: 8, classes: 3)
    let image = network.image(size: 64)
    let graph = try network.graph.quantised(on: image)
    let twin = try Compiler(isa: .scalar).compile(graph).session(threads: 1).run(inputs: [image])
    for isa in ISA.available {
      for threads in [1, 3] {
        let found = try Compiler(isa: isa).compile(graph).session(threads: threads).run(
          inputs: [image])
        for (a, b) in zip(found, twin) {
          // Behind the heads there are sigmoids in floats, whose last bits differ.
          let greatest = zip(a.doubles, b.doubles).map { abs($0 - $1) }.max() ?? 0
          #expect(greatest < 1e-5, "\(isa), \(threads) threads")
        }
      }
    }
  }

  /// Each operator by itself: the plan's elements are within one step of the reference.
  @Test(arguments: ISA.available)
  func operatorsAreWithinOneStep(_ isa: ISA) throws {
    for test in Self.cases {
      let graph = try test.graph()
      var numbers = Numbers(seed: 7)
      let sample = numbers.tensor(test.inputs[0])
      let quantised = try graph.quantised(on: sample)
      let compilation = try Compiler(isa: isa).compile(quantised)
      #expect(compilation.plan.hostSteps.isEmpty, "\(test) \(compilation.plan.listing)")
      let found = try compilation.session(threads: 2).run(inputs: [sample])
      let expected = try reference(quantised, [sample])
      for (a, b) in zip(found, expected) {
        let (x, y) = (a.doubles, b.doubles)
        let step = ((y.max() ?? 0) - min(0, y.min() ?? 0)) / 255
        let greatest = zip(x, y).map { abs($0 - $1) }.max() ?? 0
        #expect(greatest < 1.01 * step + 1e-6, "\(isa) \(test): \(greatest / step) steps")
        let unequal = zip(x, y).count { abs($0 - $1) > step / 2 }
        #expect(unequal <= x.count / 50 + 1, "\(isa) \(test): \(unequal) of \(x.count) differ")
      }
    }
  }

  static let cases: [Case] = [
    Case("convolution", [[1, 5, 13, 11]]) { g, x, n in
      [try g.conv(x[0], [35, 5, 3, 3], &n, pads: [1, 1, 1, 1])]
    },
    Case("strided, two pictures", [[2, 8, 16, 18]]) { g, x, n in
      let conv = try g.conv(x[0], [24, 8, 3, 3], &n, strides: [2, 2], pads: [1, 1, 1, 1])
      return [try g.append(Silu(), [conv], name: "silu")]
    },
    Case("groups", [[1, 12, 9, 10]]) { g, x, n in
      [try g.conv(x[0], [18, 4, 3, 3], &n, groups: 3, pads: [1, 1, 1, 1])]
    },
    Case("depthwise", [[1, 37, 12, 12]]) { g, x, n in
      [try g.conv(x[0], [37, 1, 5, 5], &n, groups: 37, pads: [2, 2, 2, 2])]
    },
    Case("joint of two grids", [[1, 6, 8, 8]]) { g, x, n in
      let a = try g.conv(x[0], [7, 6, 1, 1], &n)
      let b = try g.append(Silu(), [try g.conv(x[0], [9, 6, 1, 1], &n)], name: "silu")
      return [try g.append(Concat(axis: 1), [a, b, x[0]], name: "concat")]
    },
    Case("sum", [[1, 6, 8, 8]]) { g, x, n in
      let a = try g.append(
        Silu(), [try g.conv(x[0], [6, 6, 3, 3], &n, pads: [1, 1, 1, 1])], name: "silu")
      return [try g.append(Add(), [x[0], a], name: "add")]
    },
    Case("pool and nearest", [[1, 6, 8, 8]]) { g, x, n in
      let pool = try g.append(
        MaxPool(Pooling(kernel: [5, 5], window: Window(pads: [2, 2, 2, 2]))), [x[0]], name: "pool")
      let scales = g.addConstant(Tensor([1, 1, 2, 2] as [Float]), name: "scales")
      return [
        try g.append(
          Resize(coordinates: .asymmetric, rounding: .floor), [pool, nil, scales], name: "resize")
      ]
    },
  ]
}
