/// The sizes that upstream publishes, told by the multiples of depth and width.
package enum YOLOv5Variant {
  /// A published size and its multiples.
  struct Scale: Sendable {
    let name: String
    /// Factor of the number of bottlenecks in a stage.
    let depth: Double
    /// Factor of the number of channels.
    let width: Double
  }

  static let published = [
    Scale(name: "n", depth: 0.33, width: 0.25),
    Scale(name: "s", depth: 0.33, width: 0.50),
    Scale(name: "m", depth: 0.67, width: 0.75),
    Scale(name: "l", depth: 1, width: 1),
    Scale(name: "x", depth: 1.33, width: 1.25),
  ]

  /// The classes of modules that the published sizes consist of.
  private static let usual: Set<String> = [
    "Conv", "Focus", "C3", "BottleneckCSP", "SPP", "SPPF", "Upsample", "Concat",
  ]

  /// `n`, `s`, `m`, `l`, `x`, with a 6 behind it for four levels; `custom` for everything else.
  package static func name(of architecture: YOLOv5Architecture, strides: [Int]) -> String {
    guard architecture.layers.allSatisfy({ usual.contains($0.className) }),
      let width = stemChannels(architecture).map({ Double($0) / 64 }),
      let scale = published.first(where: {
        $0.width == width && hasDepth($0.depth, architecture)
      })
    else { return "custom" }
    switch strides {
    case [8, 16, 32]: return scale.name
    case [8, 16, 32, 64]: return scale.name + "6"
    default: return "custom"
    }
  }

  /// The channels that the first layer makes: 64 times the width.
  private static func stemChannels(_ architecture: YOLOv5Architecture) -> Int? {
    switch architecture.layers.first?.block {
    case let block as ConvolutionBlock: block.convolution.outputChannels
    case let block as Focus: block.block.convolution.outputChannels
    default: nil
    }
  }

  /// Whether the first four stages have the bottlenecks of v6.0 (3, 6, 9, 3) or of older versions
  /// (3, 9, 9, 3, or 3, 9, 9 before the pools), times the depth and rounded to even.
  private static func hasDepth(_ depth: Double, _ architecture: YOLOv5Architecture) -> Bool {
    let counts = architecture.layers.compactMap { bottlenecks($0.block) }
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
