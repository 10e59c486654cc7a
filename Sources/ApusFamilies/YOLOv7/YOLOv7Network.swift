// The tables of cfg/training/*.yaml and cfg/deploy/*.yaml of WongKinYiu/yolov7. The numbers behind the lines are
// upstream's indices of layers, in tables of several sizes those of the first.

/// The layers of YOLOv7.
package struct YOLOv7Network: Sendable {
  private let classCount: Int
  private let isDeployed: Bool
  private let scale: LayerTable.Scale

  /// The tables for a number of classes.
  ///
  /// - Parameters:
  ///   - isDeployed: whether implicit knowledge and auxiliary heads are left out.
  ///   - scale: the multiple of all channels; the published networks have 1.
  package init(classCount: Int, isDeployed: Bool, scale: LayerTable.Scale = LayerTable.Scale()) {
    self.classCount = classCount
    self.isDeployed = isDeployed
    self.scale = scale
  }

  /// The network of upstream's name; nil where there is none.
  package func network(named name: String) -> LayeredArchitecture? {
    switch name {
    case "yolov7-tiny": tiny(.leakyRelu(0.1))
    case "yolov7-tiny-silu": tiny(.silu)
    case "yolov7": p5(.v7)
    case "yolov7x": p5(.x)
    case "yolov7-w6": p6(.w6)
    case "yolov7-e6": p6(.e6)
    case "yolov7-d6": p6(.d6)
    case "yolov7-e6e": p6(.e6e)
    default: nil
    }
  }

  // MARK: Three levels, strides 8 to 32

  private func tiny(_ activation: Activation) -> LayeredArchitecture {
    func conv(_ channels: Int, _ kernel: Int = 1, _ stride: Int = 1) -> LayerTable.Kind {
      .conv(channels, kernel, stride, activation: activation)
    }
    func elan(_ channels: Int) -> ELAN {
      ELAN(
        channels: channels, inner: channels, depth: 2, joins: .all, activation: activation)
    }
    var table = LayerTable()
    table.add(conv(32, 3, 2))  // 0: stride 2
    table.add(conv(64, 3, 2))  // 1: stride 4
    table.add(elan(32), to: 64)  // 7
    table.add(.maxPool)  // 8: stride 8
    let c3 = table.add(elan(64), to: 128)  // 14
    table.add(.maxPool)  // 15: stride 16
    let c4 = table.add(elan(128), to: 256)  // 21
    table.add(.maxPool)  // 22: stride 32
    table.add(elan(256), to: 512)  // 28
    let p5 = table.addTinyPyramid(256, activation: activation)  // 37

    table.addUp(128, beside: c4, activation: activation)  // 41
    let p4 = table.add(elan(64), to: 128)  // 47
    table.addUp(64, beside: c3, activation: activation)  // 51
    let n3 = table.add(elan(32), to: 64)  // 57: stride 8
    table.addDown(conv(128, 3, 2), beside: p4)  // 59
    let n4 = table.add(elan(64), to: 128)  // 65: stride 16
    table.addDown(conv(256, 3, 2), beside: p5)  // 67
    let n5 = table.add(elan(128), to: 256)  // 73: stride 32

    let leads = [
      table.add(conv(128, 3), from: n3),  // 74
      table.add(conv(256, 3), from: n4),  // 75
      table.add(conv(512, 3), from: n5),  // 76
    ]
    return architecture(table, leads: leads, anchors: AnchorSet.cocoP5)
  }

  /// What tells YOLOv7 from YOLOv7-X.
  struct P5Size {
    /// Channels of the first layer, of which all others are multiples.
    let width: Int
    /// 3x3 convolutions in an ELAN.
    let depth: Int
    /// The ELAN of the neck.
    let neck: @Sendable (_ channels: Int, _ depth: Int) -> ELAN
    /// The convolution before the head.
    let lead: @Sendable (_ channels: Int) -> LayerTable.Kind

    static let v7 = P5Size(
      width: 32, depth: 4, neck: ELAN.neck(_:depth:), lead: { .repConv($0) })
    static let x = P5Size(
      width: 40, depth: 6, neck: ELAN.backbone(_:depth:), lead: { .conv($0, 3) })
  }

  private func p5(_ size: P5Size) -> LayeredArchitecture {
    let width = size.width
    func elan(_ channels: Int) -> ELAN { .backbone(channels, depth: size.depth) }
    func neck(_ channels: Int) -> ELAN { size.neck(channels, size.depth) }
    var table = LayerTable()
    table.add(.conv(width, 3))  // 0
    table.add(.conv(2 * width, 3, 2))  // 1: stride 2
    table.add(.conv(2 * width, 3))  // 2
    table.add(.conv(4 * width, 3, 2))  // 3: stride 4
    table.add(elan(64), to: 8 * width)  // 11
    table.addMaxPoolDown(4 * width)  // 16: stride 8
    let c3 = table.add(elan(128), to: 16 * width)  // 24
    table.addMaxPoolDown(8 * width)  // 29: stride 16
    let c4 = table.add(elan(256), to: 32 * width)  // 37
    table.addMaxPoolDown(16 * width)  // 42: stride 32
    table.add(elan(256), to: 32 * width)  // 50
    let p5 = table.add(.sppcspc(16 * width))  // 51

    table.addUp(8 * width, beside: c4)  // 55
    let p4 = table.add(neck(256), to: 8 * width)  // 63
    table.addUp(4 * width, beside: c3)  // 67
    let n3 = table.add(neck(128), to: 4 * width)  // 75: stride 8
    table.addMaxPoolDown(4 * width, beside: p4)  // 80
    let n4 = table.add(neck(256), to: 8 * width)  // 88: stride 16
    table.addMaxPoolDown(8 * width, beside: p5)  // 93
    let n5 = table.add(neck(512), to: 16 * width)  // 101: stride 32

    let leads = [
      table.add(size.lead(8 * width), from: n3),  // 102
      table.add(size.lead(16 * width), from: n4),  // 103
      table.add(size.lead(32 * width), from: n5),  // 104
    ]
    return architecture(table, leads: leads, anchors: AnchorSet.cocoYOLOv7)
  }

  // MARK: Four levels, strides 8 to 64

  /// What tells the sizes of four levels apart.
  struct P6Size {
    /// Channels of the first convolution, of which all others are multiples.
    let width: Int
    /// The same for the auxiliary heads.
    let auxiliaryWidth: Int
    /// 3x3 convolutions in an ELAN.
    let depth: Int
    /// Whether each ELAN is an E-ELAN.
    var isExtended = false
    /// What halves the size.
    let down: @Sendable (_ channels: Int) -> LayerTable.Kind

    static let w6 = P6Size(width: 64, auxiliaryWidth: 80, depth: 4) { .conv($0, 3, 2) }
    static let e6 = P6Size(width: 80, auxiliaryWidth: 80, depth: 6) { .downC($0) }
    static let d6 = P6Size(width: 96, auxiliaryWidth: 96, depth: 8) { .downC($0) }
    static let e6e = P6Size(width: 80, auxiliaryWidth: 80, depth: 6, isExtended: true) {
      .downC($0)
    }

    /// Appends a stage; the auxiliary heads read the second transition of an E-ELAN, not the sum.
    func add(
      _ elan: (Int, _ depth: Int) -> ELAN, _ channels: Int, to output: Int,
      in table: inout LayerTable
    ) -> (output: Int, auxiliary: Int) {
      let stage = elan(channels, depth)
      if isExtended {
        let (sum, second) = table.addExtended(stage, to: output)
        return (sum, second)
      }
      let transition = table.add(stage, to: output)
      return (transition, transition)
    }
  }

  private func p6(_ size: P6Size) -> LayeredArchitecture {
    let width = size.width
    var table = LayerTable()
    @discardableResult
    func elan(_ channels: Int, to output: Int) -> Int {
      size.add(ELAN.backbone(_:depth:), channels, to: output, in: &table).output
    }
    func neck(_ channels: Int, to output: Int) -> (output: Int, auxiliary: Int) {
      size.add(ELAN.neck(_:depth:), channels, to: output, in: &table)
    }
    table.add(.reOrg)  // 0: stride 2
    table.add(.conv(width, 3))  // 1
    table.add(size.down(2 * width))  // 2: stride 4
    elan(64, to: 2 * width)  // 10
    table.add(size.down(4 * width))  // 11: stride 8
    let c3 = elan(128, to: 4 * width)  // 19
    table.add(size.down(8 * width))  // 20: stride 16
    let c4 = elan(256, to: 8 * width)  // 28
    table.add(size.down(12 * width))  // 29: stride 32
    let c5 = elan(384, to: 12 * width)  // 37
    table.add(size.down(16 * width))  // 38: stride 64
    elan(512, to: 16 * width)  // 46
    let p6 = table.add(.sppcspc(8 * width))  // 47

    table.addUp(6 * width, beside: c5)  // 51
    let p5 = neck(384, to: 6 * width)  // 59
    table.addUp(4 * width, beside: c4)  // 63
    let p4 = neck(256, to: 4 * width)  // 71
    table.addUp(2 * width, beside: c3)  // 75
    let n3 = neck(128, to: 2 * width)  // 83: stride 8
    table.addDown(size.down(4 * width), beside: p4.output)  // 85
    let n4 = neck(256, to: 4 * width)  // 93: stride 16
    table.addDown(size.down(6 * width), beside: p5.output)  // 95
    let n5 = neck(384, to: 6 * width)  // 103: stride 32
    table.addDown(size.down(8 * width), beside: p6)  // 105
    let n6 = neck(512, to: 8 * width)  // 113: stride 64

    let leads = [
      table.add(.conv(4 * width, 3), from: n3.output),  // 114
      table.add(.conv(8 * width, 3), from: n4.output),  // 115
      table.add(.conv(12 * width, 3), from: n5.output),  // 116
      table.add(.conv(16 * width, 3), from: n6.output),  // 117
    ]
    guard !isDeployed else {
      return architecture(table, leads: leads, anchors: AnchorSet.cocoP6)
    }
    let auxiliaries = [
      table.add(.conv(4 * size.auxiliaryWidth, 3), from: n3.auxiliary),  // 118
      table.add(.conv(8 * size.auxiliaryWidth, 3), from: p4.auxiliary),  // 119
      table.add(.conv(12 * size.auxiliaryWidth, 3), from: p5.auxiliary),  // 120
      table.add(.conv(16 * size.auxiliaryWidth, 3), from: p6),  // 121
    ]
    return architecture(
      table, leads: leads, auxiliaries: auxiliaries, anchors: AnchorSet.cocoP6)
  }

  // MARK: The head

  /// The network of a table with the head of its form; anchors in pixels.
  private func architecture(
    _ table: LayerTable, leads: [Int], auxiliaries: [Int] = [], anchors: [[[Float]]]
  ) -> LayeredArchitecture {
    let (layers, channels) = table.layers(scale)
    let anchors = AnchorSet(pixels: anchors, strides: leads.indices.map { 8 << $0 })
    func detection(_ sources: [Int]) -> AnchorDetection {
      AnchorDetection(
        sources: sources, channels: sources.map { channels[$0] }, classCount: classCount,
        anchors: anchors, hasAnchorGrid: true)
    }
    let lead = detection(leads)
    if isDeployed { return LayeredArchitecture(layers, head: lead) }
    return LayeredArchitecture(
      layers,
      head: ImplicitDetection(
        lead: lead, auxiliary: auxiliaries.isEmpty ? nil : detection(auxiliaries)))
  }
}
