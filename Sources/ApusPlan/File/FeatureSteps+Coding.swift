extension FeatureElement: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    switch self {
    case .float32: encoder.encode(case: 0)
    case .bfloat16: encoder.encode(case: 1)
    case .uint8: encoder.encode(case: 2)
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = .float32
    case 1: self = .bfloat16
    case 2: self = .uint8
    case let tag: throw decoder.unknown("type of a map's elements", tag)
    }
  }
}

extension FeatureGrid: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(scale)
    encoder.encode(zero)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      scale: try decoder.decode(),
      zero: try decoder.decode())
  }
}

extension FeatureMap: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(element)
    encoder.encode(grid)
    encoder.encode(place)
    encoder.encode(base)
    encoder.encode(images)
    encoder.encode(height)
    encoder.encode(width)
    encoder.encode(channels)
    encoder.encode(pixelStride)
    encoder.encode(rowStride)
    encoder.encode(imageStride)
    encoder.encode(border)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      element: try decoder.decode(),
      grid: try decoder.decode(),
      place: try decoder.decode(),
      base: try decoder.decode(),
      images: try decoder.decode(),
      height: try decoder.decode(),
      width: try decoder.decode(),
      channels: try decoder.decode(),
      pixelStride: try decoder.decode(),
      rowStride: try decoder.decode(),
      imageStride: try decoder.decode(),
      border: try decoder.decodeBorder())
  }
}

extension PlanDecoder {
  /// The four sides of a border.
  fileprivate mutating func decodeBorder() throws(PlanFormatError) -> [Int] {
    let sides: [Int] = try decode()
    guard sides.count == 4 else { throw error("a border has \(sides.count) sides instead of 4") }
    return sides
  }
}

extension FeatureConvolutionStep.Tiling: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(kernel)
    encoder.encode(columns)
    encoder.encode(quads)
    encoder.encode(offsets)
    encoder.encode(steps)
    encoder.encode(panelBytes)
    encoder.encode(virtualWidth)
    encoder.encode(panelBlock)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      kernel: try decoder.decode(),
      columns: try decoder.decode(),
      quads: try decoder.decode(),
      offsets: try decoder.decode(),
      steps: try decoder.decode(),
      panelBytes: try decoder.decode(),
      virtualWidth: try decoder.decode(),
      panelBlock: try decoder.decode())
  }
}

extension FeatureConvolutionStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(window)
    encoder.encode(isDepthwise)
    encoder.encode(tiling)
    encoder.encode(source)
    encoder.encode(weights)
    encoder.encode(finish)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      window: try decoder.decode(),
      isDepthwise: try decoder.decode(),
      tiling: try decoder.decode(),
      source: try decoder.decode(),
      weights: try decoder.decode(),
      finish: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureImportStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureExportStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureGatherStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(rows)
    encoder.encode(columns)
    encoder.encode(table)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      rows: try decoder.decode(),
      columns: try decoder.decode(),
      table: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureShuffleStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(groups)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      groups: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeaturePoolStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(pooling)
    encoder.encode(window)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      pooling: try decoder.decode(),
      window: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeaturePairStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(function)
    encoder.encode(activation)
    encoder.encode(left)
    encoder.encode(right)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      function: try decoder.decode(),
      activation: try decoder.decode(),
      left: try decoder.decode(),
      right: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureInterpolateStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(rows)
    encoder.encode(columns)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      rows: try decoder.decode(),
      columns: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureUnaryStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(function)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      function: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureOperation: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    switch self {
    case .convolution(let step): encoder.encode(step, case: 0)
    case .import(let step): encoder.encode(step, case: 1)
    case .export(let step): encoder.encode(step, case: 2)
    case .gather(let step): encoder.encode(step, case: 3)
    case .shuffle(let step): encoder.encode(step, case: 4)
    case .pool(let step): encoder.encode(step, case: 5)
    case .pair(let step): encoder.encode(step, case: 6)
    case .interpolate(let step): encoder.encode(step, case: 7)
    case .unary(let step): encoder.encode(step, case: 8)
    case .winograd(let step): encoder.encode(step, case: 9)
    case .winogradWeights(let step): encoder.encode(step, case: 10)
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = .convolution(try decoder.decode())
    case 1: self = .import(try decoder.decode())
    case 2: self = .export(try decoder.decode())
    case 3: self = .gather(try decoder.decode())
    case 4: self = .shuffle(try decoder.decode())
    case 5: self = .pool(try decoder.decode())
    case 6: self = .pair(try decoder.decode())
    case 7: self = .interpolate(try decoder.decode())
    case 8: self = .unary(try decoder.decode())
    case 9: self = .winograd(try decoder.decode())
    case 10: self = .winogradWeights(try decoder.decode())
    case let tag: throw decoder.unknown("kind of step of maps", tag)
    }
  }
}
