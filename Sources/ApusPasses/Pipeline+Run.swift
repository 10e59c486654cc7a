public import ApusGraph

extension Pipeline {
  /// Applies the passes until a whole round changes nothing.
  ///
  /// Dead nodes go even where no pass has anything to do. On an error the graph is as it was.
  public func run(on graph: inout Graph) throws(GraphError) -> PassReport {
    var report = PassReport(passes: passes, graph: graph)
    var draft = graph
    draft.removeDeadNodes()
    var changed = true
    while changed, report.rounds < Self.maximumRounds {
      changed = false
      report.rounds += 1
      for (place, pass) in passes.enumerated() {
        let patches = try sweep(pass, over: &draft)
        report.lines[place].patches += patches
        if patches > 0 { changed = true }
        if patches > 0, verifiesEachPass { try verify(draft, after: pass) }
      }
    }
    try draft.verify()
    if explains { report.misses = nearMisses(draft) }
    report.after = PassReport.count(draft)
    graph = draft
    return report
  }

  /// Applies one pass until it finds nothing more.
  private func sweep(_ pass: any Pass, over graph: inout Graph) throws(GraphError) -> Int {
    var total = 0
    for _ in 0..<Self.maximumSweeps {
      let index = GraphIndex(graph)
      var batch = PatchBatch()
      for node in graph.nodes {
        guard let patch = try? pass.patch(at: node, in: index) else { continue }
        _ = try? batch.add(patch, in: index)
      }
      if batch.patches.isEmpty { break }
      try graph.apply(batch.patches)
      total += batch.patches.count
    }
    return total
  }

  private func verify(_ graph: Graph, after pass: any Pass) throws(GraphError) {
    do {
      try graph.verify()
    } catch {
      throw GraphError(error.code, "pass '\(pass.name)' broke the graph: \(error)")
    }
  }

  private func nearMisses(_ graph: Graph) -> [PassReport.NearMiss] {
    let index = GraphIndex(graph)
    var misses: [PassReport.NearMiss] = []
    for pass in passes {
      for node in graph.nodes {
        do throws(Miss) {
          var batch = PatchBatch()
          _ = try batch.add(pass.patch(at: node, in: index), in: index)
        } catch {
          guard error.isNear else { continue }
          misses.append(.init(pass: pass.name, node: node.name, reason: error.reason))
        }
      }
    }
    return misses
  }
}
