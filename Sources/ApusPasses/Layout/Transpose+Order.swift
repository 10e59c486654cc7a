import ApusGraph
import ApusOperators

extension Transpose {
  /// For each axis of the output the axis of the input; inference has checked that it fits the rank.
  func order(rank: Int) -> [Int] { (try? permutation(rank: rank)) ?? [] }
}
