package import ApusGraph
import ApusOperators
import ApusTensor

// What ShuffleNet, path aggregation and heads of many levels need beside the operators of all families.

extension NetworkBuilder {
  /// The channels of equal groups, one of each group in turn: ShuffleNet's channel shuffle.
  ///
  /// `[N, C, H, W]` becomes `[N, groups, C / groups, H, W]`, the two axes change places, and the shape is as
  /// before. A shape copies a size only from the same place; where height or width is unknown, an axis of size 1
  /// before them brings the sizes to the place where they are copied.
  package mutating func shuffleChannels(
    _ input: ValueID, groups: Int, name: String
  ) throws(FamilyError) -> ValueID {
    guard let shape = graph[input].fact.shape, shape.count == 4, let channels = shape[1].fixed,
      channels % groups == 0
    else {
      throw FamilyError(
        .graph, at: name,
        "\(graph[input].fact) cannot be shuffled, expected [N, C, H, W] with C divisible by "
          + "\(groups)")
    }
    let apart = [0, groups, channels / groups]
    let order = Transpose([0, 2, 1, 3, 4])
    if let height = shape[2].fixed, let width = shape[3].fixed {
      let groups = try reshape(input, to: apart + [height, width], name: "\(name).groups")
      let mixed = try append(order, [groups], name: "\(name).turns")
      return try reshape(mixed, to: [0, channels, height, width], name: name)
    }
    let axis = constant(Tensor([Int64(2)]), name: "\(name).axis")
    let wide = try append(Unsqueeze(), [input, axis], name: "\(name).wide")
    let groups = try reshape(wide, to: apart + [0, 0], name: "\(name).groups")
    let mixed = try append(order, [groups], name: "\(name).turns")
    let joined = try reshape(mixed, to: [0, channels, 1, 0, 0], name: "\(name).joined")
    return try append(Squeeze(), [joined, axis], name: name)
  }

  /// Height and width times a factor, linear between pixel centres: PyTorch's `interpolate` in mode `bilinear`
  /// without aligned corners.
  package mutating func interpolate(
    _ input: ValueID, factor: Float, name: String
  ) throws(FamilyError) -> ValueID {
    let scales = constant(Tensor([1, 1, factor, factor]), name: "\(name).scales")
    let op = Resize(mode: .linear, coordinates: .halfPixel)
    return try append(op, [input, nil, scales], name: name)
  }

  /// Every group of channels brought to mean 0 and variance 1 within its picture, then scaled and shifted by
  /// channel.
  package mutating func normaliseGroups(
    _ input: ValueID, scale: ValueID, shift: ValueID, groups: Int, epsilon: Float, name: String
  ) throws(FamilyError) -> ValueID {
    let op = GroupNormalization(groups: groups, epsilon: epsilon)
    return try append(op, [input, scale, shift], name: name)
  }
}
