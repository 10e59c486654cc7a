package import ApusGraph

/// A NanoDet: backbone, neck and head, and with NanoDet-Plus a second neck and head for training.
package struct NanoDetArchitecture: Architecture {
  /// What only training uses: a neck as the other one, and a head on the maps of both necks.
  package struct Auxiliary: Sendable {
    /// The second neck.
    package var neck: any FeatureStage
    /// The head on the channels of both necks side by side.
    package var head: AuxiliaryHead
  }

  /// Makes maps of strides 8, 16 and 32 from the picture.
  package var backbone: any FeatureStage
  /// Mixes the maps.
  package var neck: any FeatureStage
  /// Makes the raw outputs.
  package var head: NanoDetHead
  /// What only training uses; nil without.
  package var auxiliary: Auxiliary?

  /// A network of the given parts.
  package init(
    backbone: any FeatureStage, neck: any FeatureStage, head: NanoDetHead,
    auxiliary: AuxiliaryHead? = nil
  ) {
    self.backbone = backbone
    self.neck = neck
    self.head = head
    self.auxiliary = auxiliary.map { Auxiliary(neck: neck, head: $0) }
  }

  package var classCount: Int { head.classCount }
  package var levelCount: Int { head.levelCount }
  package var outlineSide: Int { neck.onlySide ?? 1024 }

  /// The stride of the backbone's last map: levels that necks add to it round up.
  package var sideMultiple: Int? { 4 << backbone.outputChannels.count }

  package var layerClasses: [String] {
    let parts = [backbone, neck].map { "\(type(of: $0))" } + [head.kind.rawValue]
    guard let auxiliary else { return parts }
    return parts + ["\(type(of: auxiliary.neck))", "SimpleConvHead"]
  }

  package func build(
    in network: inout NetworkBuilder, from picture: ValueID
  ) throws(FamilyError) -> [RawOutput] {
    let features = try backbone.build(in: &network, from: [picture], path: "backbone")
    let maps = try neck.build(in: &network, from: features, path: "fpn")
    var outputs = try head.build(in: &network, from: maps, path: "head")
    guard network.form.hasAllBranches, let auxiliary else { return outputs }
    let beside = try auxiliary.neck.build(in: &network, from: features, path: "aux_fpn")
    var both: [ValueID] = []
    for (level, pair) in zip(maps, beside).enumerated() {
      both.append(
        try network.concatenate([pair.0, pair.1], name: "aux_head.maps\(level)"))
    }
    let values = try auxiliary.head.build(in: &network, from: both, path: "aux_head")
    for (level, value) in values.enumerated() {
      outputs.append(
        RawOutput(
          value, .classDistanceGrid, level: level, bins: auxiliary.head.bins,
          cellOffset: head.kind.cellOffset, branch: "aux"))
    }
    return outputs
  }

  /// Pictures and thresholds as upstream's demo has them.
  ///
  /// No checkpoint says how pictures were fitted: the configurations of NanoDet keep the proportions, those of
  /// NanoDet-Plus do not.
  package func describe(_ card: inout ModelCard) {
    card.preprocess.channelOrder = .bgr
    card.preprocess.mean = [103.53, 116.28, 123.675]
    card.preprocess.standardDeviation = [57.375, 57.12, 58.395]
    card.preprocess.padColor = [0, 0, 0]
    card.preprocess.interpolation = .warp
    card.preprocess.fit = head.kind == .plus ? .stretch : .letterboxCentred
    card.suppression = .nanodet
    card.confidenceThreshold = 0.4
    card.iouThreshold = 0.5
  }
}
