package import ApusCheckpoints

/// YOLOv5 v6.0 (ultralytics/yolov5): anchors and objectness, C3 stages, SPPF, FPN and PAN by concatenation.
package enum YOLOv5: DetectorFamily {
  package static let family = Family.yolov5

  package static let variants: [Variant] = [
    Variant(family, "yolov5n", side: 640, ap: 28.0, ap50: 45.7),
    Variant(family, "yolov5s", side: 640, ap: 37.4, ap50: 56.8),
    Variant(family, "yolov5m", side: 640, ap: 45.4, ap50: 64.1),
    Variant(family, "yolov5l", side: 640, ap: 49.0, ap50: 67.3),
    Variant(family, "yolov5x", side: 640, ap: 50.7, ap50: 68.9),
    Variant(family, "yolov5n6", side: 1280, ap: 36.0, ap50: 54.4),
    Variant(family, "yolov5s6", side: 1280, ap: 44.8, ap50: 63.7),
    Variant(family, "yolov5m6", side: 1280, ap: 51.3, ap50: 69.3),
    Variant(family, "yolov5l6", side: 1280, ap: 53.7, ap50: 71.3),
    Variant(family, "yolov5x6", side: 1280, ap: 55.0, ap50: 72.7),
  ]

  package static func architecture(
    of variant: Variant, classCount: Int, deployed: Bool
  ) -> any Architecture {
    let size = variant.name.dropFirst("yolov5".count)
    let scale = YOLOv5Network.scales[String(size.prefix(1))] ?? LayerTable.Scale()
    return size.hasSuffix("6")
      ? YOLOv5Network.p6(scale, classCount: classCount)
      : YOLOv5Network.p5(scale, classCount: classCount)
  }

  package static func architecture(
    recorded model: ModuleRecord
  ) throws(FamilyError) -> any Architecture {
    let (layers, head, sources) = try LayerList.read(model)
    return LayeredArchitecture(layers, head: try AnchorDetection(head, sources: sources))
  }

  package static func classCount(in state: WeightState) -> Int? {
    AnchorDetection.classCount(in: state)
  }

  package static func variant(
    of architecture: any Architecture, outline: NetworkOutline
  ) -> Variant? {
    guard let layered = architecture as? LayeredArchitecture else { return nil }
    return YOLOv5Variant.variant(of: layered, strides: outline.strides)
  }
}
