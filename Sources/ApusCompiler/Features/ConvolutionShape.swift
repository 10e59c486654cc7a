import ApusKernels
import ApusPlan

/// What is done with the sums of a convolution, the constants in the order of output channels.
struct ConvolutionFinish {
  /// `int32` or `float` of each output channel, as bytes.
  var bias: [UInt8]
  /// Factors of sums of integers.
  var scale: [Float]?
  /// 256 entries for results of `uint8`.
  var table: [UInt8]?
  /// Applied to floats.
  var activation = ElementwiseFunction.identity
  /// The zero point at which sums of integers are rounded.
  var zero = 0
  /// What is added.
  var residual: FeatureFinish.Residual?

  /// The constants of some output channels, filled up to whole panels.
  func emit(_ range: Range<Int>, columns: Int, into plan: inout PlanBuilder) -> FeatureFinish {
    let rest = (columns - range.count % columns) % columns
    return FeatureFinish(
      bias: plan.constant(
        bytes: Array(bias[range.lowerBound * 4..<range.upperBound * 4])
          + [UInt8](repeating: 0, count: rest * 4)),
      scale: scale.map { plan.constant(Array($0[range]) + [Float](repeating: 0, count: rest)) },
      table: table.map { plan.table($0) }, activation: activation, zero: zero,
      residual: residual.map {
        FeatureFinish.Residual(map: $0.map.channels(range), own: $0.own)
      })
  }
}

/// The sizes of a convolution over two spatial axes.
struct ConvolutionShape {
  /// Where the windows fall.
  let window: WindowParameters
  /// Input channels of all groups.
  let inputs: Int
  /// Output channels of all groups.
  let outputs: Int
  /// Groups of channels.
  let groups: Int

  /// Whether every channel has its own kernel.
  var isDepthwise: Bool { groups > 1 && groups == inputs && groups == outputs }

  /// Multiply-accumulates of one image.
  var products: Int {
    outputs * (inputs / groups) * window.kernel[0] * window.kernel[1] * window.output[0]
      * window.output[1]
  }

  /// Emits a step per group, or one where each channel is a group; more where weights are transformed piece by piece.
  ///
  /// - Parameter weights: the bytes of the elements `[outputs, inputs / groups, height, width]`.
  func emit(
    _ site: Site, source: FeatureMap, destination: FeatureMap, into plan: inout PlanBuilder,
    product: Product, weights: [UInt8], finish: ConvolutionFinish
  ) {
    let parts = isDepthwise ? 1 : groups
    let (ins, outs) = (inputs / parts, outputs / parts)
    for part in 0..<parts {
      let from = source.channels(part * ins..<(part + 1) * ins)
      let to = destination.channels(part * outs..<(part + 1) * outs)
      guard
        let choice = TileChoice(
          product, isDepthwise: isDepthwise, window: window, source: from, outputs: outs,
          isa: plan.kernels.isa)
      else { fatalError("every instruction set includes the scalar tile") }
      let range = part * outs..<(part + 1) * outs
      let size = weights.count / outputs
      let own = Array(weights[range.lowerBound * size..<range.upperBound * size])
      let winograd = WinogradChoice(
        window: window, source: from, destination: to, weights: own, isa: plan.kernels.isa,
        insteadOf: choice)
      guard let winograd else {
        let step = direct(choice, own, finish, range, source: from, destination: to, into: &plan)
        plan.emit(
          .feature(.convolution(step)), for: site,
          multiplyAccumulates: products / parts * source.images)
        continue
      }
      for piece in winograd.pieces {
        let range = range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound
        let step = FeatureWinogradStep(
          window: window, tiling: winograd.tiling, source: from,
          weights: winograd.weights(
            Array(own[piece.lowerBound * size..<piece.upperBound * size]), for: site, into: &plan),
          finish: finish.emit(range, columns: winograd.kernel.columns, into: &plan),
          destination: to.channels(piece))
        plan.emit(
          .feature(.winograd(step)), for: site,
          multiplyAccumulates: products / outputs * piece.count * source.images)
      }
    }
  }

  private func direct(
    _ choice: TileChoice, _ weights: [UInt8], _ finish: ConvolutionFinish, _ range: Range<Int>,
    source: FeatureMap, destination: FeatureMap, into plan: inout PlanBuilder
  ) -> FeatureConvolutionStep {
    let panels = choice.kernel.pack(
      reordered(
        weights, outputs: range.count, element: source.element.byteCount,
        readsRows: choice.readsRows),
      outputs: range.count, segments: choice.tiling.offsets.count, length: choice.length,
      steps: choice.tiling.steps, quads: choice.tiling.quads)
    return FeatureConvolutionStep(
      window: window, isDepthwise: isDepthwise, tiling: choice.tiling, source: source,
      weights: plan.constant(bytes: panels),
      finish: finish.emit(range, columns: choice.kernel.columns, into: &plan),
      destination: destination)
  }

  /// `[outputs, channels, height, width]` as segments: `[outputs, height][width, channels]` where whole rows of
  /// the kernel are read, else `[outputs, height, width][channels]`, which is the same order.
  private func reordered(
    _ weights: [UInt8], outputs: Int, element: Int, readsRows: Bool
  ) -> [UInt8] {
    let taps = window.kernel[0] * window.kernel[1]
    let channels = weights.count / (outputs * taps * element)
    if taps == 1 || channels == 1 { return weights }
    var result = [UInt8](repeating: 0, count: weights.count)
    for output in 0..<outputs {
      for channel in 0..<channels {
        for tap in 0..<taps {
          let from = ((output * channels + channel) * taps + tap) * element
          let to = ((output * taps + tap) * channels + channel) * element
          for byte in 0..<element { result[to + byte] = weights[from + byte] }
        }
      }
    }
    return result
  }
}

extension Product {
  /// What maps of an element type are multiplied as.
  init(_ element: FeatureElement) {
    switch element {
    case .float32: self = .float32
    case .bfloat16: self = .bfloat16
    case .uint8: self = .uint8
    }
  }
}

extension [Float] {
  /// The bytes of the numbers, as this machine lays them out.
  var bytes: [UInt8] { bytes { $0.bitPattern } }

  /// The bytes of the numbers rounded to `bfloat16`, half to even.
  var bfloat16Bytes: [UInt8] {
    bytes { number -> UInt16 in
      let bits = number.bitPattern
      if number.isNaN { return UInt16(bits >> 16) | 0x40 }
      return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
  }
}

extension Array {
  /// The bytes of integers made of the elements, lowest first.
  func bytes<Number: FixedWidthInteger>(_ number: (Element) -> Number) -> [UInt8] {
    let size = Number.bitWidth / 8
    var result: [UInt8] = []
    result.reserveCapacity(count * size)
    for element in self {
      var value = number(element).littleEndian
      for _ in 0..<size {
        result.append(UInt8(truncatingIfNeeded: value))
        if size > 1 { value >>= 8 }
      }
    }
    return result
  }
}
