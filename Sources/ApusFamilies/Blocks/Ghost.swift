package import ApusGraph

/// Half the channels by a convolution, the other half by a cheap one of these: `GhostConv`.
package struct GhostConvolution: RecordedBlock {
  package static let classNames = ["GhostConv"]

  package var main: ConvolutionBlock
  package var cheap: ConvolutionBlock

  package init(_ module: RecordedModule) throws(FamilyError) {
    main = try ConvolutionBlock(try module.child("cv1"))
    cheap = try ConvolutionBlock(try module.child("cv2"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let half = try main.build(in: &network, from: inputs, path: "\(path).cv1")
    let rest = try cheap.build(in: &network, from: half, path: "\(path).cv2")
    return try network.concatenate([half, rest], name: "\(path).concat")
  }
}

/// A body and a shortcut, added: `GhostBottleneck`.
package struct GhostBottleneck: RecordedBlock {
  package static let classNames = ["GhostBottleneck"]

  package var body: any Block
  package var shortcut: any Block

  package init(_ module: RecordedModule) throws(FamilyError) {
    body = try BlockCatalogue.block(try module.child("conv"))
    shortcut = try BlockCatalogue.block(try module.child("shortcut"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let through = try body.build(in: &network, from: inputs, path: "\(path).conv")
    let past = try shortcut.build(in: &network, from: inputs, path: "\(path).shortcut")
    return try network.add(through, past, name: "\(path).add")
  }
}
