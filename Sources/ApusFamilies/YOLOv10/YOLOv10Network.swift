// The tables of ultralytics/cfg/models/v10/yolov10*.yaml of THU-MIG/yolov10.

/// The layers of YOLOv10.
enum YOLOv10Network {
  /// What tells a size from the others.
  struct Size {
    let scale: LayerTable.Scale
    /// The stages of compact inverted blocks, which upstream places where weights are of low rank; the others have
    /// bottlenecks.
    let compact: Set<Int>
    /// Those of them with a 7x7 convolution.
    let large: Set<Int>

    init(
      depth: Double, width: Double, maximumChannels: Int, compact: Set<Int>, large: Set<Int> = []
    ) {
      scale = LayerTable.Scale(depth: depth, width: width, maximumChannels: maximumChannels)
      self.compact = compact
      self.large = large
    }
  }

  /// The sizes by name.
  static let sizes = [
    "yolov10n": Size(depth: 0.33, width: 0.25, maximumChannels: 1024, compact: [22], large: [22]),
    "yolov10s": Size(
      depth: 0.33, width: 0.50, maximumChannels: 1024, compact: [8, 22], large: [8, 22]),
    "yolov10m": Size(depth: 0.67, width: 0.75, maximumChannels: 768, compact: [8, 19, 22]),
    "yolov10b": Size(depth: 0.67, width: 1.00, maximumChannels: 512, compact: [8, 13, 19, 22]),
    "yolov10l": Size(depth: 1.00, width: 1.00, maximumChannels: 512, compact: [8, 13, 19, 22]),
    "yolov10x": Size(depth: 1.00, width: 1.25, maximumChannels: 512, compact: [6, 8, 13, 19, 22]),
  ]

  /// Three levels, strides 8 to 32.
  static func architecture(
    _ size: Size, classCount: Int, isDeployed: Bool
  ) -> LayeredArchitecture {
    var table = LayerTable()
    func addStage(_ channels: Int, count: Int, shortcut: Bool = true) {
      let place = table.count
      table.add(
        size.compact.contains(place)
          ? .c2fCIB(channels, hasLargeKernel: size.large.contains(place))
          : .c2f(channels, shortcut: shortcut), count: count)
    }
    table.add(.conv(64, 3, 2))  // 0: stride 2
    table.add(.conv(128, 3, 2))  // 1: stride 4
    addStage(128, count: 3)
    table.add(.conv(256, 3, 2))  // 3: stride 8
    addStage(256, count: 6)
    table.add(.scDown(512))  // 5: stride 16
    addStage(512, count: 6)
    table.add(.scDown(1024))  // 7: stride 32
    addStage(1024, count: 3)
    table.add(.sppf(1024))  // 9
    table.add(.psa)  // 10

    table.add(.upsample)
    table.add(.concat, from: [-1, 6])
    addStage(512, count: 3, shortcut: false)  // 13

    table.add(.upsample)
    table.add(.concat, from: [-1, 4])
    addStage(256, count: 3, shortcut: false)  // 16: stride 8

    table.add(.conv(256, 3, 2))
    table.add(.concat, from: [-1, 13])
    addStage(512, count: 3, shortcut: false)  // 19: stride 16

    table.add(.scDown(512))
    table.add(.concat, from: [-1, 10])
    addStage(1024, count: 3, shortcut: false)  // 22: stride 32

    let (layers, channels) = table.layers(size.scale)
    let sources = [16, 19, 22]
    let head = DualDetection(
      sources: sources, channels: sources.map { channels[$0] }, strides: [8, 16, 32],
      classCount: classCount, isDeployed: isDeployed)
    return LayeredArchitecture(layers, head: head)
  }
}

extension LayerTable.Kind {
  /// `C2f`: a stage of 3x3 bottlenecks.
  static func c2f(_ channels: Int, shortcut: Bool) -> Self {
    Self("C2f") { inputs, count, scale in
      let output = scale.channels(channels)
      let stage = CrossStageSplit(inputs[0], output, count: count) {
        Bottleneck($0, $0, firstKernel: 3, shortcut: shortcut, expansion: 1)
      }
      return (stage, output)
    }
  }

  /// `C2fCIB`: a stage of compact inverted blocks.
  static func c2fCIB(_ channels: Int, hasLargeKernel: Bool) -> Self {
    Self("C2fCIB") { inputs, count, scale in
      let output = scale.channels(channels)
      let stage = CrossStageSplit(inputs[0], output, count: count) {
        CompactInvertedBlock($0, hasLargeKernel: hasLargeKernel)
      }
      return (stage, output)
    }
  }

  /// `SCDown`: half the height and width.
  static func scDown(_ channels: Int) -> Self {
    Self("SCDown") { inputs, _, scale in
      let output = scale.channels(channels)
      return (SeparableDownsampling(inputs[0], output), output)
    }
  }

  /// `PSA`: attention for half of the channels.
  static let psa = Self("PSA") { inputs, _, _ in (PartialAttention(inputs[0]), inputs[0]) }
}
