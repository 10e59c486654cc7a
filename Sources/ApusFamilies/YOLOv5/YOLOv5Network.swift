// The tables of models/yolov5*.yaml and models/hub/yolov5*6.yaml, tag v6.0, of ultralytics/yolov5.

/// The layers of YOLOv5 v6.0.
enum YOLOv5Network {
  /// The multiples of the sizes.
  static let scales = [
    "n": LayerTable.Scale(depth: 0.33, width: 0.25),
    "s": LayerTable.Scale(depth: 0.33, width: 0.50),
    "m": LayerTable.Scale(depth: 0.67, width: 0.75),
    "l": LayerTable.Scale(depth: 1.00, width: 1.00),
    "x": LayerTable.Scale(depth: 1.33, width: 1.25),
  ]

  /// Three levels, strides 8 to 32.
  static func p5(_ scale: LayerTable.Scale, classCount: Int) -> LayeredArchitecture {
    var table = LayerTable()
    table.add(.conv(64, 6, 2, padding: 2))  // 0: stride 2
    table.add(.conv(128, 3, 2))  // 1: stride 4
    table.add(.c3(128), count: 3)
    table.add(.conv(256, 3, 2))  // 3: stride 8
    table.add(.c3(256), count: 6)
    table.add(.conv(512, 3, 2))  // 5: stride 16
    table.add(.c3(512), count: 9)
    table.add(.conv(1024, 3, 2))  // 7: stride 32
    table.add(.c3(1024), count: 3)
    table.add(.sppf(1024))  // 9

    table.add(.conv(512))  // 10
    table.add(.upsample)
    table.add(.concat, from: [-1, 6])
    table.add(.c3(512, shortcut: false), count: 3)  // 13

    table.add(.conv(256))  // 14
    table.add(.upsample)
    table.add(.concat, from: [-1, 4])
    table.add(.c3(256, shortcut: false), count: 3)  // 17: stride 8

    table.add(.conv(256, 3, 2))
    table.add(.concat, from: [-1, 14])
    table.add(.c3(512, shortcut: false), count: 3)  // 20: stride 16

    table.add(.conv(512, 3, 2))
    table.add(.concat, from: [-1, 10])
    table.add(.c3(1024, shortcut: false), count: 3)  // 23: stride 32

    return network(
      table, scale, sources: [17, 20, 23], classCount: classCount,
      anchors: AnchorSet(pixels: AnchorSet.cocoP5, strides: [8, 16, 32]))
  }

  /// Four levels, strides 8 to 64.
  static func p6(_ scale: LayerTable.Scale, classCount: Int) -> LayeredArchitecture {
    var table = LayerTable()
    table.add(.conv(64, 6, 2, padding: 2))  // 0: stride 2
    table.add(.conv(128, 3, 2))  // 1: stride 4
    table.add(.c3(128), count: 3)
    table.add(.conv(256, 3, 2))  // 3: stride 8
    table.add(.c3(256), count: 6)
    table.add(.conv(512, 3, 2))  // 5: stride 16
    table.add(.c3(512), count: 9)
    table.add(.conv(768, 3, 2))  // 7: stride 32
    table.add(.c3(768), count: 3)
    table.add(.conv(1024, 3, 2))  // 9: stride 64
    table.add(.c3(1024), count: 3)
    table.add(.sppf(1024))  // 11

    table.add(.conv(768))  // 12
    table.add(.upsample)
    table.add(.concat, from: [-1, 8])
    table.add(.c3(768, shortcut: false), count: 3)  // 15

    table.add(.conv(512))  // 16
    table.add(.upsample)
    table.add(.concat, from: [-1, 6])
    table.add(.c3(512, shortcut: false), count: 3)  // 19

    table.add(.conv(256))  // 20
    table.add(.upsample)
    table.add(.concat, from: [-1, 4])
    table.add(.c3(256, shortcut: false), count: 3)  // 23: stride 8

    table.add(.conv(256, 3, 2))
    table.add(.concat, from: [-1, 20])
    table.add(.c3(512, shortcut: false), count: 3)  // 26: stride 16

    table.add(.conv(512, 3, 2))
    table.add(.concat, from: [-1, 16])
    table.add(.c3(768, shortcut: false), count: 3)  // 29: stride 32

    table.add(.conv(768, 3, 2))
    table.add(.concat, from: [-1, 12])
    table.add(.c3(1024, shortcut: false), count: 3)  // 32: stride 64

    return network(
      table, scale, sources: [23, 26, 29, 32], classCount: classCount,
      anchors: AnchorSet(pixels: AnchorSet.cocoP6, strides: [8, 16, 32, 64]))
  }

  private static func network(
    _ table: LayerTable, _ scale: LayerTable.Scale, sources: [Int], classCount: Int,
    anchors: AnchorSet
  ) -> LayeredArchitecture {
    let (layers, channels) = table.layers(scale)
    let head = AnchorDetection(
      sources: sources, channels: sources.map { channels[$0] }, classCount: classCount,
      anchors: anchors)
    return LayeredArchitecture(layers, head: head)
  }
}

extension LayerTable.Kind {
  /// `C3`: a stage with bottlenecks, past which half of the channels go.
  static func c3(_ channels: Int, shortcut: Bool = true) -> Self {
    Self("C3") { inputs, count, scale in
      let output = scale.channels(channels)
      return (CrossStagePartial(inputs[0], output, count: count, shortcut: shortcut), output)
    }
  }
}
