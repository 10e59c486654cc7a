extension FeatureWinogradStep.Tiling: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(kernel)
    encoder.encode(columns)
    encoder.encode(group)
    encoder.encode(panelBlock)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      kernel: try decoder.decode(),
      columns: try decoder.decode(),
      group: try decoder.decode(),
      panelBlock: try decoder.decode())
  }
}

extension FeatureWinogradStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(window)
    encoder.encode(tiling)
    encoder.encode(source)
    encoder.encode(weights)
    encoder.encode(finish)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      window: try decoder.decode(),
      tiling: try decoder.decode(),
      source: try decoder.decode(),
      weights: try decoder.decode(),
      finish: try decoder.decode(),
      destination: try decoder.decode())
  }
}

extension FeatureWinogradWeightsStep: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(kernel)
    encoder.encode(count)
    encoder.encode(source)
    encoder.encode(destination)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      kernel: try decoder.decode(),
      count: try decoder.decode(),
      source: try decoder.decode(),
      destination: try decoder.decode())
  }
}
