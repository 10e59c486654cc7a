public import ApusTensor

/// Computes the steps of a plan that have no kernel.
///
/// The runtime knows neither graph nor operators; whoever compiled the plan supplies them.
public protocol HostOperators: Sendable {
  /// The outputs of one call, at least as many as the step lists; an absent optional input is nil.
  func evaluate(call: Int, inputs: [Tensor?]) throws -> [Tensor]
}

/// For plans without host steps.
public struct NoHostOperators: HostOperators {
  /// Nothing to be known.
  public init() {}

  /// Fails.
  public func evaluate(call: Int, inputs: [Tensor?]) throws -> [Tensor] {
    throw RuntimeError(
      .hostOperators, "step needs host operator \(call), but the session was given none")
  }
}
