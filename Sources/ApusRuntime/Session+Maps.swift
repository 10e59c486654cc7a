internal import ApusKernels
import ApusPlan

/// What 8-bit samples become in an input that is held as maps; made once for all pictures.
public struct PixelTables: Sendable {
  /// A table of 256 elements for each channel, as bytes.
  let tables: [UInt8]
  /// The elements of a pixel beside the picture.
  let frame: [UInt8]
}

extension Session {
  /// Tables for the pixels of an input that takes them.
  ///
  /// - Parameters:
  ///   - values: what each sample of each channel of the input stands for, `[3, 256]`.
  ///   - frame: what the channels are beside the picture.
  public func pixelTables(
    _ index: Int, values: [Float], frame: [Float]
  ) throws(RuntimeError) -> PixelTables {
    guard let held = inputMaps[index], plan.inputs[index].takesPixels, values.count == 768,
      frame.count == 3
    else { throw wrongPixels(index) }
    // Through the kernel that writes tensors, so that pixels give the same elements.
    let width = 257
    var numbers: [Float] = []
    for channel in 0..<3 {
      numbers += values[256 * channel..<256 * (channel + 1)]
      numbers.append(frame[channel])
    }
    let planes = FloatMemory(numbers)
    let element = held.kernels.element
    let size = element.byteCount
    let elements = FloatMemory(count: (3 * width * size + 3) / 4)
    let layout = MapLayout(height: 1, width: width, channels: 3, element: element)
    guard let row = MapRegion(elements.whole, element: element, layout: layout) else {
      throw wrongPixels(index)
    }
    held.kernels.fromPlanes(planes.whole, into: row, grid: held.grid, rows: 0..<1)
    var bytes: [UInt8] = []
    for word in elements.whole.array() {
      for place in 0..<UInt32(4) {
        bytes.append(UInt8(truncatingIfNeeded: word.bitPattern >> (8 * place)))
      }
    }
    var tables: [UInt8] = []
    for channel in 0..<3 {
      for sample in 0..<256 {
        let start = (3 * sample + channel) * size
        tables += bytes[start..<start + size]
      }
    }
    return PixelTables(
      tables: tables, frame: Array(bytes[256 * 3 * size..<width * 3 * size]))
  }

  /// Writes a picture of 8-bit pixels, with a frame around it, into an input that takes pixels.
  ///
  /// - Parameters:
  ///   - image: which picture of the batch.
  ///   - pixels: 3 samples for each pixel, row after row.
  ///   - size: height and width of the picture.
  ///   - place: the row and the column of the input where the picture begins.
  ///   - isReversed: whether the input's first channel takes the last sample of a pixel.
  public func setInput(
    _ index: Int, image: Int = 0, pixels: Span<UInt8>, size: (height: Int, width: Int),
    at place: (top: Int, left: Int), isReversed: Bool, through tables: PixelTables
  ) throws(RuntimeError) {
    guard let held = inputMaps[index], plan.inputs[index].takesPixels,
      held.regions.indices.contains(image)
    else { throw wrongPixels(index) }
    let region = held.regions[image]
    let layout = region.layout
    guard place.top >= 0, place.left >= 0, size.height > 0, size.width > 0,
      size.height <= layout.height - place.top, size.width <= layout.width - place.left,
      pixels.count == 3 * size.height * size.width,
      tables.tables.count == 768 * region.element.byteCount
    else {
      throw RuntimeError(
        .input,
        "a picture of \(size.width)x\(size.height) at column \(place.left), row \(place.top) does not fit"
          + " input '\(plan.inputs[index].name)' of \(layout.width)x\(layout.height), or has \(pixels.count)"
          + " samples")
    }
    let rows = place.top..<place.top + size.height
    let columns = place.left..<place.left + size.width
    region.clearBorder()
    region.fill(aroundRows: rows, columns: columns, with: tables.frame.span)
    held.kernels.fromPixels(
      pixels, tables: tables.tables.span, isReversed: isReversed,
      into: region.part(rows: rows, columns: columns, channels: 0..<3))
  }

  /// An output of one picture of the batch as maps; nil where it is held otherwise.
  public func outputMap(_ index: Int, image: Int = 0) -> OutputMap? {
    guard let held = outputMaps[index], held.regions.indices.contains(image) else { return nil }
    return OutputMap(held, image: image)
  }

  private func wrongPixels(_ index: Int) -> RuntimeError {
    RuntimeError(
      .input, "input '\(plan.inputs[index].name)' does not take 8-bit pixels; give it a tensor")
  }
}
