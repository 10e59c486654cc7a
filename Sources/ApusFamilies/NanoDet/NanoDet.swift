package import ApusCheckpoints

/// NanoDet and NanoDet-Plus (RangiLyu/nanodet): light heads with distributions of distances, on interchangeable
/// backbones and necks.
package enum NanoDet: DetectorFamily {
  package static let family = Family.nanodet

  package static let variants = NanoDetVariants.table.map(\.variant)

  package static func architecture(
    of variant: Variant, classCount: Int, deployed: Bool
  ) throws(FamilyError) -> any Architecture {
    guard let row = NanoDetVariants.table.first(where: { $0.variant == variant }) else {
      throw FamilyError(.unknownVariant, at: variant.name, "is no NanoDet")
    }
    var architecture = row.make(classCount)
    guard deployed else { return architecture }
    architecture.auxiliary = nil
    if var backbone = architecture.backbone as? RepVGG {
      backbone.isDeployed = true
      architecture.backbone = backbone
    }
    return architecture
  }

  /// Backbones, with the function that configurations use them and the head on them with.
  private static let backbones: [(any FeatureStage.Type, Activation)] = [
    (ShuffleNetV2.self, .leakyRelu(0.1)),
    (CustomCSPNet.self, .leakyRelu(0.1)),
    (EfficientNetLite.self, .relu6),
    (RepVGG.self, .relu),
  ]

  /// Necks; the first whose tensors are there is taken.
  private static let necks: [any FeatureStage.Type] = [GhostPAN.self, TAN.self, PAN.self]

  /// Takes the names as the network has them: Lightning puts `model.` before the trained ones and `avg_model.`
  /// before their average, which is taken where there is one, as upstream does.
  package static func state(_ tensors: [NamedTensor]) -> [NamedTensor] {
    let (trained, averaged) = ("model.", "avg_model.")
    let hasAverage = tensors.contains { $0.name.hasPrefix(averaged) }
    let taken = hasAverage ? averaged : trained
    return tensors.compactMap { tensor in
      if hasAverage, tensor.name.hasPrefix(trained) { return nil }
      guard tensor.name.hasPrefix(taken) else { return tensor }
      return NamedTensor(name: String(tensor.name.dropFirst(taken.count)), tensor: tensor.tensor)
    }
  }

  /// Reads backbone, neck and head from the names and sizes of the tensors, published or not.
  package static func architecture(
    of state: WeightState
  ) throws(FamilyError) -> any Architecture {
    let (backbone, activation) = try backbone(in: state)
    guard let neck = try neck(in: state, path: "fpn") else {
      throw FamilyError(.weights, at: "fpn", "has the tensors of no neck that is known")
    }
    let head = try NanoDetHead(
      state: state, path: "head", kind: try kind(of: state, neck: neck), activation: activation)
    var architecture = NanoDetArchitecture(backbone: backbone, neck: neck, head: head)
    if let auxiliary = try AuxiliaryHead(state: state, path: "aux_head") {
      guard let neck = try self.neck(in: state, path: "aux_fpn") else {
        throw FamilyError(
          .weights, at: "aux_fpn", "is missing, but there are tensors of 'aux_head'")
      }
      architecture.auxiliary = .init(neck: neck, head: auxiliary)
    }
    return architecture
  }

  package static func classCount(in state: WeightState) -> Int? {
    (try? architecture(of: state))?.classCount
  }

  private static func backbone(
    in state: WeightState
  ) throws(FamilyError) -> (any FeatureStage, Activation) {
    for (type, activation) in backbones {
      if let backbone = try type.init(state: state, path: "backbone") {
        return (backbone, activation)
      }
    }
    throw FamilyError(
      .weights, at: "backbone",
      "has the tensors of no backbone that is known; known are "
        + backbones.map { "\($0.0)" }.joined(separator: ", "))
  }

  private static func neck(
    in state: WeightState, path: String
  ) throws(FamilyError) -> (any FeatureStage)? {
    for type in necks {
      if let neck = try type.init(state: state, path: path) { return neck }
    }
    return nil
  }

  /// Which head it is: both have the same names, but only the older one has convolutions of distances, and only
  /// the newer one stands on a GhostPAN.
  private static func kind(
    of state: WeightState, neck: any FeatureStage
  ) throws(FamilyError) -> NanoDetHead.Kind {
    if state.has("head.gfl_reg") { return .nanodet }
    if neck is GhostPAN || state.has("aux_head") { return .plus }
    throw FamilyError(
      .weights, at: "head.gfl_reg",
      "missing: without it, and without a GhostPAN, the head of NanoDet cannot be told from that of NanoDet-Plus, "
        + "which measures distances from another point")
  }
}
