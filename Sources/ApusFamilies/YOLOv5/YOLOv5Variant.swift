/// Tells the published sizes by the multiples of depth and width, in layouts of v6.0 and of before.
enum YOLOv5Variant {
  /// The classes of modules that the published sizes consist of.
  private static let usual: Set<String> = [
    "Conv", "Focus", "C3", "BottleneckCSP", "SPP", "SPPF", "Upsample", "Concat",
  ]

  /// The published variant; nil for everything else.
  static func variant(of architecture: LayeredArchitecture, strides: [Int]) -> Variant? {
    guard architecture.body.layers.allSatisfy({ usual.contains($0.className) }),
      let width = stemChannels(architecture).map({ Double($0) / 64 }),
      let size = YOLOv5Network.scales.first(where: {
        $0.value.width == width && hasDepth($0.value.depth, architecture)
      })?.key
    else { return nil }
    let ending: String
    switch strides {
    case [8, 16, 32]: ending = ""
    case [8, 16, 32, 64]: ending = "6"
    default: return nil
    }
    return YOLOv5.variants.first { $0.name == "yolov5\(size)\(ending)" }
  }

  /// The channels that the first layer makes: 64 times the width.
  private static func stemChannels(_ architecture: LayeredArchitecture) -> Int? {
    switch architecture.body.layers.first?.block {
    case let block as ConvolutionBlock: block.convolution.outputChannels
    case let block as Focus: block.block.convolution.outputChannels
    default: nil
    }
  }

  /// Whether the first four stages have the bottlenecks of v6.0 (3, 6, 9, 3) or of older versions
  /// (3, 9, 9, 3, or 3, 9, 9 before the pools), times the depth and rounded to even.
  private static func hasDepth(_ depth: Double, _ architecture: LayeredArchitecture) -> Bool {
    let counts = architecture.body.layers.compactMap { bottlenecks($0.block) }
    func scaled(_ full: [Int]) -> [Int] {
      full.map { max(Int((Double($0) * depth).rounded(.toNearestOrEven)), 1) }
    }
    return [[3, 6, 9], [3, 9, 9]].contains { Array(counts.prefix(3)) == scaled($0) }
  }

  private static func bottlenecks(_ block: any Block) -> Int? {
    let body: any Block
    switch block {
    case let stage as CrossStagePartial: body = stage.body
    case let stage as CrossStagePartialPlain: body = stage.body
    default: return nil
    }
    return (body as? Chain)?.links.count
  }
}
