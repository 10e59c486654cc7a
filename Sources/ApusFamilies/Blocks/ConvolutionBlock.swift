package import ApusGraph

/// Convolution, normalisation and activation: YOLO's `Conv` and `DWConv`.
///
/// Without normalisation it is the form that upstream's `fuse()` leaves: a convolution with bias.
package struct ConvolutionBlock: RecordedBlock {
  package static let classNames = ["Conv", "DWConv"]

  package var convolution: Convolution
  package var normalisation: Normalisation?
  package var activation: Activation

  /// A block as networks are written with it, unfused.
  package init(_ convolution: Convolution, activation: Activation = .silu) {
    self.convolution = convolution
    normalisation = Normalisation(convolution.outputChannels)
    self.activation = activation
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    convolution = try Convolution(try module.child("conv"))
    normalisation = module.has("bn") ? try Normalisation(try module.child("bn")) : nil
    activation = module.has("act") ? try Activation(try module.child("act")) : .identity
  }

  package var inputChannels: Int? { convolution.inputChannels }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = try convolution.build(in: &network, from: inputs, path: "\(path).conv")
    if let normalisation {
      value = try normalisation.build(in: &network, from: value, path: "\(path).bn")
    }
    return try activation.build(in: &network, from: value, path: "\(path).act")
  }
}
