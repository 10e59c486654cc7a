import ApusGraph

extension Detector {
  /// How many pictures the network takes at once: what the caller asks for, where the model allows it.
  static func batch(_ model: Model, options: DetectionOptions) throws(ApusError) -> Int {
    let graph = model.graph
    let fixed = graph.inputs.first.flatMap { graph[$0].fact.shape?.first?.fixed }
    guard let fixed else { return max(options.batch ?? 1, 1) }
    if options.purpose == .prediction, fixed != 1 {
      throw .failure("'\(model.path)': the model wants batches of \(fixed); export it with batch 1")
    }
    guard fixed > 0, options.batch ?? fixed == fixed else {
      throw .usage(
        "'\(model.path)': the model takes batches of \(fixed) alone; leave --batch out, or export it"
          + " with another --batch or with --dynamic")
    }
    return fixed
  }

  /// Height and width of the input: what the caller asks for, where the model allows it.
  static func inputSize(
    _ model: Model, options: DetectionOptions, stride: Int
  ) throws(ApusError) -> (height: Int, width: Int) {
    let graph = model.graph
    guard graph.inputs.count == 1, let shape = graph[graph.inputs[0]].fact.shape, shape.count == 4,
      shape[1].fixed == nil || shape[1].fixed == 3
    else {
      let listed = graph.inputs.map { "'\(graph[$0].name)' \(graph[$0].fact)" }
      throw .failure(
        "'\(model.path)': expected one input [N, 3, H, W], found \(listed.joined(separator: ", "));"
          + " export a model that takes colour pictures alone")
    }
    let card = graph.card.inputSize
    let own = (
      height: shape[2].fixed ?? card.first ?? 640, width: shape[3].fixed ?? card.last ?? 640
    )
    let asked = options.inputSize ?? own
    for (name, size, axis) in [("height", asked.height, 2), ("width", asked.width, 3)] {
      if let fixed = shape[axis].fixed, fixed != size || options.isRectangular {
        guard fixed == size, !options.isRectangular else {
          throw .usage(
            "'\(model.path)': the model has a fixed input of \(own.width)x\(own.height); run it"
              + " without --image-size and --rect, or export it with --dynamic")
        }
      }
      guard size > 0, size % stride == 0 || shape[axis].fixed == size else {
        throw .usage(
          "the input's \(name) is \(size), but must be a multiple of \(stride), such as"
            + " \(max(1, (size + stride / 2) / stride) * stride)")
      }
    }
    return asked
  }
}
