import ApusCompiler
import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusRuntime
import ApusTensor
import ApusTestSupport
import Testing

/// Winograd's transforms of integers against the same convolution with a row and a column of zeros more, for which
/// there are no transforms.
@Suite struct QuantisedWinogradTests {
  /// A quantised convolution of 3x3 taps, in a kernel of that size or one larger.
  private struct Layer {
    var inputs: Int
    var outputs: Int
    var height: Int
    var width: Int
    /// `[outputs, inputs, 3, 3]`.
    var weights: [Int64]

    func graph(size: Int) throws -> Graph {
      var graph = Graph(name: "quantised")
      let image = graph.addInput("image", Fact(.float32, [1, inputs, height, width]))
      var padded = [Int64](repeating: 0, count: outputs * inputs * size * size)
      for index in weights.indices {
        let (pair, y, x) = (index / 9, index % 9 / 3, index % 3)
        padded[(pair * size + y) * size + x] = weights[index]
      }
      let kernel = graph.addConstant(
        Tensor(integers: padded, dtype: .int8, shape: [outputs, inputs, size, size]))
      let scales = graph.addConstant(Tensor([Float](repeating: 0.01, count: outputs)))
      let zeros = graph.addConstant(
        Tensor(integers: [Int64](repeating: 0, count: outputs), dtype: .int8, shape: [outputs]))
      let real = try graph.append(
        DequantizeLinear(axis: 0), [kernel, scales, zeros], name: "weights")
      let bias = graph.addConstant(Tensor((0..<outputs).map { Float($0 % 7) - 3 }))
      let window = Window(strides: [1, 1], pads: [1, 1, size - 2, size - 2])
      let stored = try grid(image, scale: 1, zero: 7, in: &graph)
      let conv = try graph.append(
        Conv(Convolution(window: window)), [stored, real, bias], name: "conv")
      let range = Float(inputs).squareRoot() * 40
      graph.setOutputs([try grid(conv, scale: range, zero: 120, in: &graph)])
      return graph
    }

    private func grid(
      _ id: ValueID, scale: Float, zero: Int64, in graph: inout Graph
    ) throws -> ValueID {
      let factor = graph.addConstant(Tensor(scalar: scale))
      let point = graph.addConstant(Tensor(integers: [zero], dtype: .uint8, shape: []))
      let quantised = try graph.append(QuantizeLinear(), [id, factor, point], name: "q")
      return try graph.append(DequantizeLinear(), [quantised, factor, point], name: "dq")
    }
  }

  private func transforms(_ plan: Plan) -> Int {
    plan.steps.count {
      if case .feature(.winograd(let step)) = $0.operation {
        step.source.element == .uint8
      } else {
        false
      }
    }
  }

  /// The elements of the output, and whether transforms made them.
  private func run(
    _ graph: Graph, _ image: Tensor, isa: ISA, threads: Int
  ) throws -> (Tensor, Bool) {
    let compilation = try Compiler(isa: isa).compile(graph)
    let found = try compilation.session(threads: threads).run(inputs: [image])
    return (found[0], transforms(compilation.plan) > 0)
  }

  /// Bytes of both ends of their range, so that sums are as large as they get.
  private func image(_ layer: Layer, _ numbers: inout Numbers) -> Tensor {
    let shape: Shape = [1, layer.inputs, layer.height, layer.width]
    let values = numbers.tensor(shape).elements(as: Float.self).map { number -> Float in
      number > 0.5 ? 248 : number < -0.5 ? -7 : (number * 100).rounded()
    }
    return Tensor(values, shape: shape)
  }

  /// Where there is a kernel for products of 16 bits, which arm64 has none of.
  private static let sets = ISA.available.filter { ![.neon, .dotprod, .i8mm].contains($0) }

  @Test(arguments: sets)
  func sumsAreExact(_ isa: ISA) throws {
    var numbers = Numbers(seed: 3)
    for (inputs, outputs, height, width) in [(64, 64, 41, 42), (72, 40, 57, 39)] {
      let weights = numbers.tensor([outputs * inputs * 9]).doubles.map {
        Int64(max(-127, min(127, ($0 * 90).rounded())))
      }
      let layer = Layer(
        inputs: inputs, outputs: outputs, height: height, width: width, weights: weights)
      let image = image(layer, &numbers)
      let (found, isTransformed) = try run(try layer.graph(size: 3), image, isa: isa, threads: 3)
      let (twin, _) = try run(try layer.graph(size: 4), image, isa: .scalar, threads: 1)
      #expect(isTransformed, "\(isa)")
      #expect(found == twin, "\(isa) \(inputs) to \(outputs)")
      #expect(Set(found.doubles).count > 40)
    }
  }

  /// Transforms know sums modulo 2^26: weights whose sums could be larger are multiplied as they are.
  @Test func weightsThatAreTooLargeAreNotTransformed() throws {
    var numbers = Numbers(seed: 5)
    for (inputs, isTransformed) in [(112, true), (120, false)] {
      let layer = Layer(
        inputs: inputs, outputs: 64, height: 40, width: 40,
        weights: [Int64](repeating: 127, count: 64 * inputs * 9))
      let image = image(layer, &numbers)
      let found = try run(try layer.graph(size: 3), image, isa: .best, threads: 1)
      let twin = try run(try layer.graph(size: 4), image, isa: .scalar, threads: 1)
      #expect(found.0 == twin.0)
      #expect(found.1 == (isTransformed && Self.sets.contains(.best)))
    }
  }

  @Test func plansThatReadBeyondTheirWeightsAreRefused() throws {
    let layer = Layer(
      inputs: 64, outputs: 64, height: 40, width: 40,
      weights: [Int64](repeating: 1, count: 64 * 64 * 9))
    let whole = try Compiler(isa: .scalar).compile(try layer.graph(size: 3)).plan
    let changes: [(inout FeatureWinogradWeightsStep) -> Void] = [
      { $0.count += 64 },
      { $0.count = 0 },
      { $0.kernel = "apus_tile_f32__scalar_4x8" },
      { $0.source = Place(.constants, offset: $0.source.offset, count: $0.source.count - 1) },
      { $0.destination = Place(.arena, offset: 0, count: $0.destination.count - 1) },
    ]
    _ = try Session(whole)
    for change in changes {
      var changed = 0
      let broken = whole.changing { operation in
        guard case .feature(.winogradWeights(var step)) = operation else { return operation }
        change(&step)
        changed += 1
        return .feature(.winogradWeights(step))
      }
      #expect(changed == 1)
      #expect(throws: RuntimeError.self) { _ = try Session(broken) }
    }
  }
}
