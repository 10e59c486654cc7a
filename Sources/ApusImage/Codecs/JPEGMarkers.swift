/// The markers of a JPEG file: its frame header, its orientation, and whether it is complete.
struct JPEGMarkers {
  var width = 0
  var height = 0
  var components = 0
  var orientation: Orientation?

  private var foundFrame = false
  private var foundScan = false

  /// Walks all markers from the first byte to the end-of-image marker.
  ///
  /// libjpeg supplies a missing end by itself and paints the rest gray, so completeness is
  /// established here.
  init(_ data: ByteReader) throws(ImageError) {
    var offset = 2
    while true {
      // Between segments libjpeg skips to the next marker, and so does this walk.
      while let byte = data.byte(offset), byte != 0xFF { offset += 1 }
      while data.byte(offset) == 0xFF { offset += 1 }
      guard let marker = data.byte(offset) else {
        throw .truncated(at: data.count, expected: "the end-of-image marker FF D9")
      }
      offset += 1
      switch marker {
      case 0xD9:
        guard foundFrame, foundScan else {
          throw .corrupt(
            at: offset - 2, expected: "a frame and a scan before the end-of-image marker",
            found: "neither or one of them")
        }
        return
      case 0x00, 0x01, 0xD0...0xD8:
        continue
      default:
        offset = try readSegment(marker, at: offset, of: data)
      }
    }
  }

  /// Reads one segment and answers the offset of what follows it.
  private mutating func readSegment(
    _ marker: UInt8, at offset: Int, of data: ByteReader
  ) throws(ImageError) -> Int {
    guard let length = data.bigEndian16(offset) else {
      throw .truncated(at: data.count, expected: "the length of a JPEG segment")
    }
    guard length >= 2 else {
      throw .corrupt(at: offset, expected: "a segment length of at least 2", found: "\(length)")
    }
    guard let body = data.slice(offset + 2, count: length - 2) else {
      throw .truncated(at: data.count, expected: "a JPEG segment of \(length) bytes")
    }
    let end = offset + length
    switch marker {
    case 0xC4, 0xC8, 0xCC: break
    case 0xC0...0xCF: try readFrame(body, at: offset)
    case 0xE1:
      if orientation == nil, body.hasText("Exif\0\0", at: 0) {
        orientation = ExifReader.orientation(exif: body)
      }
    case 0xDA:
      foundScan = true
      return Self.endOfEntropyCodedData(from: end, in: data)
    default: break
    }
    return end
  }

  private mutating func readFrame(_ body: ByteReader, at offset: Int) throws(ImageError) {
    guard !foundFrame else { return }
    guard let precision = body.byte(0), let height = body.bigEndian16(1),
      let width = body.bigEndian16(3), let components = body.byte(5)
    else {
      throw .corrupt(
        at: offset, expected: "a frame header of at least 8 bytes", found: "\(body.count + 2)")
    }
    guard precision == 8 else {
      throw .unsupported(
        at: offset + 2, expected: "8 bits per sample", found: "\(precision) bits")
    }
    foundFrame = true
    self.width = width
    self.height = height
    self.components = Int(components)
  }

  /// The offset of the first marker after a scan's data: FF not followed by 00 or a restart.
  private static func endOfEntropyCodedData(from start: Int, in data: ByteReader) -> Int {
    let bytes = data.bytes
    var offset = start
    while offset + 1 < bytes.count {
      if bytes[offset] == 0xFF {
        let next = bytes[offset + 1]
        if next != 0x00, next != 0xFF, !(0xD0...0xD7).contains(next) { return offset }
      }
      offset += 1
    }
    return bytes.count
  }
}
