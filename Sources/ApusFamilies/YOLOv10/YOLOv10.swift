package import ApusCheckpoints

/// YOLOv10 (THU-MIG/yolov10, a fork of ultralytics): no anchors, no suppression after inference.
package enum YOLOv10: DetectorFamily {
  package static let family = Family.yolov10

  package static let variants: [Variant] = [
    Variant(family, "yolov10n", side: 640, ap: 38.5),
    Variant(family, "yolov10s", side: 640, ap: 46.3),
    Variant(family, "yolov10m", side: 640, ap: 51.1),
    Variant(family, "yolov10b", side: 640, ap: 52.5),
    Variant(family, "yolov10l", side: 640, ap: 53.2),
    Variant(family, "yolov10x", side: 640, ap: 54.4),
  ]

  package static func architecture(
    of variant: Variant, classCount: Int, deployed: Bool
  ) throws(FamilyError) -> any Architecture {
    guard let size = YOLOv10Network.sizes[variant.name] else {
      throw FamilyError(.unknownVariant, at: variant.name, "is no network of YOLOv10")
    }
    return YOLOv10Network.architecture(size, classCount: classCount, isDeployed: deployed)
  }

  package static func architecture(
    recorded model: ModuleRecord
  ) throws(FamilyError) -> any Architecture {
    let (layers, head, sources) = try LayerList.read(model)
    return LayeredArchitecture(layers, head: try DualDetection(head, sources: sources))
  }

  package static func classCount(in state: WeightState) -> Int? {
    // The last convolution to classes of the finest level of the branch that is kept.
    guard let bias = state.names.last(where: { $0.hasSuffix(".one2one_cv3.0.2.bias") })
    else { return nil }
    return state.shape(bias)?.first
  }
}
