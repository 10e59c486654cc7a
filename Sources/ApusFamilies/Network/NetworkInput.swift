public import ApusGraph

/// The size of the input a graph is built for: batch, height and width, fixed or symbolic.
public struct NetworkInput: Sendable, Hashable {
  /// The number of pictures.
  public var batch: Dimension
  /// Rows of pixels.
  public var height: Dimension
  /// Columns of pixels.
  public var width: Dimension

  /// An input of the given sizes.
  public init(batch: Dimension = 1, height: Dimension, width: Dimension) {
    self.batch = batch
    self.height = height
    self.width = width
  }

  /// A square input of fixed size.
  public static func square(_ side: Int, batch: Int = 1) -> NetworkInput {
    NetworkInput(batch: .fixed(batch), height: .fixed(side), width: .fixed(side))
  }

  /// An input whose sizes are known only when the graph runs.
  public static let symbolic = NetworkInput(
    batch: .symbol("batch"), height: .symbol("height"), width: .symbol("width"))

  /// Height and width, where both are numbers.
  public var fixedSize: [Int]? {
    guard let height = height.fixed, let width = width.fixed else { return nil }
    return [height, width]
  }
}
