import ApusTestSupport

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
