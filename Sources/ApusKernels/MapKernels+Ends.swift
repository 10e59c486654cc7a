internal import CApusKernels

extension MapKernels {
  /// 8-bit pixels of 3 samples, row after row, to a map of 3 channels, each through its table of 256 elements.
  ///
  /// - Parameter isReversed: whether channel 0 takes the last sample of a pixel.
  public func fromPixels(
    _ pixels: Span<UInt8>, tables: Span<UInt8>, isReversed: Bool, into destination: MapRegion
  ) {
    let layout = destination.layout
    precondition(destination.element == element && layout.channels == 3)
    precondition(pixels.count == 3 * layout.height * layout.width)
    precondition(tables.count == 3 * 256 * element.byteCount)
    unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe tables.withUnsafeBufferPointer { tables in
        guard let from = pixels.baseAddress, let entries = tables.baseAddress else { return }
        unsafe entry.pointee.from_pixels(
          from, entries, isReversed, destination.map, 0, Int64(layout.height))
      }
    }
  }

  /// The columns of a row in which the element of any channel, as a number, is greater than a limit.
  ///
  /// - Parameter columns: has room for a whole row.
  /// - Returns: how many columns were found; they are the first of `columns`, in rising order.
  public func columns(
    of source: MapRegion, row: Int, above limit: Float, into columns: inout [Int32]
  ) -> Int {
    let layout = source.layout
    precondition(source.element == element && row >= 0 && row < layout.height)
    precondition(columns.count >= layout.width)
    return unsafe columns.withUnsafeMutableBufferPointer { found in
      guard let first = found.baseAddress else { return 0 }
      return unsafe Int(entry.pointee.above(source.map, limit, Int64(row), first))
    }
  }
}

extension MapRegion {
  /// Some channels of a rectangle of pixels, without what lies around it.
  public func part(
    rows: Range<Int>, columns: Range<Int>, channels: Range<Int>
  ) -> MapRegion {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= layout.height && !rows.isEmpty)
    precondition(columns.lowerBound >= 0 && columns.upperBound <= layout.width && !columns.isEmpty)
    precondition(
      channels.lowerBound >= 0 && channels.upperBound <= layout.channels && !channels.isEmpty)
    return MapRegion(self, rows: rows, columns: columns, channels: channels)
  }

  /// Sets all pixels but those of a rectangle to one pixel, given as the bytes of its elements.
  public func fill(aroundRows rows: Range<Int>, columns: Range<Int>, with pixel: Span<UInt8>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= layout.height)
    precondition(columns.lowerBound >= 0 && columns.upperBound <= layout.width)
    precondition(pixel.count == layout.channels * element.byteCount)
    unsafe pixel.withUnsafeBufferPointer { bytes in
      guard let bytes = bytes.baseAddress else { return }
      unsafe apus_map_frame(
        map, element.cValue, bytes, Int64(rows.lowerBound), Int64(columns.lowerBound),
        Int64(rows.count), Int64(columns.count))
    }
  }

  /// What the elements of a pixel stand for, one number for each channel.
  public func read(row: Int, column: Int, grid: MapGrid, into numbers: inout [Float]) {
    precondition(row >= 0 && row < layout.height && column >= 0 && column < layout.width)
    precondition(numbers.count >= layout.channels)
    let offset = row * layout.rowStride + column * layout.pixelStride
    let pixel = unsafe UnsafeRawPointer(map.base).advanced(by: offset)
    switch element {
    case .float32:
      for channel in 0..<layout.channels {
        numbers[channel] = unsafe pixel.loadUnaligned(
          fromByteOffset: 4 * channel, as: Float.self)
      }
    case .bfloat16:
      for channel in 0..<layout.channels {
        let bits = unsafe pixel.loadUnaligned(fromByteOffset: 2 * channel, as: UInt16.self)
        numbers[channel] = Float(bitPattern: UInt32(bits) << 16)
      }
    case .uint8:
      for channel in 0..<layout.channels {
        let place = unsafe pixel.load(fromByteOffset: channel, as: UInt8.self)
        numbers[channel] = Float(Int(place) - grid.zero) * grid.scale
      }
    }
  }
}
