/// Walks the bytes of a model without building anything, to say where they stop making sense.
///
/// Only used after parsing has failed. Messages are entered down to the fields of nodes, tensors
/// and attributes.
struct WireScan {
  /// A fault: its place in the file, and a sentence.
  struct Fault {
    let offset: Int
    let message: String
  }

  /// Which fields of a message are messages themselves, and what these contain.
  private indirect enum Layout {
    case fields([Int: (name: String, layout: Layout)])

    subscript(number: Int) -> (name: String, layout: Layout)? {
      guard case .fields(let fields) = self else { return nil }
      return fields[number]
    }

    static let leaf = Layout.fields([:])
    static let attribute = Layout.fields([5: ("tensor", leaf)])
    static let node = Layout.fields([5: ("attribute", attribute)])
    static let graph = Layout.fields([
      1: ("node", node), 5: ("initializer", leaf), 11: ("input", leaf), 12: ("output", leaf),
      13: ("value_info", leaf),
    ])
    static let model = Layout.fields([
      7: ("graph", graph), 8: ("opset_import", leaf), 14: ("metadata_props", leaf),
    ])
  }

  private let bytes: [UInt8]
  private var position = 0

  /// The first fault of a model file; nil where the encoding itself is sound.
  static func fault(in bytes: [UInt8]) -> Fault? {
    var scan = WireScan(bytes: bytes)
    return scan.scan(until: bytes.count, layout: .model, place: "model")
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func scan(until end: Int, layout: Layout, place: String) -> Fault? {
    var counts: [Int: Int] = [:]
    while position < end {
      let start = position
      guard let tag = varint(until: end) else {
        return Fault(offset: start, message: "\(place): a field's number is cut off or malformed")
      }
      guard tag >> 3 >= 1, tag >> 3 < 1 << 29 else {
        return Fault(offset: start, message: "\(place): \(tag >> 3) is not the number of a field")
      }
      let number = Int(tag >> 3)
      let index = counts[number, default: 0]
      counts[number] = index + 1
      switch tag & 7 {
      case 0:
        if varint(until: end) == nil {
          return Fault(
            offset: start, message: "\(place): field \(number) is cut off or malformed")
        }
      case 1, 5:
        position += tag & 7 == 1 ? 8 : 4
        if position > end {
          return Fault(offset: start, message: "\(place): field \(number) is cut off")
        }
      case 2:
        guard let length = varint(until: end), length <= UInt64(end - position) else {
          return Fault(
            offset: start, message: "\(place): field \(number) is longer than what is left")
        }
        let next = position + Int(length)
        if let inner = layout[number] {
          let name = "\(place).\(inner.name)[\(index)]"
          if let fault = scan(until: next, layout: inner.layout, place: name) { return fault }
        }
        position = next
      default:
        return Fault(
          offset: start, message: "\(place): field \(number) has the unknown wire type \(tag & 7)")
      }
    }
    return nil
  }

  private mutating func varint(until end: Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }
}
