/// A file of named tensors in the safetensors format.
public struct SafetensorsFile: Sendable {
  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 10, bytes[8] == 0x7B else { return false }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length <= UInt64(bytes.count - 8)
  }
}
