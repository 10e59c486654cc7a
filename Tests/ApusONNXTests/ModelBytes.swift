/// Writes the protocol-buffer encoding by hand, so that tests can make files no writer would make.
struct Message {
  private(set) var bytes: [UInt8] = []

  /// A message of the given fields.
  init(_ fields: (inout Message) -> Void) { fields(&self) }

  mutating func varint(_ number: Int, _ value: Int) {
    put(UInt64(number << 3))
    put(UInt64(bitPattern: Int64(value)))
  }

  mutating func bytes(_ number: Int, _ value: [UInt8]) {
    put(UInt64(number << 3 | 2))
    put(UInt64(value.count))
    bytes += value
  }

  mutating func text(_ number: Int, _ value: String) { bytes(number, Array(value.utf8)) }

  mutating func message(_ number: Int, _ fields: (inout Message) -> Void) {
    bytes(number, Message(fields).bytes)
  }

  private mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension Message {
  /// A model of the given graph.
  static func model(
    opset: Int? = 17, extra: (inout Message) -> Void = { _ in }, graph: (inout Message) -> Void
  ) -> [UInt8] {
    Message {
      $0.varint(1, 8)
      if let opset { $0.message(8) { $0.varint(2, opset) } }
      $0.message(7, graph)
      extra(&$0)
    }.bytes
  }

  mutating func node(
    _ op: String, _ inputs: [String], _ outputs: [String], domain: String = "",
    attributes: (inout Message) -> Void = { _ in }
  ) {
    message(1) {
      for input in inputs { $0.text(1, input) }
      for output in outputs { $0.text(2, output) }
      $0.text(3, "\(op)_\(outputs.first ?? "")")
      $0.text(4, op)
      attributes(&$0)
      if !domain.isEmpty { $0.text(7, domain) }
    }
  }

  /// An input of the graph (field 11) or an output (12) of float32 elements.
  mutating func value(_ field: Int, _ name: String, _ shape: [Int], type: Int = 1) {
    message(field) {
      $0.text(1, name)
      $0.message(2) {
        $0.message(1) {
          $0.varint(1, type)
          $0.message(2) { for size in shape { $0.message(1) { $0.varint(1, size) } } }
        }
      }
    }
  }

  mutating func input(_ name: String, _ shape: [Int] = [2], type: Int = 1) {
    value(11, name, shape, type: type)
  }

  mutating func output(_ name: String, _ shape: [Int] = [2]) { value(12, name, shape) }

  mutating func initializer(
    _ name: String, _ dims: [Int], type: Int, data: (inout Message) -> Void
  ) {
    message(5) {
      for size in dims { $0.varint(1, size) }
      $0.varint(2, type)
      $0.text(8, name)
      data(&$0)
    }
  }

  /// Where an initialiser's elements lie in another file.
  mutating func external(_ fields: [(String, String)]) {
    for (key, value) in fields {
      message(13) {
        $0.text(1, key)
        $0.text(2, value)
      }
    }
    varint(14, 1)
  }
}
