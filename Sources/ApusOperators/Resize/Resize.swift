package import ApusGraph
package import ApusTensor

/// Resampling along any axes: nearest neighbour, linear or cubic.
///
/// Inputs: X; `roi` (starts, then ends, as fractions of the size); `scales`; `sizes`. Exactly one of the last
/// two is given. Before opset 11 `scales` was input 1 and coordinates were x / scale; 18 adds
/// antialiasing, axes and the aspect-ratio policy, 19 `half_pixel_symmetric`.
package struct Resize: Operator {
  package static let kind = OperatorKind("Resize")

  /// How a number is found between elements.
  package enum Mode: String, Hashable, Sendable, CaseIterable {
    case nearest, linear, cubic
  }

  /// How an output element's coordinate becomes one of the input.
  package enum Coordinates: String, Hashable, Sendable, CaseIterable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case cropAndResize = "tf_crop_and_resize"
    /// Only in opsets 11 and 12.
    case halfPixelForNearest = "tf_half_pixel_for_nn"
  }

  /// Which of two neighbours is the nearest.
  package enum Rounding: String, Hashable, Sendable, CaseIterable {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor, ceil
  }

  /// What `sizes` mean.
  package enum AspectRatio: String, Hashable, Sendable, CaseIterable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  /// How a number is found between elements.
  package var mode: Mode
  /// How coordinates are mapped.
  package var coordinates: Coordinates
  /// Which neighbour is the nearest.
  package var rounding: Rounding
  /// What `sizes` mean.
  package var aspectRatio: AspectRatio
  /// The axes `roi`, `scales` and `sizes` speak of; empty for all.
  package var axes: [Int]
  /// Whether the kernel widens when the output is smaller.
  package var antialias: Bool
  /// The cubic kernel's parameter.
  package var cubicA: Float
  /// Whether elements outside of the input have no weight; otherwise they equal the border's.
  package var excludesOutside: Bool
  /// The number outside of the input, for `cropAndResize`.
  package var extrapolation: Float

  /// A resampling of the given form.
  package init(
    mode: Mode = .nearest, coordinates: Coordinates = .halfPixel,
    rounding: Rounding = .preferFloor, aspectRatio: AspectRatio = .stretch, axes: [Int] = [],
    antialias: Bool = false, cubicA: Float = -0.75, excludesOutside: Bool = false,
    extrapolation: Float = 0
  ) {
    self.mode = mode
    self.coordinates = coordinates
    // The rounding matters to `nearest` only, so that equal operators compare equal.
    self.rounding = mode == .nearest ? rounding : .preferFloor
    self.aspectRatio = aspectRatio
    self.axes = axes
    self.antialias = antialias
    self.cubicA = cubicA
    self.excludesOutside = excludesOutside
    self.extrapolation = extrapolation
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    let mode: Mode = try Self.choice(record, "mode", default: .nearest)
    if record.opset < 11 {
      self.init(mode: mode, coordinates: .asymmetric, rounding: .floor)
      if let scales = try record.takeConstantInput(1, named: "scales") {
        record.addConstantInput(scales, at: 2)
      }
      return
    }
    self.init(
      mode: mode,
      coordinates: try Self.choice(
        record, "coordinate_transformation_mode", default: .halfPixel),
      rounding: try Self.choice(record, "nearest_mode", default: .preferFloor),
      aspectRatio: try Self.choice(record, "keep_aspect_ratio_policy", default: .stretch),
      axes: try record.ints("axes") ?? [],
      antialias: try record.int("antialias", default: 0) != 0,
      cubicA: try record.float("cubic_coeff_a", default: -0.75),
      excludesOutside: try record.int("exclude_outside", default: 0) != 0,
      extrapolation: try record.float("extrapolation_value", default: 0))
    // Before opset 13 an input that is not given is an empty tensor.
    for index in [2, 1] where record.constantInput(index)?.count == 0 {
      _ = try record.takeConstantInput(index, named: index == 1 ? "roi" : "scales")
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("mode", mode.rawValue)
    if record.opset < 11 { return try encodeWithoutCoordinates(into: &record) }
    record.set("coordinate_transformation_mode", coordinates.rawValue)
    if coordinates == .halfPixelSymmetric { try record.require(opset: 19) }
    if coordinates == .halfPixelForNearest && record.opset > 12 {
      throw OperatorError("'\(coordinates.rawValue)' exists in operator sets 11 and 12 only")
    }
    if mode == .nearest { record.set("nearest_mode", rounding.rawValue) }
    if cubicA != -0.75 { record.set("cubic_coeff_a", cubicA) }
    if excludesOutside { record.set("exclude_outside", true) }
    if extrapolation != 0 { record.set("extrapolation_value", extrapolation) }
    if antialias || !axes.isEmpty || aspectRatio != .stretch { try record.require(opset: 18) }
    if antialias { record.set("antialias", true) }
    if !axes.isEmpty { record.set("axes", axes) }
    if aspectRatio != .stretch { record.set("keep_aspect_ratio_policy", aspectRatio.rawValue) }
    if record.opset < 13 {
      for index in [1, 2] where !record.hasInput(index) {
        record.addConstantInput(Tensor([Float]()), at: index)
      }
    }
  }

  private func encodeWithoutCoordinates(
    into record: inout OperatorRecord
  ) throws(OperatorError) {
    try record.require(opset: 10)
    let plain = Resize(mode: mode, coordinates: .asymmetric, rounding: .floor)
    if self != plain || mode == .cubic || record.hasInput(3) { try record.require(opset: 11) }
    if record.hasInput(1) { _ = try record.takeConstantInput(1, named: "roi") }
    if let scales = try record.takeConstantInput(2, named: "scales") {
      record.addConstantInput(scales, at: 1)
    }
  }

  /// Before opset 10 the same is called `Upsample`, as far as it goes.
  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    let upsample = Upsample(mode: mode)
    guard opset < 10, inputs.count == 3, inputs[2] != nil, mode != .cubic, self == upsample.resize
    else { return nil }
    return [patch.add(upsample, [inputs[0], inputs[2]])]
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try infer(context, scales: given(context, 2), sizes: given(context, 3))
  }

  /// The fact of the output, with `scales` or `sizes` from any input.
  func infer(
    _ context: InferenceContext, scales: Fact?, sizes: Fact?
  ) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    guard let shape = x.shape else { return [Fact(x.dtype, nil)] }
    let places = try axesInUse(rank: shape.count)
    var output = shape
    let purpose = (0..<shape.count).map { context.unknownSize("output\($0)") }
    if let list = try length(of: sizes ?? scales), list != places.count {
      throw OperatorError(
        "\(sizes == nil ? "'scales'" : "'sizes'") must have \(places.count) elements, "
          + "but has \(list)")
    }
    if let sizes {
      guard scales == nil else { throw OperatorError("both 'scales' and 'sizes' are given") }
      for (index, place) in places.enumerated() {
        let content = sizes.content ?? []
        let known = aspectRatio == .stretch && content.count == places.count
        output[place] = known ? content[index] : purpose[place]
      }
      if aspectRatio != .stretch, let targets = sizes.constant?.ints, let fixed = x.fixedShape {
        output = try plan(fixed, scales: nil, sizes: targets).map { .fixed($0.output) }
      }
    } else if let scales {
      for (index, place) in places.enumerated() {
        output[place] = purpose[place]
        guard let constant = scales.constant else { continue }
        output[place] = try Self.scaled(shape[place], by: constant.floats[index]) ?? purpose[place]
      }
    } else {
      throw OperatorError("neither 'scales' nor 'sizes' is given")
    }
    return [Fact(x.dtype, output)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    var axes = try plan(
      x.shape, scales: inputs.nonempty(2)?.floats, sizes: inputs.nonempty(3)?.ints)
    if coordinates == .cropAndResize { try setRegions(&axes, inputs.nonempty(1)?.doubles ?? []) }
    let shape = try OutputSize.shape(axes.map { .fixed($0.output) })
    var elements = x.doubles
    var sizes = x.shape.dimensions
    for (axis, resampling) in axes.enumerated() {
      if resampling.isIdentity && coordinates != .cropAndResize { continue }
      guard resampling.input > 0 || resampling.output == 0 else {
        throw OperatorError("'X' of shape \(x.shape) is empty along axis \(axis)")
      }
      var next = sizes
      next[axis] = resampling.output
      _ = try OutputSize.shape(next.map(Dimension.fixed))
      elements = resample(elements, sizes, axis: axis, resampling)
      sizes = next
    }
    return [Tensor(doubles: elements, dtype: x.dtype, shape: shape)]
  }
}

extension [Tensor?] {
  /// An optional input; nil also where it is an empty tensor, as before opset 13.
  fileprivate func nonempty(_ index: Int) -> Tensor? {
    optional(index).flatMap { $0.count == 0 ? nil : $0 }
  }
}

extension Resize {
  private func given(_ context: InferenceContext, _ index: Int) -> Fact? {
    context[index].flatMap { $0.shape == [0] ? nil : $0 }
  }

  private func length(of fact: Fact?) throws(OperatorError) -> Int? {
    guard let shape = fact?.shape else { return nil }
    guard shape.count == 1 else {
      throw OperatorError("'scales' and 'sizes' must have one axis, but have shape \(shape)")
    }
    return shape[0].fixed
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ record: OperatorRecord, _ name: String, default value: Choice
  ) throws(OperatorError) -> Choice {
    let text = try record.string(name, default: value.rawValue)
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw OperatorError("attribute '\(name)' must be one of \(known), but is '\(text)'")
    }
    return choice
  }
}
