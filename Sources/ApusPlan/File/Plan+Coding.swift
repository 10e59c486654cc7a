import ApusTensor

extension Plan: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(name)
    encoder.encode(isa)
    encoder.encode(tileRows)
    encoder.encode(inputs)
    encoder.encode(outputs)
    encoder.encode(steps)
    encoder.encode(arenaCount)
    encoder.encode(slotCount)
  }

  /// Reads a plan but for its constants, which lie beside the description.
  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      name: try decoder.decode(), isa: try decoder.decode(), tileRows: try decoder.decode(),
      inputs: try decoder.decode(), outputs: try decoder.decode(), steps: try decoder.decode(),
      arenaCount: try decoder.decode(), constants: Tensor(zeros: [0], dtype: .uint8),
      slotCount: try decoder.decode())
  }

  /// The plan with other constants.
  func with(constants: Tensor) -> Plan {
    Plan(
      name: name, isa: isa, tileRows: tileRows, inputs: inputs, outputs: outputs, steps: steps,
      arenaCount: arenaCount, constants: constants, slotCount: slotCount)
  }
}

extension Plan.Binding: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(name)
    encoder.encode(dtype)
    encoder.encode(shape)
    switch holder {
    case .place(let place):
      encoder.encode(case: 0)
      encoder.encode(place)
    case .slot(let slot):
      encoder.encode(case: 1)
      encoder.encode(slot)
    case .constant(let tensor):
      encoder.encode(case: 2)
      encoder.encode(tensor)
    case .map(let map):
      encoder.encode(case: 3)
      encoder.encode(map)
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let name: String = try decoder.decode()
    let dtype: DType? = try decoder.decode()
    let shape: Shape? = try decoder.decode()
    let holder: Holder
    switch try decoder.decodeCase() {
    case 0: holder = .place(try decoder.decode())
    case 1: holder = .slot(try decoder.decode())
    case 2: holder = .constant(try decoder.decode())
    case 3: holder = .map(try decoder.decode())
    case let tag: throw decoder.unknown("kind of binding", tag)
    }
    self.init(name: name, dtype: dtype, shape: shape, holder: holder)
  }
}

extension Plan.Step: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(name)
    encoder.encode(operators)
    encoder.encode(operation)
    encoder.encode(multiplyAccumulates)
    encoder.encode(bytes)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(
      name: try decoder.decode(), operators: try decoder.decode(),
      operation: try decoder.decode(), multiplyAccumulates: try decoder.decode(),
      bytes: try decoder.decode())
  }
}

extension Operation: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    switch self {
    case .convolution(let step): encoder.encode(step, case: 0)
    case .depthwise(let step): encoder.encode(step, case: 1)
    case .pool(let step): encoder.encode(step, case: 2)
    case .unary(let step): encoder.encode(step, case: 3)
    case .binary(let step): encoder.encode(step, case: 4)
    case .copy(let step): encoder.encode(step, case: 5)
    case .gather(let step): encoder.encode(step, case: 6)
    case .interpolate(let step): encoder.encode(step, case: 7)
    case .softmax(let step): encoder.encode(step, case: 8)
    case .mean(let step): encoder.encode(step, case: 9)
    case .pack(let step): encoder.encode(step, case: 10)
    case .feature(let operation): encoder.encode(operation, case: 11)
    case .host: preconditionFailure("host steps are refused before a plan is written")
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = .convolution(try decoder.decode())
    case 1: self = .depthwise(try decoder.decode())
    case 2: self = .pool(try decoder.decode())
    case 3: self = .unary(try decoder.decode())
    case 4: self = .binary(try decoder.decode())
    case 5: self = .copy(try decoder.decode())
    case 6: self = .gather(try decoder.decode())
    case 7: self = .interpolate(try decoder.decode())
    case 8: self = .softmax(try decoder.decode())
    case 9: self = .mean(try decoder.decode())
    case 10: self = .pack(try decoder.decode())
    case 11: self = .feature(try decoder.decode())
    case let tag: throw decoder.unknown("kind of step", tag)
    }
  }
}

extension PlanEncoder {
  /// Writes a case of an enumeration with its value.
  mutating func encode(_ value: some PlanCodable, case tag: UInt8) {
    encode(case: tag)
    encode(value)
  }
}
