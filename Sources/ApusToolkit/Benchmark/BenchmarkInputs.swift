import ApusGraph
import ApusPlan
import ApusRandom
import ApusTensor

/// What a network is given when it is measured.
struct BenchmarkInputs: Sendable {
  /// The sizes of the inputs that the model leaves open, by name.
  let shapes: [String: Shape]
  /// One tensor for each input: floats from 0 to 1, as pixels are, and zeros of any other type.
  let tensors: [Tensor]
  /// The names, as often as there are tensors.
  let names: [String]

  /// Inputs of a model at the sizes asked for.
  ///
  /// - Throws: `ApusError` naming the file and the input, where the model does not allow the sizes or leaves
  ///   open what none are known for.
  init(of model: Model, options: Benchmark.Options) throws(ApusError) {
    var shapes: [String: Shape] = [:]
    var tensors: [Tensor] = []
    var random = SplitMix64(seed: 1)
    let inputs = model.graph.inputs.map { model.graph[$0] }
    for input in inputs {
      let shape = try Self.shape(of: input, in: model, options)
      if input.fact.fixedShape == nil { shapes[input.name] = shape }
      tensors.append(Self.tensor(input.fact.dtype ?? .float32, shape, &random))
    }
    self.shapes = shapes
    self.tensors = tensors
    names = inputs.map(\.name)
  }

  /// Inputs of a plan, at its sizes.
  ///
  /// - Throws: `ApusError` naming the file and the input, where its type or size is not in the plan.
  init(of plan: Plan, path: String) throws(ApusError) {
    var random = SplitMix64(seed: 1)
    var tensors: [Tensor] = []
    for input in plan.inputs {
      guard let dtype = input.dtype, let shape = input.shape else {
        throw .failure(
          "'\(path)': input '\(input.name)' has no type or size; compile the model again")
      }
      tensors.append(Self.tensor(dtype, shape, &random))
    }
    shapes = [:]
    self.tensors = tensors
    names = plan.inputs.map(\.name)
  }

  private static func tensor(_ dtype: DType, _ shape: Shape, _ random: inout SplitMix64) -> Tensor {
    guard dtype == .float32 else { return Tensor(zeros: shape, dtype: dtype) }
    return Tensor(dtype: dtype, shape: shape) { bytes in
      let values = bytes.bindMemory(to: Float.self)
      for index in values.indices { values[index] = Float(random.next() >> 40) * 0x1p-24 }
    }
  }

  private static func shape(
    of input: Value, in model: Model, _ options: Benchmark.Options
  ) throws(ApusError) -> Shape {
    let place = "'\(model.path)': input '\(input.name)' \(input.fact)"
    guard let stated = input.fact.shape else {
      throw .failure("\(place): has no shape; export the model with one")
    }
    let isPicture = stated.count == 4
    let card = model.graph.card.inputSize
    let size = options.inputSize
    var sizes: [Int] = []
    for (axis, dimension) in stated.enumerated() {
      let asked: (option: String, value: Int?, own: Int?)? =
        switch axis {
        case 0: ("--batch", options.batch, 1)
        case 2 where isPicture: ("--image-size", size?.height, card.first)
        case 3 where isPicture: ("--image-size", size?.width, card.last)
        default: nil
        }
      if let fixed = dimension.fixed {
        if let asked, let value = asked.value, value != fixed {
          throw .usage(
            "\(place): axis \(axis) is fixed to \(fixed), not \(value); leave \(asked.option) out, or"
              + " export the model with --dynamic")
        }
        sizes.append(fixed)
      } else if let value = asked?.value ?? asked?.own {
        sizes.append(value)
      } else {
        throw .failure(
          "\(place): the size of axis \(axis) is open, and "
            + (asked == nil
              ? "no option states it; export the model with fixed sizes"
              : "the model does not tell it; give --image-size"))
      }
    }
    return Shape(sizes)
  }
}
