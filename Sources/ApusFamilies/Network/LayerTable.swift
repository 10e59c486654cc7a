/// A network as its paper's table has it: one row for each layer.
///
/// Rows name channels and repeats of the full-size network; a scale turns them into those of a variant.
package struct LayerTable: Sendable {
  /// The multiples that make a variant.
  package struct Scale: Sendable, Hashable {
    /// Factor of the number of repeats.
    package let depth: Double
    /// Factor of the number of channels.
    package let width: Double
    /// Channels are cut to this before they are multiplied.
    package let maximumChannels: Int

    /// Multiples.
    package init(depth: Double = 1, width: Double = 1, maximumChannels: Int = .max) {
      self.depth = depth
      self.width = width
      self.maximumChannels = maximumChannels
    }

    /// Channels of the variant: the full number cut, multiplied and rounded up to a multiple of 8.
    package func channels(_ full: Int) -> Int {
      Int((Double(min(full, maximumChannels)) * width / 8).rounded(.up)) * 8
    }

    /// Repeats of the variant, at least 1: Python's `round`, to even.
    package func count(_ full: Int) -> Int {
      full > 1 ? max(Int((Double(full) * depth).rounded(.toNearestOrEven)), 1) : full
    }
  }

  /// What a row is made into: a block, and the channels that come out of it.
  package struct Kind: Sendable {
    let className: String
    let make: @Sendable (_ inputs: [Int], _ count: Int, _ scale: Scale) -> (any Block, Int)

    /// A kind of layer; `make` gets the channels of its inputs, its repeats and the scale.
    package init(
      _ className: String,
      make: @escaping @Sendable (_ inputs: [Int], _ count: Int, _ scale: Scale) -> (any Block, Int)
    ) {
      self.className = className
      self.make = make
    }
  }

  /// One layer.
  package struct Row: Sendable {
    /// The layers it reads: negative numbers count back from the row itself.
    let sources: [Int]
    /// Repeats of the full-size network.
    let count: Int
    /// What it is.
    let kind: Kind
  }

  private var rows: [Row] = []

  /// A table without rows.
  package init() {}

  /// Adds a layer that reads one other, the one before it unless said otherwise, and returns its index.
  @discardableResult
  package mutating func add(_ kind: Kind, from source: Int = -1, count: Int = 1) -> Int {
    rows.append(Row(sources: [source], count: count, kind: kind))
    return rows.count - 1
  }

  /// Adds a layer that reads several others, and returns its index.
  @discardableResult
  package mutating func add(_ kind: Kind, from sources: [Int]) -> Int {
    rows.append(Row(sources: sources, count: 1, kind: kind))
    return rows.count - 1
  }

  /// The number of rows.
  package var count: Int { rows.count }

  /// The layers of a variant, and the channels that come out of each.
  package func layers(
    _ scale: Scale, inputChannels: Int = 3
  ) -> (layers: LayerList, channels: [Int]) {
    var layers: [LayerList.Layer] = []
    var channels: [Int] = []
    for (index, row) in rows.enumerated() {
      let sources = row.sources.map { $0 < 0 ? index + $0 : $0 }
      let inputs = sources.map { $0 < 0 ? inputChannels : channels[$0] }
      let (block, output) = row.kind.make(inputs, scale.count(row.count), scale)
      layers.append(LayerList.Layer(block, from: sources, className: row.kind.className))
      channels.append(output)
    }
    return (LayerList(layers), channels)
  }
}

extension LayerTable.Kind {
  /// `Conv`: convolution, normalisation and activation.
  package static func conv(
    _ channels: Int, _ kernel: Int = 1, _ stride: Int = 1, padding: Int? = nil,
    activation: Activation = .silu
  ) -> Self {
    Self("Conv") { inputs, _, scale in
      let output = scale.channels(channels)
      let convolution = Convolution(
        inputs[0], output, kernel: kernel, stride: stride, padding: padding)
      return (ConvolutionBlock(convolution, activation: activation), output)
    }
  }

  /// `Concat` along the channels.
  package static let concat = Self("Concat") { inputs, _, _ in
    (Concatenation(), inputs.reduce(0, +))
  }

  /// `nn.Upsample`: every pixel twice along height and width.
  package static let upsample = Self("Upsample") { inputs, _, _ in (Upsampling(), inputs[0]) }

  /// `SPPF`: one pool three times in a row.
  package static func sppf(_ channels: Int, _ kernel: Int = 5) -> Self {
    Self("SPPF") { inputs, _, scale in
      let output = scale.channels(channels)
      return (SpatialPyramidFast(inputs[0], output, kernel: kernel), output)
    }
  }
}
