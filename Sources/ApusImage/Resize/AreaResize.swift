/// A source pixel's part in a target pixel on one axis.
struct AreaPart {
  var source: Int
  var target: Int
  var weight: Float

  /// A part of a pixel smaller than this is left out, as in OpenCV.
  static let negligible = 1e-3

  /// The parts of all target pixels, in order; for a scale of at least 1.
  static func parts(_ axis: ResizeScale) -> [AreaPart] {
    var parts: [AreaPart] = []
    parts.reserveCapacity(axis.source * 2)
    let limit = Double(axis.source)
    for target in 0..<axis.target {
      let start = Double(target) * axis.scale
      let end = start + axis.scale
      let width = min(axis.scale, limit - start)
      let last = min(Int(end.rounded(.down)), axis.source - 1)
      let first = min(Int(start.rounded(.up)), last)
      if Double(first) - start > negligible {
        let weight = Float((Double(first) - start) / width)
        parts.append(AreaPart(source: first - 1, target: target, weight: weight))
      }
      for source in first..<max(first, last) {
        parts.append(AreaPart(source: source, target: target, weight: Float(1 / width)))
      }
      if end - Double(last) > negligible {
        let weight = Float(min(min(end - Double(last), 1), width) / width)
        parts.append(AreaPart(source: last, target: target, weight: weight))
      }
    }
    return parts
  }
}

extension Image {
  /// Means of whole blocks of pixels; for sides that are exact multiples.
  ///
  /// A block of 2 x 2 rounds halves up, any other rounds the product with a float reciprocal to
  /// the nearest even, as the two paths of OpenCV do.
  func shrunkByBlocks(_ blockWidth: Int, _ blockHeight: Int) -> Image {
    let channels = format.channels
    let (newWidth, newHeight) = (width / blockWidth, height / blockHeight)
    let sourceRow = width * channels
    let isHalf = blockWidth == 2 && blockHeight == 2
    let factor = 1 / Float(blockWidth * blockHeight)
    var columnSums = [Int32](repeating: 0, count: sourceRow)
    return pixels.withUnsafeBufferPointer { source in
      columnSums.withUnsafeMutableBufferPointer { sums in
        Image(width: newWidth, height: newHeight, format: format) { out in
          var place = 0
          for row in 0..<newHeight {
            sums.update(repeating: 0)
            for y in row * blockHeight..<(row + 1) * blockHeight {
              let line = UnsafeBufferPointer(rebasing: source[y * sourceRow..<(y + 1) * sourceRow])
              for index in 0..<sourceRow { sums[index] &+= Int32(line[index]) }
            }
            for column in 0..<newWidth {
              let corner = column &* blockWidth &* channels
              for channel in 0..<channels {
                var sum = 0
                for x in 0..<blockWidth { sum &+= Int(sums[corner &+ x &* channels &+ channel]) }
                out[place &+ channel] =
                  isHalf
                  ? UInt8(truncatingIfNeeded: (sum &+ 2) &>> 2)
                  : UInt8(clamping: Int((Float(sum) * factor).rounded(.toNearestOrEven)))
              }
              place &+= channels
            }
          }
        }
      }
    }
  }

  /// Means over areas with fractions of pixels at their borders, in single precision.
  func shrunkByArea(_ columns: ResizeScale, _ rows: ResizeScale) -> Image {
    let channels = format.channels
    let rowSamples = columns.target * channels
    let sourceRow = width * channels
    let columnParts = AreaPart.parts(columns)
    let rowParts = AreaPart.parts(rows)
    var line = [Float](repeating: 0, count: rowSamples)
    var sums = [Float](repeating: 0, count: rowSamples)
    return pixels.withUnsafeBufferPointer { source in
      line.withUnsafeMutableBufferPointer { line in
        sums.withUnsafeMutableBufferPointer { sums in
          Image(width: columns.target, height: rows.target, format: format) { out in
            var current = 0
            for part in rowParts {
              if part.target != current {
                Self.store(sums, into: out, at: current * rowSamples)
                current = part.target
                sums.update(repeating: 0)
              }
              let input = UnsafeBufferPointer(
                rebasing: source[part.source * sourceRow..<(part.source + 1) * sourceRow])
              line.update(repeating: 0)
              Self.accumulate(input, columnParts, channels, into: line)
              for index in 0..<rowSamples { sums[index] += part.weight * line[index] }
            }
            Self.store(sums, into: out, at: current * rowSamples)
          }
        }
      }
    }
  }

  private static func accumulate(
    _ source: UnsafeBufferPointer<UInt8>, _ parts: [AreaPart], _ channels: Int,
    into line: UnsafeMutableBufferPointer<Float>
  ) {
    for part in parts {
      let (from, to) = (part.source &* channels, part.target &* channels)
      for channel in 0..<channels {
        line[to &+ channel] += Float(source[from &+ channel]) * part.weight
      }
    }
  }

  private static func store(
    _ sums: UnsafeMutableBufferPointer<Float>, into out: UnsafeMutableBufferPointer<UInt8>,
    at place: Int
  ) {
    for index in 0..<sums.count {
      let rounded = Int(sums[index].rounded(.toNearestOrEven))
      out[place &+ index] = UInt8(clamping: rounded)
    }
  }
}
