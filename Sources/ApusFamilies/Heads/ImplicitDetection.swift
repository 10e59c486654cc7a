package import ApusGraph

/// `Detect` between implicit knowledge: YOLOv7's `IDetect` and `IAuxDetect`.
///
/// A level is `im · conv(x + ia)`. `IAuxDetect` has a second head without implicit knowledge, which reads layers of
/// its own and serves the loss alone.
package struct ImplicitDetection: DetectionHead {
  /// The head that is kept.
  package var lead: AnchorDetection
  /// Added to what each level of the lead reads.
  package var addends: [ImplicitKnowledge]
  /// Multiplied with what each level of the lead gives.
  package var factors: [ImplicitKnowledge]
  /// The head for training; nil for `IDetect`.
  package var auxiliary: AnchorDetection?

  /// New implicit knowledge around a head, and a second head beside it.
  package init(lead: AnchorDetection, auxiliary: AnchorDetection? = nil) {
    self.lead = lead
    self.auxiliary = auxiliary
    addends = lead.convolutions.map {
      ImplicitKnowledge(.addition, channels: $0.inputChannels)
    }
    factors = lead.convolutions.map {
      ImplicitKnowledge(.multiplication, channels: $0.outputChannels)
    }
  }

  package var className: String { auxiliary == nil ? "IDetect" : "IAuxDetect" }
  package var classCount: Int { lead.classCount }
  package var levelCount: Int { lead.levelCount }
  package var statedStrides: [Int]? { lead.statedStrides }
  package var gridAnchors: [[[Float]]] { lead.gridAnchors }
  package var sources: [Int] { lead.sources + (auxiliary?.sources ?? []) }

  package func sources(in form: NetworkForm) -> [Int] {
    form.hasAllBranches ? sources : lead.sources
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [RawOutput] {
    AnchorDetection.declareAnchors(
      lead.gridAnchors, hasAnchorGrid: lead.hasAnchorGrid, in: &network, path: path)
    var outputs: [RawOutput] = []
    for level in 0..<levelCount {
      var value = try addends[level].build(
        in: &network, from: inputs[level], path: "\(path).ia.\(level)")
      value = try lead.convolutions[level].build(
        in: &network, from: value, path: "\(path).m.\(level)")
      value = try factors[level].build(
        in: &network, from: value, path: "\(path).im.\(level)")
      outputs.append(RawOutput(value, .anchorGrid, level: level))
    }
    guard network.form.hasAllBranches, let auxiliary else { return outputs }
    for (level, convolution) in auxiliary.convolutions.enumerated() {
      let value = try convolution.build(
        in: &network, from: inputs[levelCount + level], path: "\(path).m2.\(level)")
      outputs.append(RawOutput(value, .anchorGrid, level: level, branch: "aux"))
    }
    return outputs
  }

  package func describe(_ card: inout ModelCard) { lead.describe(&card) }
}

extension ImplicitDetection {
  /// Reads the record of upstream's `IDetect` or `IAuxDetect`.
  package init(_ module: RecordedModule, sources: [Int]) throws(FamilyError) {
    let record = try AnchorRecord(module, sources: sources)
    let levels = record.gridAnchors.count
    let hasAuxiliary = module.className == "IAuxDetect"
    let count = hasAuxiliary ? 2 * levels : levels
    guard sources.count == count else {
      throw module.bad("reads \(sources.count) layers, expected \(count) for \(levels) levels")
    }
    lead = AnchorDetection(
      record, convolutions: try record.convolutions("m"),
      sources: Array(sources.prefix(levels)))
    addends = try Self.knowledge(module, "ia", .addition, levels: levels)
    factors = try Self.knowledge(module, "im", .multiplication, levels: levels)
    if hasAuxiliary {
      auxiliary = AnchorDetection(
        record, convolutions: try record.convolutions("m2"),
        sources: Array(sources.suffix(levels)))
    }
  }

  private static func knowledge(
    _ module: RecordedModule, _ name: String, _ operation: ImplicitKnowledge.Operation,
    levels: Int
  ) throws(FamilyError) -> [ImplicitKnowledge] {
    var list: [ImplicitKnowledge] = []
    for child in try module.child(name).children() {
      let knowledge = try ImplicitKnowledge(child)
      guard knowledge.operation == operation else {
        throw child.bad("is of the other kind than '\(name)' holds")
      }
      list.append(knowledge)
    }
    guard list.count == levels else {
      throw module.bad("has \(list.count) modules in '\(name)' for \(levels) levels")
    }
    return list
  }
}
