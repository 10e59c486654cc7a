import ApusFamilies
import Testing

/// The published networks written down with the same blocks that records are read as.
@Suite("YOLOv5 written down")
struct WrittenNetworkTests {
  struct Size: CustomTestStringConvertible {
    let name: String
    let depth: Double
    let width: Double
    let parameters: Int
    var testDescription: String { name }
  }

  /// Parameters of upstream's models, normalisation unfused.
  static let sizes = [
    Size(name: "n", depth: 0.33, width: 0.25, parameters: 1_872_157),
    Size(name: "s", depth: 0.33, width: 0.50, parameters: 7_235_389),
    Size(name: "m", depth: 0.67, width: 0.75, parameters: 21_190_557),
    Size(name: "l", depth: 1.00, width: 1.00, parameters: 46_563_709),
    Size(name: "x", depth: 1.33, width: 1.25, parameters: 86_749_405),
  ]

  /// The layers of v6.0 with three levels.
  static func network(depth: Double, width: Double) -> YOLOv5Architecture {
    func c(_ full: Int) -> Int { Int((Double(full) * width / 8).rounded(.up)) * 8 }
    func n(_ full: Int) -> Int { max(Int((Double(full) * depth).rounded(.toNearestOrEven)), 1) }
    typealias Layer = YOLOv5Architecture.Layer
    var layers: [Layer] = []
    func conv(_ from: Int, _ to: Int, _ k: Int = 1, _ s: Int = 1, padding: Int? = nil) {
      let block = ConvolutionBlock(
        Convolution(from, to, kernel: k, stride: s, padding: padding))
      layers.append(Layer(block, from: [layers.count - 1], className: "Conv"))
    }
    func stage(_ from: Int, _ to: Int, _ count: Int, shortcut: Bool) {
      let block = CrossStagePartial(from, to, count: count, shortcut: shortcut)
      layers.append(Layer(block, from: [layers.count - 1], className: "C3"))
    }
    func join(_ other: Int) {
      layers.append(
        Layer(Concatenation(), from: [layers.count - 1, other], className: "Concat"))
    }
    func enlarge() {
      layers.append(Layer(Upsampling(), from: [layers.count - 1], className: "Upsample"))
    }
    conv(3, c(64), 6, 2, padding: 2)
    for (small, count) in [(64, 3), (128, 6), (256, 9), (512, 3)] {
      conv(c(small), c(2 * small), 3, 2)
      stage(c(2 * small), c(2 * small), n(count), shortcut: true)
    }
    layers.append(
      Layer(SpatialPyramidFast(c(1024), c(1024)), from: [8], className: "SPPF"))
    for (large, other) in [(1024, 6), (512, 4)] {
      conv(c(large), c(large / 2))
      enlarge()
      join(other)
      stage(c(large / 2) * 2, c(large / 2), n(3), shortcut: false)
    }
    for (small, other) in [(256, 14), (512, 10)] {
      conv(c(small), c(small), 3, 2)
      join(other)
      stage(2 * c(small), c(2 * small), n(3), shortcut: false)
    }
    let anchors = zip(YOLOv5Anchors.cocoP5, [Float(8), 16, 32]).map { level, stride in
      level.map { $0.map { $0 / stride } }
    }
    return YOLOv5Architecture(
      layers: layers,
      head: YOLOv5Architecture.Head(
        sources: [17, 20, 23], channels: [c(256), c(512), c(1024)], classCount: 80,
        gridAnchors: anchors))
  }

  @Test(arguments: sizes)
  func parametersEqualUpstream(_ size: Size) throws {
    let network = Self.network(depth: size.depth, width: size.width)
    let outline = try YOLOv5Network.outline(network)
    let trained = outline.requirements.filter { !$0.name.contains("running_") }
    #expect(trained.reduce(0) { $0 + $1.shape.reduce(1, *) } == size.parameters)
    #expect(outline.strides == [8, 16, 32])
    #expect(Set(outline.requirements.map(\.name)).count == outline.requirements.count)
    #expect(YOLOv5Variant.name(of: network, strides: outline.strides) == size.name)
  }
}
