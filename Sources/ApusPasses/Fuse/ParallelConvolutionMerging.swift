import ApusGraph
import ApusOperators
import ApusTensor

/// A sum of convolutions of one value becomes one convolution, with the sum of their weights.
///
/// The smaller kernels must lie inside the largest one, so that nothing is computed that was not before. A
/// BatchNormalization of the same value counts as a convolution that keeps each channel. These are the branches of
/// RepVGG (Ding et al., 2021), of YOLOv7's RepConv, and of YOLOv10's RepVGGDW. The value itself as a term is a
/// residual, and stays.
struct ParallelConvolutionMerging: Pass {
  static let name = "merge-parallel-convolutions"

  /// A term of a sum, and the node that makes it.
  private typealias Term = (value: ValueID, node: Node)

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    guard node.isSum else { throw Miss("not this operator", isNear: false) }
    guard !index.isTerm(node.outputs[0]) else {
      throw Miss("it is part of a larger sum", isNear: false)
    }
    let terms = terms(of: node, in: index)
    var miss = Miss("no two terms are convolutions of one value", isNear: false)
    var patch = Patch(Self.name)
    var results: [ValueID] = []
    var gone: Set<ValueID> = []
    for (source, branches) in branches(among: terms, in: index) {
      for sum in sums(of: branches, in: index, &miss) where sum.terms.count > 1 {
        let (weights, bias) = sum.branch.constants
        guard weights.doubles.allSatisfy(\.isFinite), bias.doubles.allSatisfy(\.isFinite) else {
          miss = Miss("the weights of '\(sum.frame.name)' would overflow")
          continue
        }
        let name = index.graph[sum.frame.inputs[1] ?? source].name
        let inputs = [
          source, patch.constant(weights, name: name), patch.constant(bias, name: "\(name).bias"),
        ]
        results.append(patch.add(sum.frame.op, inputs, name: sum.frame.name))
        gone.formUnion(sum.terms)
      }
    }
    guard !results.isEmpty else { throw miss }
    results += terms.filter { !gone.contains($0) }
    let total = results.dropFirst().reduce(results[0]) {
      patch.add(Add(), [$0, $1], name: node.name)
    }
    patch.replace(node.outputs[0], with: total)
    return patch
  }

  /// What a node adds, through the sums that it alone reads.
  private func terms(of node: Node, in index: GraphIndex) -> [ValueID] {
    var terms: [ValueID] = []
    var stack: [ValueID] = node.inputs.reversed().compactMap { $0 }
    while let value = stack.popLast() {
      if index.isTerm(value), let inner = index.producer(of: value), inner.isSum {
        stack += inner.inputs.reversed().compactMap { $0 }
      } else {
        terms.append(value)
      }
    }
    return terms
  }

  /// The convolutions and normalisations among the terms, by the value they read, where there are several of one.
  private func branches(
    among terms: [ValueID], in index: GraphIndex
  ) -> [(source: ValueID, branches: [Term])] {
    var branches: [ValueID: [Term]] = [:]
    for value in terms {
      guard let node = index.producer(of: value), node.outputs[0] == value,
        node.op is Conv || node.op is BatchNormalization, let source = node.input(0)
      else { continue }
      branches[source, default: []].append((value, node))
    }
    return branches.filter { $1.count > 1 && $1.contains { $0.node.op is Conv } }
      .sorted { $0.key < $1.key }.map { ($0, $1) }
  }

  /// A convolution that computes several terms.
  private struct BranchSum {
    /// The node whose kernel is the largest.
    let frame: Node
    /// The sum of weights and biases.
    var branch: ConvolutionBranch
    /// The terms it stands for.
    var terms: [ValueID]

    /// Takes another term in.
    mutating func add(_ term: ValueID, _ other: ConvolutionBranch) throws(Miss) {
      try branch.add(other)
      terms.append(term)
    }
  }

  /// The branches of one value, each in the first sum that it fits into; `miss` is the last reason why one did not.
  private func sums(
    of branches: [Term], in index: GraphIndex, _ miss: inout Miss
  ) -> [BranchSum] {
    var convolutions: [BranchSum] = []
    var normalisations: [(term: Term, affine: ChannelAffine)] = []
    for term in branches {
      do throws(Miss) {
        guard index.isTerm(term.value) else {
          throw Miss("'\(term.node.name)' is read elsewhere too")
        }
        if let op = term.node.op as? BatchNormalization {
          normalisations.append((term, try ChannelAffine(op, at: term.node, in: index)))
        } else {
          let branch = try ConvolutionBranch(term.node, in: index)
          convolutions.append(BranchSum(frame: term.node, branch: branch, terms: [term.value]))
        }
      } catch {
        miss = error
      }
    }
    var sums: [BranchSum] = []
    convolutions.sort { $0.branch.taps > $1.branch.taps }
    for convolution in convolutions {
      let fits = join(&sums, convolution.terms[0], &miss) { _ in convolution.branch }
      if !fits { sums.append(convolution) }
    }
    for (term, affine) in normalisations {
      _ = join(&sums, term.value, &miss) { (frame) throws(Miss) in
        try ConvolutionBranch(affine, name: term.node.name, like: frame)
      }
    }
    return sums
  }

  /// Adds a term to the first sum that it fits into; returns whether there is one.
  private func join(
    _ sums: inout [BranchSum], _ term: ValueID, _ miss: inout Miss,
    as branch: (ConvolutionBranch) throws(Miss) -> ConvolutionBranch
  ) -> Bool {
    for place in sums.indices {
      do throws(Miss) {
        try sums[place].add(term, branch(sums[place].branch))
        return true
      } catch {
        miss = error
      }
    }
    return false
  }
}

extension Node {
  /// Whether it adds its inputs.
  fileprivate var isSum: Bool { op is Add || op is Sum }
}

extension GraphIndex {
  /// Whether a value is read once, by a sum, and no caller receives it.
  fileprivate func isTerm(_ value: ValueID) -> Bool {
    guard hasSingleReader(value), let reader = consumers(of: value).first else { return false }
    return reader.isSum && reader.inputs.count { $0 == value } == 1
  }
}
