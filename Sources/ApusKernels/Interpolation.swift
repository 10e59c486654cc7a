internal import CApusKernels

/// Linear resampling of planes with the places of its output rows and columns.
public struct Interpolation: Sendable {
  private let rows: [apus_between]
  private let columns: [apus_between]
  private let height: Int
  private let width: Int

  /// Output pixels of a plane.
  public var outputPixels: Int { rows.count * columns.count }

  /// Makes a resampling of planes of `height` x `width`.
  ///
  /// - Parameters:
  ///   - rows: for each output row the input row it lies on, with the fraction to the next one.
  ///   - columns: for each output column the same.
  public init(height: Int, width: Int, rows: [Float], columns: [Float]) {
    precondition(height > 0 && width > 0 && height <= Int32.max && width <= Int32.max)
    self.height = height
    self.width = width
    self.rows = rows.map { Self.between($0, size: height) }
    self.columns = columns.map { Self.between($0, size: width) }
  }

  private static func between(_ place: Float, size: Int) -> apus_between {
    let inside = min(max(place, 0), Float(size - 1))
    let first = Int32(inside)
    let weight = inside - Float(first)
    return apus_between(
      first: first, second: min(first + 1, Int32(size - 1)), weight: weight)
  }

  /// Resamples one plane.
  public func callAsFunction(_ source: FloatRegion, into destination: FloatRegion) {
    precondition(source.count == height * width && destination.count == outputPixels)
    unsafe apus_interpolate_plane_f32(
      source.base, Int64(width), rows, columns, Int64(rows.count), Int64(columns.count),
      destination.base)
  }
}
