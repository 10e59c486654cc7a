// The pieces of which YOLOv7's tables consist, by the names of the paper (arXiv 2207.02696).

/// Convolutions in a row whose outputs go on side by side: an efficient layer aggregation network.
///
/// Two 1x1 convolutions read one layer; `depth` 3x3 ones follow the second, one after another. Both, and the 3x3 ones
/// that `joins` names, go into a 1x1 convolution, the transition.
struct ELAN: Sendable {
  /// Which of the 3x3 convolutions go on.
  enum Joins: Sendable {
    case all, everySecond
  }

  /// Channels of the 1x1 convolutions.
  var channels: Int
  /// Channels of the 3x3 convolutions.
  var inner: Int
  /// The number of 3x3 convolutions.
  var depth: Int
  var joins: Joins
  var activation = Activation.silu

  /// As in the backbone: every second convolution goes on.
  static func backbone(_ channels: Int, depth: Int) -> ELAN {
    ELAN(channels: channels, inner: channels, depth: depth, joins: .everySecond)
  }

  /// As in the neck, ELAN-H: 3x3 convolutions of half the channels, all of which go on.
  static func neck(_ channels: Int, depth: Int) -> ELAN {
    ELAN(channels: channels, inner: channels / 2, depth: depth, joins: .all)
  }
}

extension LayerTable {
  /// An ELAN behind a layer, the last one unless said otherwise; returns its transition of `output` channels.
  @discardableResult
  mutating func add(_ elan: ELAN, to output: Int, from source: Int? = nil) -> Int {
    func conv(_ channels: Int, _ kernel: Int = 1) -> Kind {
      .conv(channels, kernel, activation: elan.activation)
    }
    let source = source ?? count - 1
    var joined = [add(conv(elan.channels), from: source), add(conv(elan.channels), from: source)]
    for step in 1...elan.depth {
      let layer = add(conv(elan.inner, 3))
      if elan.joins == .all || step.isMultiple(of: 2) { joined.append(layer) }
    }
    add(.concat, from: joined.reversed())
    return add(conv(output))
  }

  /// E-ELAN: two of them beside each other, added.
  ///
  /// - Returns: the sum, and the second transition, which auxiliary heads read.
  mutating func addExtended(_ elan: ELAN, to output: Int) -> (sum: Int, second: Int) {
    let source = count - 1
    let first = add(elan, to: output, from: source)
    let second = add(elan, to: output, from: source)
    return (add(.sum, from: [second, first]), second)
  }

  /// Half the size by a pool and by a convolution, `channels` each, and beside them a layer of that size.
  mutating func addMaxPoolDown(_ channels: Int, beside lateral: Int? = nil) {
    let source = count - 1
    add(.maxPool)
    let pooled = add(.conv(channels))
    add(.conv(channels), from: source)
    let strided = add(.conv(channels, 3, 2))
    add(.concat, from: [strided, pooled] + (lateral.map { [$0] } ?? []))
  }

  /// A smaller layer, by `down`, beside one of that size.
  mutating func addDown(_ down: Kind, beside lateral: Int) {
    add(.concat, from: [add(down), lateral])
  }

  /// Twice the size, beside a layer of that size; `channels` each.
  mutating func addUp(
    _ channels: Int, beside lateral: Int, activation: Activation = .silu
  ) {
    add(.conv(channels, activation: activation))
    let upsampled = add(.upsample)
    let past = add(.conv(channels, activation: activation), from: lateral)
    add(.concat, from: [past, upsampled])
  }

  /// The layers of `SPPCSPC` with fewer convolutions, as YOLOv7-tiny lists them.
  mutating func addTinyPyramid(_ channels: Int, activation: Activation) -> Int {
    let conv = Kind.conv(channels, activation: activation)
    let source = count - 1
    let past = add(conv, from: source)
    let inner = add(conv, from: source)
    let pools = [5, 9, 13].map { add(.spatialPool($0), from: inner) }
    add(.concat, from: pools.reversed() + [inner])
    add(.concat, from: [add(conv), past])
    return add(conv)
  }
}

extension LayerTable.Kind {
  /// `MP`: half the size.
  static let maxPool = Self("MP") { inputs, _, _ in
    (PoolLayer(MaximumPool(kernel: 2, stride: 2, padding: 0)), inputs[0])
  }

  /// `SP`: a pool that keeps the size.
  static func spatialPool(_ kernel: Int) -> Self {
    Self("SP") { inputs, _, _ in (PoolLayer(MaximumPool(kernel: kernel)), inputs[0]) }
  }

  /// `ReOrg`: half the size, four times the channels.
  static let reOrg = Self("ReOrg") { inputs, _, _ in (PixelsIntoChannels(), 4 * inputs[0]) }

  /// `Shortcut`: the sum of two layers.
  static let sum = Self("Shortcut") { inputs, _, _ in (Summation(), inputs[0]) }

  /// `DownC`: half the size, by a convolution and by a pool.
  static func downC(_ channels: Int) -> Self {
    Self("DownC") { inputs, _, scale in
      let output = scale.channels(channels)
      return (PooledDownsampling(inputs[0], output), output)
    }
  }

  /// `SPPCSPC`: pools of several sizes.
  static func sppcspc(_ channels: Int) -> Self {
    Self("SPPCSPC") { inputs, _, scale in
      let output = scale.channels(channels)
      return (CrossStagePyramid(inputs[0], output), output)
    }
  }

  /// `RepConv`: a 3x3 convolution in branches.
  static func repConv(_ channels: Int) -> Self {
    Self("RepConv") { inputs, _, scale in
      let output = scale.channels(channels)
      return (RepConvolution(inputs[0], output), output)
    }
  }
}
