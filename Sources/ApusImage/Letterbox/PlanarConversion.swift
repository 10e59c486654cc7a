/// The order of the colour planes of a tensor.
public enum ChannelOrder: String, Sendable, Hashable {
  /// Red, green, blue.
  case rgb
  /// Blue, green, red.
  case bgr
}

/// How 8-bit samples become the floats a network expects: `(sample / divisor - mean) / deviation`.
public struct Normalization: Sendable, Hashable {
  /// What samples are divided by first.
  public var divisor: Float
  /// What is subtracted then, per plane in the order of the tensor.
  public var mean: [Float]
  /// What is divided by last, per plane in the order of the tensor.
  public var deviation: [Float]

  /// Makes a normalization; the default is the division by 255 alone.
  public init(divisor: Float = 255, mean: [Float] = [0, 0, 0], deviation: [Float] = [1, 1, 1]) {
    self.divisor = divisor
    self.mean = mean
    self.deviation = deviation
  }

  /// The value of each sample of each plane, `[3, 256]`.
  ///
  /// The divisions are real divisions: a multiplication by 1/255 differs in the last bit.
  package func table() throws(ImageError) -> [Float] {
    guard mean.count == 3, deviation.count == 3, divisor != 0, !deviation.contains(0) else {
      throw ImageError(
        .invalidArgument, expected: "three means, three deviations and no division by 0",
        found: "mean \(mean), deviation \(deviation), divisor \(divisor)",
        remedy: "Correct the preprocess specification.")
    }
    var table = [Float](repeating: 0, count: 3 * 256)
    for plane in 0..<3 {
      for sample in 0..<256 {
        table[256 * plane + sample] =
          (Float(sample) / divisor - mean[plane]) / deviation[plane]
      }
    }
    return table
  }
}

extension Image {
  /// Writes the picture as three planes of floats, `[3, height, width]`.
  ///
  /// - Parameters:
  ///   - buffer: At least `3 * height * width` floats; initialised or not.
  ///   - order: The order of the planes, whatever the order of this picture's samples.
  ///   - normalization: The meaning of the floats.
  public func writePlanar(
    into buffer: UnsafeMutableBufferPointer<Float>, order: ChannelOrder = .rgb,
    normalization: Normalization = Normalization()
  ) throws(ImageError) {
    let area = width * height
    guard buffer.count >= 3 * area, let out = buffer.baseAddress else {
      throw ImageError(
        .invalidArgument, expected: "a buffer of \(3 * area) floats", found: "\(buffer.count)",
        remedy: "Allocate [3, height, width].")
    }
    let table = try normalization.table()
    let places = format.places
    let planes =
      order == .rgb
      ? [places.red, places.green, places.blue] : [places.blue, places.green, places.red]
    let channels = format.channels
    table.withUnsafeBufferPointer { table in
      pixels.withUnsafeBufferPointer { source in
        for (plane, place) in planes.enumerated() {
          let values = UnsafeBufferPointer(rebasing: table[256 * plane..<256 * (plane + 1)])
          let target = out + plane * area
          for index in 0..<area {
            target[index] = values[Int(source[index &* channels &+ place])]
          }
        }
      }
    }
  }

  /// The picture as three planes of floats, `[3, height, width]`.
  public func planar(
    order: ChannelOrder = .rgb, normalization: Normalization = Normalization()
  ) throws(ImageError) -> [Float] {
    var values = [Float](repeating: 0, count: 3 * width * height)
    let result = values.withUnsafeMutableBufferPointer { buffer in
      Result { () throws(ImageError) in
        try writePlanar(into: buffer, order: order, normalization: normalization)
      }
    }
    try result.get()
    return values
  }
}
