package import ApusGraph

/// The older stage, with plain convolutions before a common normalisation: `BottleneckCSP`.
///
/// `cv4(act(bn(concat(cv3(body(cv1(x))), cv2(x)))))`; `cv2` and `cv3` are bare convolutions.
package struct CrossStagePartialPlain: RecordedBlock {
  package static let classNames = ["BottleneckCSP"]

  package var entry: ConvolutionBlock
  package var bypass: Convolution
  package var closing: Convolution
  package var exit: ConvolutionBlock
  package var normalisation: Normalisation
  package var activation: Activation
  package var body: any Block

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    bypass = try Convolution(try module.child("cv2"))
    closing = try Convolution(try module.child("cv3"))
    exit = try ConvolutionBlock(try module.child("cv4"))
    normalisation = try Normalisation(try module.child("bn"))
    activation = try Activation(try module.child("act"))
    body = try BlockCatalogue.block(try module.child("m"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let inner = try entry.build(in: &network, from: inputs, path: "\(path).cv1")
    let through = try body.build(in: &network, from: inner, path: "\(path).m")
    let closed = try closing.build(in: &network, from: through, path: "\(path).cv3")
    let past = try bypass.build(in: &network, from: inputs, path: "\(path).cv2")
    let both = try network.concatenate([closed, past], name: "\(path).concat")
    let normal = try normalisation.build(in: &network, from: both, path: "\(path).bn")
    let active = try activation.build(in: &network, from: normal, path: "\(path).act")
    return try exit.build(in: &network, from: active, path: "\(path).cv4")
  }
}
