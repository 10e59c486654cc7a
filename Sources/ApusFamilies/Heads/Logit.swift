import Foundation

/// The inverse of the sigmoid, to ask thresholds of raw numbers.
enum Logit {
  /// A number that every raw number exceeds whose sigmoid, as rounded, exceeds a score.
  ///
  /// It lies a little too low, for the rounding: what exceeds it is asked again.
  static func below(_ score: Float) -> Float {
    // Near 1 the sigmoid is rounded too coarsely for a margin.
    let score = min(score, 0.99)
    return score > 0 ? log(score / (1 - score)) - 0.01 : -.infinity
  }
}
