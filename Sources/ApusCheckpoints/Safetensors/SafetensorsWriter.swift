internal import ApusTensor

extension SafetensorsFile {
  /// Writes the file to a temporary name, then renames it.
  public func write(path: String) throws(CheckpointError) {
    try FileBytes.write(encoded(), to: path)
  }

  /// The bytes of the file: the same for the same tensors and metadata.
  ///
  /// Wider types come first, then names in order, so every tensor starts at a multiple of its width.
  public func encoded() -> [UInt8] {
    let rank = Dictionary(
      uniqueKeysWithValues: SafetensorsHeader.dtypes.enumerated().map { ($1.dtype, $0) })
    let ordered = tensors.sorted { left, right in
      let ranks = (rank[left.tensor.dtype] ?? 0, rank[right.tensor.dtype] ?? 0)
      if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
      return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
        quoted($0.key) + ":" + quoted($0.value)
      }
      members.append(
        quoted(SafetensorsHeader.metadataName) + ":{" + texts.joined(separator: ",") + "}")
    }
    var end = 0
    for item in ordered {
      let name = SafetensorsHeader.dtypes[rank[item.tensor.dtype] ?? 0].name
      let sizes = item.tensor.shape.dimensions.map(String.init).joined(separator: ",")
      let begin = end
      end += item.tensor.byteCount
      members.append(
        quoted(item.name)
          + ":{\"dtype\":\"\(name)\",\"shape\":[\(sizes)],\"data_offsets\":[\(begin),\(end)]}")
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    // Spaces up to a multiple of 8, so that the numbers are aligned.
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift))) }
    bytes += header
    for item in ordered { item.tensor.withBytes { bytes += $0 } }
    return bytes
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\u{8}": result += "\\b"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\u{C}": result += "\\f"
      case "\r": result += "\\r"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
