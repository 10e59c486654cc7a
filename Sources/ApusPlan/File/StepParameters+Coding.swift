extension Place: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(case: memory == .arena ? 0 : 1)
    encoder.encode(offset)
    encoder.encode(count)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let memory: Memory
    switch try decoder.decodeCase() {
    case 0: memory = .arena
    case 1: memory = .constants
    case let tag: throw decoder.unknown("memory", tag)
    }
    self.init(memory, offset: try decoder.decode(), count: try decoder.decode())
  }
}

extension WindowParameters: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    for list in [input, output, kernel, strides, dilations, padding] {
      for value in list { encoder.encode(value) }
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    var values: [Int] = []
    for _ in 0..<14 { values.append(try decoder.decode()) }
    func pair(_ index: Int) -> [Int] { Array(values[2 * index..<2 * index + 2]) }
    self.init(
      input: pair(0), output: pair(1), kernel: pair(2), strides: pair(3), dilations: pair(4),
      padding: pair(5) + pair(6))
  }
}

extension ElementwiseFunction: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    switch self {
    case .identity: encoder.encode(case: 0)
    case .relu: encoder.encode(case: 1)
    case .sigmoid: encoder.encode(case: 2)
    case .silu: encoder.encode(case: 3)
    case .hardSwish: encoder.encode(case: 4)
    case .tanh: encoder.encode(case: 5)
    case .mish: encoder.encode(case: 6)
    case .exp: encoder.encode(case: 7)
    case .sqrt: encoder.encode(case: 8)
    case .abs: encoder.encode(case: 9)
    case .negate: encoder.encode(case: 10)
    case .leakyRelu(let slope):
      encoder.encode(case: 11)
      encoder.encode(slope)
    case .clip(let low, let high):
      encoder.encode(case: 12)
      encoder.encode(low)
      encoder.encode(high)
    case .hardSigmoid(let slope, let offset):
      encoder.encode(case: 13)
      encoder.encode(slope)
      encoder.encode(offset)
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = .identity
    case 1: self = .relu
    case 2: self = .sigmoid
    case 3: self = .silu
    case 4: self = .hardSwish
    case 5: self = .tanh
    case 6: self = .mish
    case 7: self = .exp
    case 8: self = .sqrt
    case 9: self = .abs
    case 10: self = .negate
    case 11: self = .leakyRelu(slope: try decoder.decode())
    case 12: self = .clip(low: try decoder.decode(), high: try decoder.decode())
    case 13: self = .hardSigmoid(slope: try decoder.decode(), offset: try decoder.decode())
    case let tag: throw decoder.unknown("function of an element", tag)
    }
  }
}

extension PairFunction: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    switch self {
    case .add: encoder.encode(case: 0)
    case .subtract: encoder.encode(case: 1)
    case .multiply: encoder.encode(case: 2)
    case .divide: encoder.encode(case: 3)
    case .maximum: encoder.encode(case: 4)
    case .minimum: encoder.encode(case: 5)
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = .add
    case 1: self = .subtract
    case 2: self = .multiply
    case 3: self = .divide
    case 4: self = .maximum
    case 5: self = .minimum
    case let tag: throw decoder.unknown("function of a pair", tag)
    }
  }
}

extension Pooling: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    switch self {
    case .maximum: encoder.encode(case: 0)
    case .average(includePadding: false): encoder.encode(case: 1)
    case .average(includePadding: true): encoder.encode(case: 2)
    }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = .maximum
    case 1: self = .average(includePadding: false)
    case 2: self = .average(includePadding: true)
    case let tag: throw decoder.unknown("pooling", tag)
    }
  }
}
