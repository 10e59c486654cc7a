public import ApusTensor

/// What the elements of a channels-last map are.
public enum FeatureElement: String, Hashable, Sendable, CaseIterable {
  /// Real numbers.
  case float32
  /// Real numbers of 16 bits.
  case bfloat16
  /// Places on the map's grid.
  case uint8

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .uint8: 1
    }
  }
}

/// What a `uint8` element q stands for: `(q - zero) * scale`.
public struct FeatureGrid: Hashable, Sendable {
  /// The distance of two neighbours.
  public var scale: Float
  /// The element that stands for 0.
  public var zero: Int

  /// Makes a grid.
  public init(scale: Float = 1, zero: Int = 0) {
    self.scale = scale
    self.zero = zero
  }
}

/// Some channels of feature maps `[images, height, width, channels]` that lie in one buffer.
///
/// Several maps may share a buffer: the inputs of a joint write their channels beside each other. Around every
/// image lie pixels that hold the element of 0, so that windows need not ask for the edge.
public struct FeatureMap: Hashable, Sendable {
  /// What the elements are.
  public var element: FeatureElement
  /// What `uint8` elements stand for.
  public var grid: FeatureGrid
  /// The whole buffer.
  public var place: Place
  /// Bytes from its start to channel 0 of pixel (0, 0) of image 0.
  public var base: Int
  /// Maps of the batch.
  public var images: Int
  /// Rows of a map.
  public var height: Int
  /// Columns of a map.
  public var width: Int
  /// Channels of a pixel.
  public var channels: Int
  /// Bytes between neighbouring pixels of a row.
  public var pixelStride: Int
  /// Bytes between neighbouring rows.
  public var rowStride: Int
  /// Bytes between neighbouring images.
  public var imageStride: Int
  /// Pixels around each image: top, left, bottom, right.
  public var border: [Int]

  /// Makes a map.
  public init(
    element: FeatureElement, grid: FeatureGrid, place: Place, base: Int, images: Int, height: Int,
    width: Int, channels: Int, pixelStride: Int, rowStride: Int, imageStride: Int, border: [Int]
  ) {
    precondition(border.count == 4)
    self.element = element
    self.grid = grid
    self.place = place
    self.base = base
    self.images = images
    self.height = height
    self.width = width
    self.channels = channels
    self.pixelStride = pixelStride
    self.rowStride = rowStride
    self.imageStride = imageStride
    self.border = border
  }

  /// The channels `range` of the same pixels.
  public func channels(_ range: Range<Int>) -> FeatureMap {
    precondition(range.lowerBound >= 0 && range.upperBound <= channels)
    var part = self
    part.base += range.lowerBound * element.byteCount
    part.channels = range.count
    return part
  }

  /// The shape of the same numbers in planes.
  public var shape: Shape { [images, channels, height, width] }

  /// Whether the pixels of a row lie without gaps between them.
  public var isDense: Bool { pixelStride == channels * element.byteCount }

  /// Bytes that the map's own elements take.
  public var byteCount: Int { images * height * width * channels * element.byteCount }
}
