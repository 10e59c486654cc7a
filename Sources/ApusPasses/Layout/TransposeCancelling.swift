import ApusGraph
import ApusOperators
import ApusTensor

/// A Transpose after elementwise operators moves before them, where it cancels the Transposes there.
///
/// Elementwise operators commute with a Transpose of all their inputs.
struct TransposeCancelling: Pass {
  static let name = "cancel-transposes"

  /// Elementwise operators it moves past, one above the other.
  static let maximumDepth = 16

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    let op = try root(node, as: Transpose.self)
    guard let input = node.input(0), let rank = index.fact(input).rank else {
      throw Miss("the number of axes is not known")
    }
    guard let maker = index.producer(of: input), maker.op is any Elementwise else {
      throw Miss("it does not follow an elementwise operator", isNear: false)
    }
    var move = Move(index: index, order: op.order(rank: rank), patch: Patch(Self.name))
    let moved = try move.transposed(input, depth: 0)
    move.patch.replace(node.outputs[0], with: moved)
    return move.patch
  }

  /// The new nodes of one move.
  private struct Move {
    let index: GraphIndex
    let order: [Int]
    var patch: Patch
    var done: [ValueID: ValueID] = [:]

    /// A value that is the transposed of the given one.
    mutating func transposed(_ value: ValueID, depth: Int) throws(Miss) -> ValueID {
      if let known = done[value] { return known }
      let result = try make(value, depth: depth)
      done[value] = result
      return result
    }

    private mutating func make(_ value: ValueID, depth: Int) throws(Miss) -> ValueID {
      if let tensor = index.constant(value) { return try constant(tensor, named: value) }
      guard index.fact(value).rank == order.count, let node = index.producer(of: value) else {
        throw Miss("'\(index.graph[value].name)' is not transposed")
      }
      if let transpose = node.op as? Transpose, let source = node.input(0) {
        let before = transpose.order(rank: order.count)
        guard order.map({ before[$0] }) == Array(0..<order.count) else {
          throw Miss("'\(node.name)' is not the inverse")
        }
        return source
      }
      guard node.op is any Elementwise, node.outputs.count == 1, depth < maximumDepth,
        index.hasSingleReader(value)
      else { throw Miss("'\(node.name)' is not elementwise or is read elsewhere too") }
      var inputs: [ValueID?] = []
      for input in node.inputs {
        // An optional input that is left out stays so.
        guard let input else {
          inputs.append(nil)
          continue
        }
        inputs.append(try transposed(input, depth: depth + 1))
      }
      return patch.add(node.op, inputs, name: node.name)
    }

    private mutating func constant(_ tensor: Tensor, named value: ValueID) throws(Miss) -> ValueID {
      if tensor.count == 1, tensor.shape.rank <= 1 { return value }
      // Shorter shapes are aligned at the last axis; the missing axes have size 1.
      let missing = order.count - tensor.shape.rank
      guard missing >= 0 else { throw Miss("a constant has more axes") }
      let full = Shape([Int](repeating: 1, count: missing) + tensor.shape.dimensions)
      do throws(OperatorError) {
        let moved = try Transpose(order).evaluate([tensor.reshaped(to: full)])[0]
        return patch.constant(moved, name: index.graph[value].name)
      } catch {
        throw Miss(error.message)
      }
    }
  }
}
