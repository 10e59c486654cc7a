package import ApusGraph

/// Every second pixel into channels: YOLOv7's `ReOrg`, the stem of its networks for 1280 pixels.
///
/// `[N, C, H, W]` becomes `[N, 4C, H/2, W/2]` in the order of `Focus`.
package struct PixelsIntoChannels: RecordedBlock {
  package static let classNames = ["ReOrg"]

  package init() {}

  package init(_ module: RecordedModule) throws(FamilyError) {}

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    try network.pixelsIntoChannels(inputs[0], path: path)
  }
}

extension NetworkBuilder {
  /// The four parts of every second pixel side by side, in the order (even row, even column), (odd, even),
  /// (even, odd), (odd, odd).
  package mutating func pixelsIntoChannels(
    _ input: ValueID, path: String
  ) throws(FamilyError) -> ValueID {
    var parts: [ValueID] = []
    for (row, column) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      parts.append(
        try everySecondPixel(
          of: input, fromRow: row, column: column, name: "\(path).slice\(row)\(column)"))
    }
    return try concatenate(parts, name: "\(path).concat")
  }
}
