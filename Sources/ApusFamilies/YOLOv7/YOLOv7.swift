package import ApusCheckpoints

/// YOLOv7 (WongKinYiu/yolov7): anchors and objectness as in YOLOv5, ELAN stages, implicit knowledge, auxiliary heads.
package enum YOLOv7: DetectorFamily {
  package static let family = Family.yolov7

  package static let variants: [Variant] = [
    Variant(family, "yolov7-tiny", side: 640),
    Variant(family, "yolov7-tiny-silu", side: 640, ap: 38.7, ap50: 56.7),
    Variant(family, "yolov7", side: 640, ap: 51.4, ap50: 69.7),
    Variant(family, "yolov7x", side: 640, ap: 53.1, ap50: 71.2),
    Variant(family, "yolov7-w6", side: 1280, ap: 54.9, ap50: 72.6),
    Variant(family, "yolov7-e6", side: 1280, ap: 56.0, ap50: 73.5),
    Variant(family, "yolov7-d6", side: 1280, ap: 56.6, ap50: 74.0),
    Variant(family, "yolov7-e6e", side: 1280, ap: 56.8, ap50: 74.4),
  ]

  package static func architecture(
    of variant: Variant, classCount: Int, deployed: Bool
  ) throws(FamilyError) -> any Architecture {
    let table = YOLOv7Network(classCount: classCount, isDeployed: deployed)
    guard let network = table.network(named: variant.name) else {
      throw FamilyError(.unknownVariant, at: variant.name, "no YOLOv7 has that name")
    }
    return network
  }

  package static func architecture(
    recorded model: ModuleRecord
  ) throws(FamilyError) -> any Architecture {
    let (layers, head, sources) = try LayerList.read(model)
    switch head.className {
    case "IDetect", "IAuxDetect":
      return LayeredArchitecture(layers, head: try ImplicitDetection(head, sources: sources))
    case "Detect":
      return LayeredArchitecture(layers, head: try AnchorDetection(head, sources: sources))
    default:
      throw head.bad("is the last layer, expected a 'Detect', 'IDetect' or 'IAuxDetect'")
    }
  }

  /// A plain state does not tell the activations: one of `yolov7-tiny-silu` counts as `yolov7-tiny`.
  package static func classCount(in state: WeightState) -> Int? {
    AnchorDetection.classCount(in: state)
  }

  package static func variant(
    of architecture: any Architecture, outline: NetworkOutline
  ) -> Variant? {
    let found = variant(ofStateOf: architecture, outline: outline)
    guard found?.name == "yolov7-tiny", activation(of: architecture) == .silu else {
      return found
    }
    return variants.first { $0.name == "yolov7-tiny-silu" }
  }

  /// The activation of the first convolution.
  private static func activation(of architecture: any Architecture) -> Activation? {
    let layers = (architecture as? LayeredArchitecture)?.body.layers ?? []
    return layers.lazy.compactMap { ($0.block as? ConvolutionBlock)?.activation }.first
  }
}
