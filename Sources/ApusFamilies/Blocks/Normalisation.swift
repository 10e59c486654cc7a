package import ApusGraph
import ApusTensor

/// Batch normalisation with the statistics of training: PyTorch's `BatchNorm2d`.
package struct Normalisation: RecordedBlock {
  package static let classNames = ["BatchNorm2d"]

  package var channels: Int
  package var epsilon: Float
  /// The share of a batch's statistics in the running ones after it, as PyTorch counts.
  package var momentum: Float
  /// How a new network fills the shift.
  package var initialShift = Initialisation.constant(0)
  /// How a new network fills the scale.
  package var initialScale = Initialisation.constant(1)

  /// A normalisation; 1e-3 and 0.03 are what YOLO's `initialize_weights` sets.
  package init(_ channels: Int, epsilon: Float = 1e-3, momentum: Float = 0.03) {
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    channels = try module.integer("num_features")
    epsilon = Float(try module.number("eps"))
    momentum = module.has("momentum") ? Float(try module.number("momentum")) : 0.1
    guard module.has("weight"), module.has("bias"), module.has("running_mean"),
      module.has("running_var")
    else { throw module.bad("has no affine parameters or no running statistics") }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let scale = try network.weight("\(path).weight", shape: [channels], initial: initialScale)
    let shift = try network.weight("\(path).bias", shape: [channels], initial: initialShift)
    let mean = try network.buffer(
      "\(path).running_mean", shape: [channels], initial: .constant(0))
    let variance = try network.buffer(
      "\(path).running_var", shape: [channels], initial: .constant(1))
    network.declare("\(path).num_batches_tracked", shape: [], dtype: .int64)
    return try network.normalise(
      [inputs[0], scale, shift, mean, variance], epsilon: epsilon, momentum: momentum, name: path)
  }
}
