extension FeatureFinish.Residual: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(map)
    encoder.encode(own)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      map: try decoder.decode(),
      own: try decoder.decode())
  }
}

extension FeatureFinish: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(bias)
    encoder.encode(scale)
    encoder.encode(table)
    encoder.encode(activation)
    encoder.encode(zero)
    encoder.encode(residual)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      bias: try decoder.decode(),
      scale: try decoder.decode(),
      table: try decoder.decode(),
      activation: try decoder.decode(),
      zero: try decoder.decode(),
      residual: try decoder.decode())
  }
}
