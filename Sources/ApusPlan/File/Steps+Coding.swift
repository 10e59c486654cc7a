extension ConvolutionStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(window)
    encoder.encode(images)
    encoder.encode(groups)
    encoder.encode(inputChannels)
    encoder.encode(outputChannels)
    encoder.encode(activation)
    encoder.encode(source)
    encoder.encode(weights)
    encoder.encode(bias)
    encoder.encode(residual)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      window: try decoder.decode(),
      images: try decoder.decode(),
      groups: try decoder.decode(),
      inputChannels: try decoder.decode(),
      outputChannels: try decoder.decode(),
      activation: try decoder.decode(),
      source: try decoder.decode(),
      weights: try decoder.decode(),
      bias: try decoder.decode(),
      residual: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension DepthwiseStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(window)
    encoder.encode(images)
    encoder.encode(channels)
    encoder.encode(activation)
    encoder.encode(source)
    encoder.encode(weights)
    encoder.encode(bias)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      window: try decoder.decode(),
      images: try decoder.decode(),
      channels: try decoder.decode(),
      activation: try decoder.decode(),
      source: try decoder.decode(),
      weights: try decoder.decode(),
      bias: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension PoolStep: PlanCodable {
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

extension UnaryStep: PlanCodable {
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

extension BinaryStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(function)
    encoder.encode(left)
    encoder.encode(right)
    encoder.encode(destination)
    encoder.encode(rows)
    encoder.encode(leftStrides)
    encoder.encode(rightStrides)
    encoder.encode(run)
    encoder.encode(repeatsLeft)
    encoder.encode(repeatsRight)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      function: try decoder.decode(),
      left: try decoder.decode(),
      right: try decoder.decode(),
      destination: try decoder.decode(),
      rows: try decoder.decode(),
      leftStrides: try decoder.decode(),
      rightStrides: try decoder.decode(),
      run: try decoder.decode(),
      repeatsLeft: try decoder.decode(),
      repeatsRight: try decoder.decode())
  }
}

extension CopyStep.Box: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(source)
    encoder.encode(sourceOffset)
    encoder.encode(sourceStrides)
    encoder.encode(destinationOffset)
    encoder.encode(destinationStrides)
    encoder.encode(shape)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      source: try decoder.decode(),
      sourceOffset: try decoder.decode(),
      sourceStrides: try decoder.decode(),
      destinationOffset: try decoder.decode(),
      destinationStrides: try decoder.decode(),
      shape: try decoder.decode())
  }
}

extension CopyStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(boxes)
    encoder.encode(destination)
    encoder.encode(background)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      boxes: try decoder.decode(),
      destination: try decoder.decode(),
      background: try decoder.decode())
  }
}

extension GatherStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(width)
    encoder.encode(height)
    encoder.encode(rows)
    encoder.encode(columns)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      width: try decoder.decode(),
      height: try decoder.decode(),
      rows: try decoder.decode(),
      columns: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension InterpolateStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(width)
    encoder.encode(height)
    encoder.encode(rows)
    encoder.encode(columns)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      width: try decoder.decode(),
      height: try decoder.decode(),
      rows: try decoder.decode(),
      columns: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension SoftmaxStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(length)
    encoder.encode(inner)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      length: try decoder.decode(),
      inner: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension MeanStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(length)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      length: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension PackStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(groups)
    encoder.encode(rows)
    encoder.encode(channels)
    encoder.encode(taps)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      groups: try decoder.decode(),
      rows: try decoder.decode(),
      channels: try decoder.decode(),
      taps: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}
