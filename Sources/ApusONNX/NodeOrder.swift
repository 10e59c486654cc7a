/// Brings the nodes of a file into an order in which each comes after those it reads from.
///
/// A file that is in order already stays as it is.
struct NodeOrder {
  private let nodes: [ONNXNodeProto]
  private var makers: [String: Int] = [:]
  private let known: Set<String>

  /// - Parameter known: names of inputs and initialisers.
  init(_ nodes: [ONNXNodeProto], known: Set<String>) throws(ONNXError) {
    self.nodes = nodes
    self.known = known
    for (index, node) in nodes.enumerated() {
      for output in node.output where !output.isEmpty {
        if let other = makers.updateValue(index, forKey: output) {
          throw ONNXError(
            .structure, "'\(output)' is also made by \(Self.place(nodes[other]))",
            at: Self.place(node), advice: "give every value one name of its own")
        }
        if known.contains(output) {
          throw ONNXError(
            .structure, "makes '\(output)', which is an input or an initialiser already",
            at: Self.place(node), advice: "give every value one name of its own")
        }
      }
    }
  }

  /// How a person would look for the node.
  static func place(_ node: ONNXNodeProto) -> String {
    let name = node.name.isEmpty ? node.output.first ?? "" : node.name
    let domain = node.domain.isEmpty || node.domain == "ai.onnx" ? "" : "\(node.domain)."
    return "node '\(name)' (\(domain)\(node.opType))"
  }

  func sorted() throws(ONNXError) -> [ONNXNodeProto] {
    enum State { case new, open, done }
    var states = [State](repeating: .new, count: nodes.count)
    var result: [ONNXNodeProto] = []
    result.reserveCapacity(nodes.count)
    for start in nodes.indices where states[start] == .new {
      // Depth first, with a stack of its own: files may hold chains of any length.
      var stack = [(node: start, needs: try needs(of: start)[...])]
      states[start] = .open
      while let top = stack.last {
        guard let next = top.needs.first else {
          states[top.node] = .done
          result.append(nodes[top.node])
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].needs.removeFirst()
        switch states[next] {
        case .done: continue
        case .open:
          let first = stack.firstIndex { $0.node == next } ?? 0
          throw cycle(stack[first...].map(\.node))
        case .new:
          states[next] = .open
          stack.append((next, try needs(of: next)[...]))
        }
      }
    }
    return result
  }

  private func needs(of index: Int) throws(ONNXError) -> [Int] {
    let node = nodes[index]
    var needs: [Int] = []
    for name in node.input + SubgraphCaptures.names(of: node) where !name.isEmpty {
      if let maker = makers[name] {
        needs.append(maker)
      } else if !known.contains(name) {
        throw ONNXError(
          .structure, "reads '\(name)', which nothing makes", at: Self.place(node),
          advice: "the model is incomplete: export it again")
      }
    }
    return needs
  }

  private func cycle(_ indices: [Int]) -> ONNXError {
    let shown = indices.prefix(6).map { Self.place(nodes[$0]) }.joined(separator: " → ")
    let rest = indices.count > 6 ? " and \(indices.count - 6) more" : ""
    return ONNXError(
      .structure, "nodes depend on one another in a circle: \(shown)\(rest)",
      advice: "the model cannot be run: export it again")
  }
}
