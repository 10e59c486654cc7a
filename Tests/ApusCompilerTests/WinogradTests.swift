import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusRuntime
import ApusTensor
import ApusTestSupport
import Testing

@Suite struct WinogradTests {
  /// The plan of one padded convolution.
  private func plan(
    _ input: Shape, _ weights: Shape, strides: [Int] = [], isa: ISA = .best
  ) throws -> Plan {
    let test = Case("convolution", [input]) { g, x, n in
      [try g.conv(x[0], weights, &n, strides: strides, pads: [1, 1, 1, 1])]
    }
    return try Compiler(isa: isa).compile(try test.graph()).plan
  }

  private func steps(_ plan: Plan) -> [FeatureWinogradStep] {
    plan.steps.compactMap {
      if case .feature(.winograd(let step)) = $0.operation { step } else { nil }
    }
  }

  @Test(arguments: ISA.available.filter { $0 != .scalar })
  func isChosenWhereChannelsAreMany(_ isa: ISA) throws {
    #expect(steps(try plan([1, 64, 40, 40], [64, 64, 3, 3], isa: isa)).count == 1)
    #expect(steps(try plan([1, 256, 20, 20], [256, 256, 3, 3], isa: isa)).count == 1)
    // Three channels leave nothing to be saved, and a pixel is no block.
    #expect(steps(try plan([1, 3, 40, 40], [16, 3, 3, 3], isa: isa)).isEmpty)
    #expect(steps(try plan([1, 64, 1, 1], [64, 64, 3, 3], isa: isa)).isEmpty)
    #expect(steps(try plan([1, 64, 40, 40], [64, 64, 3, 3], strides: [2, 2], isa: isa)).isEmpty)
    #expect(steps(try plan([1, 64, 40, 40], [64, 64, 1, 3], isa: isa)).isEmpty)
  }

  @Test func isListed() throws {
    let plan = try plan([1, 64, 40, 40], [64, 64, 3, 3])
    #expect(plan.listing.contains("winograd 64->64 40x40->40x40 k3x3 p1,1,1,1"))
  }

  @Test func aPlanThatReadsBeyondItsWeightsIsRefused() throws {
    let whole = try plan([1, 64, 16, 16], [64, 64, 3, 3])
    let changes: [(inout FeatureWinogradStep) -> Void] = [
      { $0.weights = Place(.constants, offset: $0.weights.offset, count: $0.weights.count - 1) },
      { $0.finish.bias = Place(.constants, offset: $0.finish.bias.offset, count: 63) },
      { $0.tiling.group = 0 },
      { $0.tiling.panelBlock = 0 },
      { $0.tiling.kernel = "apus_tile_f32__unknown" },
      { $0.tiling.columns += 1 },
      { $0.window.padding = [2, 1, 0, 1] },
      { $0.window.strides = [2, 2] },
      { $0.source.rowStride += 1 << 20 },
    ]
    _ = try Session(whole)
    for change in changes {
      let broken = whole.changing { operation in
        guard case .feature(.winograd(var step)) = operation else { return operation }
        change(&step)
        return .feature(.winograd(step))
      }
      #expect(throws: RuntimeError.self) { _ = try Session(broken) }
    }
  }
}
