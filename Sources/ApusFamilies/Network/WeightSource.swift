/// Where the numbers of a network come from.
package enum WeightSource: Sendable {
  /// Nowhere: weights are inputs of known shape. That tells which weights a network takes and what shapes it
  /// gives, and costs no memory.
  case outline
  /// A saved state, which must have been checked.
  case state(WeightState)
  /// Upstream's initialisation, with numbers that follow from a seed.
  case fresh(seed: UInt64)
}
