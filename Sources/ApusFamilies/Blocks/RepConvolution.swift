package import ApusGraph

/// A convolution that training splits into branches: YOLOv7's `RepConv`.
///
/// In training `act(bn(3x3(x)) + bn(1x1(x)) + bn(x))`, the last only where input and output have the same shape; a
/// file that was deployed has one 3x3 convolution with bias in their place. A pass merges the branches.
package struct RepConvolution: RecordedBlock {
  package static let classNames = ["RepConv"]

  /// What is in the place of the convolution.
  package enum Body: Sendable {
    /// `rbr_dense`, `rbr_1x1` and `rbr_identity`.
    case branches(dense: Chain, pointwise: Chain, identity: Normalisation?)
    /// `rbr_reparam`.
    case merged(Convolution)
  }

  package var body: Body
  package var activation: Activation

  /// A 3x3 convolution of stride 1 as training has it.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, activation: Activation = .silu
  ) {
    body = .branches(
      dense: Chain([
        Convolution(inputChannels, outputChannels, kernel: 3), Normalisation(outputChannels),
      ]),
      pointwise: Chain([
        Convolution(inputChannels, outputChannels), Normalisation(outputChannels),
      ]),
      identity: inputChannels == outputChannels ? Normalisation(inputChannels) : nil)
    self.activation = activation
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    activation = module.has("act") ? try Activation(try module.child("act")) : .identity
    if module.has("rbr_reparam") {
      body = .merged(try Convolution(try module.child("rbr_reparam")))
      return
    }
    body = .branches(
      dense: try Chain(try module.child("rbr_dense")),
      pointwise: try Chain(try module.child("rbr_1x1")),
      identity: module.has("rbr_identity")
        ? try Normalisation(try module.child("rbr_identity")) : nil)
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value: ValueID
    switch body {
    case .merged(let convolution):
      value = try convolution.build(in: &network, from: inputs, path: "\(path).rbr_reparam")
    case .branches(let dense, let pointwise, let identity):
      value = try dense.build(in: &network, from: inputs, path: "\(path).rbr_dense")
      let point = try pointwise.build(in: &network, from: inputs, path: "\(path).rbr_1x1")
      value = try network.add(value, point, name: "\(path).add")
      if let identity {
        let past = try identity.build(in: &network, from: inputs, path: "\(path).rbr_identity")
        value = try network.add(value, past, name: "\(path).add_identity")
      }
    }
    return try activation.build(in: &network, from: value, path: "\(path).act")
  }
}
