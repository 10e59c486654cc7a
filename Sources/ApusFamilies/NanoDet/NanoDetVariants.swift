// The files of config/ and config/legacy_v0.x_configs/ of RangiLyu/nanodet, and the AP of its README.

/// The published networks.
///
/// A network of two input sizes stands here twice, with the same layers. New ones start as upstream's do without the
/// backbone pretrained on ImageNet, which upstream downloads.
enum NanoDetVariants {
  /// A published network and how it is made for a number of classes.
  struct Row: Sendable {
    let variant: Variant
    let make: @Sendable (_ classCount: Int) -> NanoDetArchitecture

    init(
      _ name: String, side: Int, ap: Double, ap50: Double? = nil,
      _ make: @escaping @Sendable (_ classCount: Int) -> NanoDetArchitecture
    ) {
      variant = Variant(.nanodet, name, side: side, ap: ap, ap50: ap50)
      self.make = make
    }
  }

  static let table: [Row] = [
    Row("nanodet-m-0.5x", side: 320, ap: 13.5, ap50: 24.5) { m(half, channels: 96, $0) },
    Row("nanodet-m", side: 320, ap: 20.6) { m(full, channels: 96, $0) },
    Row("nanodet-m-416", side: 416, ap: 23.5, ap50: 38.4) { m(full, channels: 96, $0) },
    Row("nanodet-m-1.5x", side: 320, ap: 23.5, ap50: 38.4) { m(large, channels: 128, $0) },
    Row("nanodet-m-1.5x-416", side: 416, ap: 26.8, ap50: 42.4) { m(large, channels: 128, $0) },
    Row("nanodet-t", side: 320, ap: 21.7, ap50: 36.3) { t($0) },
    Row("nanodet-EfficientNet-Lite0_320", side: 320, ap: 24.7, ap50: 40.4) {
      lite(.lite0, channels: 96, layers: 2, bins: 8, $0)
    },
    Row("nanodet-EfficientNet-Lite1_416", side: 416, ap: 30.3, ap50: 47.1) {
      lite(.lite1, channels: 128, layers: 3, bins: 11, $0)
    },
    Row("nanodet-EfficientNet-Lite2_512", side: 512, ap: 32.6, ap50: 50.1) {
      lite(.lite2, channels: 128, layers: 4, bins: 11, $0)
    },
    Row("nanodet-g", side: 416, ap: 22.9) {
      plain(CustomCSPNet.g, layers: 1, activation: .leakyRelu(0.1), $0)
    },
    Row("nanodet-RepVGG-A0_416", side: 416, ap: 27.8) {
      plain(RepVGG.a0, layers: 2, activation: .relu, $0)
    },
    Row("nanodet-plus-m_320", side: 320, ap: 27.0, ap50: 41.8) { plus(full, channels: 96, $0) },
    Row("nanodet-plus-m_416", side: 416, ap: 30.4, ap50: 45.9) { plus(full, channels: 96, $0) },
    Row("nanodet-plus-m-1.5x_320", side: 320, ap: 29.9, ap50: 45.4) {
      plus(large, channels: 128, $0)
    },
    Row("nanodet-plus-m-1.5x_416", side: 416, ap: 34.1, ap50: 50.6) {
      plus(large, channels: 128, $0)
    },
  ]

  private static let half = ShuffleNetV2(channels: [48, 96, 192])
  private static let full = ShuffleNetV2(channels: [116, 232, 464])
  private static let large = ShuffleNetV2(channels: [176, 352, 704])

  /// NanoDet-m: ShuffleNetV2 and a PAN.
  private static func m(
    _ backbone: ShuffleNetV2, channels: Int, _ classCount: Int
  ) -> NanoDetArchitecture {
    NanoDetArchitecture(
      backbone: backbone, neck: PAN(backbone.outputChannels, channels: channels),
      head: NanoDetHead(.nanodet, classCount: classCount, channels: channels))
  }

  /// NanoDet-t: attention in place of a PAN.
  private static func t(_ classCount: Int) -> NanoDetArchitecture {
    NanoDetArchitecture(
      backbone: full, neck: TAN(full.outputChannels, channels: 128, side: 20),
      head: NanoDetHead(.nanodet, classCount: classCount, channels: 128))
  }

  /// EfficientNet-Lite and a PAN, all with ReLU6.
  private static func lite(
    _ backbone: EfficientNetLite, channels: Int, layers: Int, bins: Int, _ classCount: Int
  ) -> NanoDetArchitecture {
    var head = NanoDetHead(
      .nanodet, classCount: classCount, bins: bins, channels: channels, depth: layers)
    head.activation = .relu6
    return NanoDetArchitecture(
      backbone: backbone, neck: PAN(backbone.outputChannels, channels: channels), head: head)
  }

  /// A backbone of plain convolutions, a PAN, and a head of plain convolutions.
  private static func plain(
    _ backbone: any FeatureStage, layers: Int, activation: Activation, _ classCount: Int
  ) -> NanoDetArchitecture {
    var head = NanoDetHead(
      .nanodet, classCount: classCount, bins: 11, channels: 128, depth: layers)
    head.isDepthwise = false
    head.activation = activation
    return NanoDetArchitecture(
      backbone: backbone, neck: PAN(backbone.outputChannels, channels: 128), head: head)
  }

  /// NanoDet-Plus-m: ShuffleNetV2 and a GhostPAN, and beside it for training another one and a large head.
  private static func plus(
    _ backbone: ShuffleNetV2, channels: Int, _ classCount: Int
  ) -> NanoDetArchitecture {
    var head = NanoDetHead(.plus, levels: 4, classCount: classCount, channels: channels)
    head.kernel = 5
    return NanoDetArchitecture(
      backbone: backbone, neck: GhostPAN(backbone.outputChannels, channels: channels), head: head,
      auxiliary: AuxiliaryHead(classCount: classCount, channels: 2 * channels))
  }
}
