/// The two source pixels of a target pixel on one axis and their weights in 11-bit fixed point.
struct LinearTap {
  /// The first source index, which may lie one before the first row.
  var index: Int
  var first: Int32
  var second: Int32

  static let weightOne: Float = 2048

  init(index: Int, fraction: Float) {
    self.index = index
    first = Int32(((1 - fraction) * Self.weightOne).rounded(.toNearestOrEven))
    second = Int32((fraction * Self.weightOne).rounded(.toNearestOrEven))
  }

  /// Taps of `INTER_LINEAR`: pixel centres at half units.
  static func linear(_ axis: ResizeScale) -> [LinearTap] {
    (0..<axis.target).map { target in
      let position = Float((Double(target) + 0.5) * axis.scale - 0.5)
      let floor = position.rounded(.down)
      return LinearTap(index: Int(floor), fraction: position - floor)
    }
  }

  /// Taps of `INTER_AREA` where a side is enlarged.
  static func enlargedArea(_ axis: ResizeScale) -> [LinearTap] {
    (0..<axis.target).map { target in
      let index = Int((Double(target) * axis.scale).rounded(.down))
      let covered = Float(Double(target + 1) - Double(index + 1) * axis.inverse)
      let fraction = covered <= 0 ? 0 : covered - covered.rounded(.down)
      return LinearTap(index: index, fraction: fraction)
    }
  }
}

extension Image {
  /// Two passes, columns then rows, in the integer arithmetic of OpenCV's vector code.
  ///
  /// A column beyond the border takes the border pixel alone; a row beyond it keeps its weights
  /// with both taps on the border row, which matters for the rounding.
  func interpolated(columns: [LinearTap], rows: [LinearTap]) -> Image {
    let channels = format.channels
    let (newWidth, newHeight) = (columns.count, rows.count)
    let rowSamples = newWidth * channels
    let sourceRow = width * channels
    let clamped = columns.map { tap in
      tap.index < 0
        ? LinearTap(index: 0, fraction: 0)
        : tap.index >= width - 1 ? LinearTap(index: width - 1, fraction: 0) : tap
    }
    let bottom = height - 1
    var lines = [Int32](repeating: 0, count: 2 * rowSamples)
    return pixels.withUnsafeBufferPointer { source in
      clamped.withUnsafeBufferPointer { taps in
        lines.withUnsafeMutableBufferPointer { lines in
          Image(width: newWidth, height: newHeight, format: format) { out in
            // Which source row each of the two line buffers holds.
            var held = (-1, -1)
            func line(_ row: Int, keeping other: Int) -> Int {
              if held.0 == row { return 0 }
              if held.1 == row { return 1 }
              let slot = held.0 == other ? 1 : 0
              let target = UnsafeMutableBufferPointer(
                rebasing: lines[slot * rowSamples..<(slot + 1) * rowSamples])
              let input = UnsafeBufferPointer(
                rebasing: source[row * sourceRow..<(row + 1) * sourceRow])
              Self.interpolateRow(input, taps, channels, lastColumn: width - 1, into: target)
              if slot == 0 { held.0 = row } else { held.1 = row }
              return slot
            }
            for (row, tap) in rows.enumerated() {
              let upper = min(max(tap.index, 0), bottom)
              let lower = min(max(tap.index + 1, 0), bottom)
              let first = line(upper, keeping: lower) * rowSamples
              let second = line(lower, keeping: upper) * rowSamples
              Self.blend(
                UnsafePointer(lines.baseAddress.unsafelyUnwrapped + first),
                UnsafePointer(lines.baseAddress.unsafelyUnwrapped + second), tap,
                into: out.baseAddress.unsafelyUnwrapped + row * rowSamples, count: rowSamples)
            }
          }
        }
      }
    }
  }

  /// One row of sums of two weighted samples, in units of 1/2048.
  private static func interpolateRow(
    _ source: UnsafeBufferPointer<UInt8>, _ taps: UnsafeBufferPointer<LinearTap>, _ channels: Int,
    lastColumn: Int, into target: UnsafeMutableBufferPointer<Int32>
  ) {
    guard let source = source.baseAddress, let target = target.baseAddress else { return }
    var place = 0
    if channels == 3 {
      // The same without a loop over channels.
      for tap in taps {
        let left = source + tap.index &* 3
        let right = source + min(tap.index &+ 1, lastColumn) &* 3
        let (first, second) = (tap.first, tap.second)
        target[place] = Int32(left[0]) &* first &+ Int32(right[0]) &* second
        target[place &+ 1] = Int32(left[1]) &* first &+ Int32(right[1]) &* second
        target[place &+ 2] = Int32(left[2]) &* first &+ Int32(right[2]) &* second
        place &+= 3
      }
      return
    }
    for tap in taps {
      let first = tap.index &* channels
      let second = min(tap.index &+ 1, lastColumn) &* channels
      for channel in 0..<channels {
        target[place &+ channel] =
          Int32(source[first &+ channel]) &* tap.first
          &+ Int32(source[second &+ channel]) &* tap.second
      }
      place &+= channels
    }
  }

  /// Blends two such rows to 8 bits, dropping bits where 16-bit vector multiplication does.
  private static func blend(
    _ upper: UnsafePointer<Int32>, _ lower: UnsafePointer<Int32>, _ tap: LinearTap,
    into out: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    let (first, second) = (tap.first, tap.second)
    for index in 0..<count {
      let above = (first &* (upper[index] &>> 4)) &>> 16
      let below = (second &* (lower[index] &>> 4)) &>> 16
      let sum = (above &+ below &+ 2) &>> 2
      out[index] = UInt8(truncatingIfNeeded: max(0, min(255, sum)))
    }
  }
}
