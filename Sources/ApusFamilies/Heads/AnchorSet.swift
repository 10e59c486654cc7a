/// The anchors of a head, in cells and in pixels.
public struct AnchorSet: Sendable, Hashable {
  /// Input pixels per cell of each level.
  public let strides: [Int]
  /// Width and height in cells, `[level][anchor][2]`: what the checkpoint holds.
  public let grid: [[[Float]]]

  /// Anchors in cells with the strides of their levels.
  public init(grid: [[[Float]]], strides: [Int]) {
    self.grid = grid
    self.strides = strides
  }

  /// Anchors in input pixels with the strides of their levels.
  public init(pixels: [[[Float]]], strides: [Int]) {
    self.init(
      grid: zip(pixels, strides).map { level, stride in level.map { $0.map { $0 / Float(stride) } }
      },
      strides: strides)
  }

  /// Numbers `[level, anchor, 2]` in the order of memory, in lists.
  static func grid(_ numbers: [Float], levels: Int, count: Int) -> [[[Float]]] {
    (0..<levels).map { level in
      (0..<count).map { anchor in
        let place = 2 * (level * count + anchor)
        return [numbers[place], numbers[place + 1]]
      }
    }
  }

  /// Width and height in input pixels: cells times stride, exact in binary32.
  ///
  /// Never read from `anchor_grid`, which files may hold stale or zero.
  public var pixels: [[[Float]]] {
    zip(grid, strides).map { level, stride in level.map { $0.map { $0 * Float(stride) } } }
  }

  /// Whether the anchors are the ones that upstream ships for COCO, by value.
  public var areCOCODefaults: Bool { Self.cocoDefaults(equalTo: pixels) != nil }

  /// Whose default anchors for COCO have these sizes in pixels; nil where they are nobody's.
  public static func cocoDefaults(equalTo pixels: [[[Float]]]) -> String? {
    switch pixels {
    case cocoP5: "YOLOv5 and YOLOv7-tiny (three levels)"
    case cocoP6: "YOLOv5 and YOLOv7 (four levels)"
    case cocoYOLOv7: "YOLOv7 (three levels)"
    default: nil
    }
  }

  /// The default anchors of three levels, in pixels.
  public static let cocoP5: [[[Float]]] = [
    [[10, 13], [16, 30], [33, 23]],
    [[30, 61], [62, 45], [59, 119]],
    [[116, 90], [156, 198], [373, 326]],
  ]

  /// The default anchors of YOLOv7 and YOLOv7-X, in pixels; its other sizes use those of YOLOv5.
  public static let cocoYOLOv7: [[[Float]]] = [
    [[12, 16], [19, 36], [40, 28]],
    [[36, 75], [76, 55], [72, 146]],
    [[142, 110], [192, 243], [459, 401]],
  ]

  /// The default anchors of four levels, in pixels.
  public static let cocoP6: [[[Float]]] = [
    [[19, 27], [44, 40], [38, 94]],
    [[96, 68], [86, 152], [180, 137]],
    [[140, 301], [303, 264], [238, 542]],
    [[436, 615], [739, 380], [925, 792]],
  ]
}
