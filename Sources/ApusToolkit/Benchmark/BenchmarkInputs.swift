import ApusGraph
import ApusPlan
import ApusTensor

/// The inputs of a network that is measured.
struct BenchmarkInputs: Sendable {
  /// An input.
  struct Port: Sendable {
    let name: String
    let dtype: DType
    let shape: Shape
  }

  /// The sizes of the inputs that the model leaves open, by name.
  let shapes: [String: Shape]
  /// All inputs, in order.
  let ports: [Port]

  /// Inputs of a model at the sizes asked for.
  ///
  /// - Throws: `ApusError` naming the file and the input, where the model does not allow the sizes or leaves
  ///   open what none are known for.
  init(of model: Model, options: Benchmark.Options) throws(ApusError) {
    var shapes: [String: Shape] = [:]
    var ports: [Port] = []
    let inputs = model.graph.inputs.map { model.graph[$0] }
    for input in inputs {
      let shape = try Self.shape(of: input, in: model, options)
      if input.fact.fixedShape == nil { shapes[input.name] = shape }
      ports.append(Port(name: input.name, dtype: input.fact.dtype ?? .float32, shape: shape))
    }
    self.shapes = shapes
    self.ports = ports
  }

  /// Inputs of a plan, at its sizes.
  ///
  /// - Throws: `ApusError` naming the file and the input, where its type or size is not in the plan.
  init(of plan: Plan, path: String) throws(ApusError) {
    var ports: [Port] = []
    for input in plan.inputs {
      guard let dtype = input.dtype, let shape = input.shape else {
        throw .failure(
          "'\(path)': input '\(input.name)' has no type or size; compile the model again")
      }
      ports.append(Port(name: input.name, dtype: dtype, shape: shape))
    }
    shapes = [:]
    self.ports = ports
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
