package import ApusGraph

// Blocks without weights: what lies between the others.

/// Blocks one after another: `Sequential`.
package struct Chain: RecordedBlock {
  package static let classNames = ["Sequential"]

  /// The blocks in order, with their names inside the chain.
  package var links: [(name: String, block: any Block)]

  /// The given blocks in order, named by their places.
  package init(_ blocks: [any Block]) {
    links = blocks.enumerated().map { ("\($0)", $1) }
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    links = []
    for child in try module.children() {
      let name = child.path.split(separator: ".").last.map(String.init) ?? ""
      links.append((name, try BlockCatalogue.block(child)))
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = inputs[0]
    for link in links {
      value = try link.block.build(in: &network, from: value, path: "\(path).\(link.name)")
    }
    return value
  }
}

/// Nothing: `Identity`, and `Dropout`, which does nothing once a model is trained.
package struct PassThrough: RecordedBlock {
  package static let classNames = ["Identity", "Dropout"]

  package init() {}
  package init(_ module: RecordedModule) throws(FamilyError) {}

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID { inputs[0] }
}

/// The inputs side by side along the channels: `Concat`.
package struct Concatenation: RecordedBlock {
  package static let classNames = ["Concat"]

  package var readsSeveral: Bool { true }

  package init() {}

  package init(_ module: RecordedModule) throws(FamilyError) {
    let axis = try module.integer("d", in: -4...3)
    guard axis == 1 || axis == -3 else {
      throw module.bad("concatenates along axis \(axis), only the channels (1) are supported")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID { try network.concatenate(inputs, name: path) }
}

/// The sum of two layers: YOLOv7's `Shortcut`.
package struct Summation: RecordedBlock {
  package static let classNames = ["Shortcut"]

  package var readsSeveral: Bool { true }

  package init() {}

  package init(_ module: RecordedModule) throws(FamilyError) {}

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    guard inputs.count == 2 else {
      throw FamilyError(
        .badRecord, at: path, "is a sum of \(inputs.count) layers, expected 2")
    }
    return try network.add(inputs[0], inputs[1], name: path)
  }
}

/// The largest number under a window: `MaxPool2d`.
package struct MaximumPool: RecordedBlock {
  package static let classNames = ["MaxPool2d"]

  package var kernel: [Int]
  package var stride: [Int]
  package var padding: [Int]
  package var roundsUp = false

  /// A square window, moved by one pixel and padded so that the size stays, unless said otherwise.
  package init(kernel: Int, stride: Int = 1, padding: Int? = nil) {
    self.kernel = [kernel, kernel]
    self.stride = [stride, stride]
    let margin = padding ?? kernel / 2
    self.padding = [margin, margin]
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    kernel = try module.pair("kernel_size")
    stride = try module.pair("stride")
    padding = try module.pair("padding", in: 0...RecordedModule.largest)
    roundsUp = try module.flag("ceil_mode")
    guard try module.pair("dilation") == [1, 1] else {
      throw module.bad("is dilated, which is not supported")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID { try network.pool(inputs[0], as: self, name: path) }
}

/// Zeros around the picture: `ZeroPad2d`.
package struct ZeroPadding: RecordedBlock {
  package static let classNames = ["ZeroPad2d"]

  /// Pixels on the left, on the right, above and below.
  package var margins: [Int]

  package init(_ module: RecordedModule) throws(FamilyError) {
    margins = try module.integers("padding", count: 4, in: 0...RecordedModule.largest)
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID { try network.pad(inputs[0], margins: margins, name: path) }
}

/// Each pixel repeated: `Upsample` in mode `nearest` by a whole factor.
package struct Upsampling: RecordedBlock {
  package static let classNames = ["Upsample"]

  package var factor: Int

  /// Each pixel repeated `factor` times along height and width.
  package init(factor: Int = 2) { self.factor = factor }

  package init(_ module: RecordedModule) throws(FamilyError) {
    let mode = try module.text("mode")
    guard mode == "nearest" else { throw module.bad("'mode' is '\(mode)', expected 'nearest'") }
    factor = try module.pair("scale_factor", in: 1...64)[0]
    guard try module.pair("scale_factor")[1] == factor else {
      throw module.bad("'scale_factor' differs between height and width")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    try network.upsample(inputs[0], factor: factor, name: path)
  }
}
