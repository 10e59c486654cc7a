internal import ApusKernels

/// An output of one picture as the last step has left it: cells in rows, each of adjacent numbers.
///
/// The numbers are those of the session's last run, until the next one.
public struct OutputMap: Sendable {
  private let held: HeldMap
  private let region: MapRegion

  /// Rows of cells.
  public var rows: Int { region.layout.height }
  /// Cells of a row.
  public var columns: Int { region.layout.width }
  /// Numbers of a cell.
  public var channels: Int { region.layout.channels }

  init(_ held: HeldMap, image: Int) {
    self.held = held
    region = held.regions[image]
  }

  private init(_ held: HeldMap, _ region: MapRegion) {
    self.held = held
    self.region = region
  }

  /// Some numbers of every cell, by their channels, which lie inside.
  public func channels(_ range: Range<Int>) -> OutputMap {
    OutputMap(
      held, region.part(rows: 0..<rows, columns: 0..<columns, channels: range))
  }

  /// A limit on real numbers as one on elements: those greater than it stand for greater numbers.
  public func limit(_ number: Float) -> Float {
    guard region.element == .uint8 else { return number }
    let below = (0...255).last { Float($0 - held.grid.zero) * held.grid.scale <= number }
    return Float(below ?? -1)
  }

  /// The columns of a row in which any element is greater than what `limit` gave.
  ///
  /// - Parameter found: as many elements as there are columns; the first of them are set.
  /// - Returns: how many.
  public func columns(ofRow row: Int, above limit: Float, into found: inout [Int32]) -> Int {
    held.kernels.columns(of: region, row: row, above: limit, into: &found)
  }

  /// The real numbers of a cell; `numbers` has room for one of each channel.
  public func read(row: Int, column: Int, into numbers: inout [Float]) {
    region.read(row: row, column: column, grid: held.grid, into: &numbers)
  }
}
