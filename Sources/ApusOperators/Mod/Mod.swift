package import ApusGraph
import Foundation

/// The remainder of a / b, broadcast: with the sign of b, or of a where `hasSignOfDividend`.
///
/// In ONNX since opset 10; 13 and 28 differ in types only.
package struct Mod: BinaryFunction {
  package static let kind = OperatorKind("Mod")

  /// The attribute `fmod`: the remainder of division rounded towards zero, as C's `fmod`.
  package let hasSignOfDividend: Bool

  package init(hasSignOfDividend: Bool = false) { self.hasSignOfDividend = hasSignOfDividend }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    hasSignOfDividend = try record.int("fmod", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    record.set("fmod", hasSignOfDividend)
  }

  package func apply(_ a: Double, _ b: Double) -> Double {
    let rest = fmod(a, b)
    if hasSignOfDividend || rest.isNaN { return rest }
    if rest == 0 { return b < 0 ? -0.0 : 0 }
    return (rest < 0) == (b < 0) ? rest : rest + b
  }

  package func apply(_ a: Int64, _ b: Int64) -> Int64 {
    if b == 0 { return 0 }
    // -1 divides everything; asked of the smallest integer, the machine would overflow.
    let rest = b == -1 ? 0 : a % b
    return hasSignOfDividend || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
  }

  package func apply(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? 0 : a % b }
}
