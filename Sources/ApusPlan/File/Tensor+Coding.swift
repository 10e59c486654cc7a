import ApusTensor

extension DType: PlanCodable {
  func encode(to encoder: inout PlanEncoder) { encoder.encode(rawValue) }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let name: String = try decoder.decode()
    guard let type = DType(rawValue: name) else {
      throw decoder.error("'\(name)' is no type of elements")
    }
    self = type
  }
}

extension Shape: PlanCodable {
  func encode(to encoder: inout PlanEncoder) { encoder.encode(dimensions) }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let dimensions: [Int] = try decoder.decode()
    guard dimensions.allSatisfy({ $0 >= 0 }) else {
      throw decoder.error("a shape has a negative size: \(dimensions)")
    }
    self.init(dimensions)
  }
}

extension Tensor: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(dtype)
    encoder.encode(shape)
    withBytes { encoder.append(contentsOf: $0) }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let dtype: DType = try decoder.decode()
    let shape: Shape = try decoder.decode()
    guard let count = shape.checkedByteCount(of: dtype) else {
      throw decoder.error("a tensor of shape \(shape) does not fit into memory")
    }
    let bytes = try decoder.take(count: count)
    do {
      try self.init(dtype: dtype, shape: shape, bytes: bytes)
    } catch {
      throw decoder.error("\(error)")
    }
  }
}
