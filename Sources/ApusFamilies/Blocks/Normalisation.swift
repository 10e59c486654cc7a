package import ApusGraph

/// Batch normalisation with the statistics of training: PyTorch's `BatchNorm2d`.
package struct Normalisation: RecordedBlock {
  package static let classNames = ["BatchNorm2d"]

  package var channels: Int
  package var epsilon: Float

  /// A normalisation; 1e-3 is what YOLO's `initialize_weights` sets.
  package init(_ channels: Int, epsilon: Float = 1e-3) {
    self.channels = channels
    self.epsilon = epsilon
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    channels = try module.integer("num_features")
    epsilon = Float(try module.number("eps"))
    guard module.has("weight"), module.has("bias"), module.has("running_mean"),
      module.has("running_var")
    else { throw module.bad("has no affine parameters or no running statistics") }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var parameters: [ValueID?] = [inputs[0]]
    for name in ["weight", "bias", "running_mean", "running_var"] {
      parameters.append(try network.weight("\(path).\(name)", shape: [channels]))
    }
    return try network.normalise(parameters, epsilon: epsilon, name: path)
  }
}
