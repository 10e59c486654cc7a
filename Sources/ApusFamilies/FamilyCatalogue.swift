public import ApusCheckpoints

/// The detector families, and how to tell which one a checkpoint is of.
public enum FamilyCatalogue {
  /// A family of detectors.
  public enum Family: String, Sendable, CaseIterable {
    /// Anchors and objectness, `models.yolo.Detect`.
    case yolov5 = "YOLOv5"
    /// As YOLOv5, with implicit knowledge or re-parameterised convolutions.
    case yolov7 = "YOLOv7"
    /// One-to-one heads of the ultralytics package.
    case yolov10 = "YOLOv10"
    /// Generalised focal loss heads in a Lightning checkpoint.
    case nanodet = "NanoDet"
  }

  /// The families whose checkpoints can be read.
  public static let implemented: [Family] = [.yolov5]

  /// What a checkpoint was found to be.
  public struct Identity: Sendable, CustomStringConvertible {
    /// The family, if it is a known one.
    public let family: Family?
    /// What told it, for people.
    public let evidence: String
    let model: ModuleRecord?
    let source: YOLOv5Checkpoint.Source

    /// The family and what told it.
    public var description: String {
      (family.map { "a \($0.rawValue) checkpoint" } ?? "of no known family") + " (\(evidence))"
    }
  }

  /// Classes of modules that YOLOv7 has and YOLOv5 has not.
  private static let yolov7Classes: Set<String> = [
    "IDetect", "IAuxDetect", "IBin", "IKeypoint", "MP", "SP", "ReOrg", "DownC", "SPPCSPC",
    "GhostSPPCSPC", "RepConv", "Shortcut", "ImplicitA", "ImplicitM",
  ]

  /// Tells the family of a checkpoint by the classes of its modules and the names of its tensors.
  public static func identify(_ checkpoint: TorchCheckpoint) throws(FamilyError) -> Identity {
    guard let (model, source) = model(in: checkpoint.root) else {
      return identity(ofState: checkpoint.root)
    }
    func found(_ family: Family?, _ evidence: String) -> Identity {
      Identity(family: family, evidence: evidence, model: model, source: source)
    }
    let layers = model.child("model")?.children.map(\.module) ?? []
    guard let head = layers.last else {
      return found(nil, "the model is a \(model.className) without a list of layers")
    }
    let name = head.className
    if name.contains("ultralytics.") {
      let isYOLOv10 = head.shortClassName == "v10Detect"
      return found(isYOLOv10 ? .yolov10 : nil, "its head is \(name)")
    }
    if let telling = layers.first(where: { yolov7Classes.contains($0.shortClassName) }) {
      return found(.yolov7, "it has a \(telling.className)")
    }
    let isDetect = head.shortClassName == "Detect" && head["anchors"]?.isTensor == true
    return found(isDetect ? .yolov5 : nil, "its head is \(name)")
  }

  /// The average of the weights where there is one, else the model, else the file itself.
  private static func model(
    in root: CheckpointValue
  ) -> (ModuleRecord, YOLOv5Checkpoint.Source)? {
    let candidates: [(CheckpointValue?, YOLOv5Checkpoint.Source)] = [
      (root["ema"], .ema), (root["model"], .model), (root, .root),
    ]
    for (value, source) in candidates {
      guard var module = value?.module else { continue }
      if module.shortClassName.hasSuffix("DataParallel"), let inner = module.child("module") {
        module = inner
      }
      return (module, source)
    }
    return nil
  }

  /// What a file without modules is: a plain state, told by the names of its tensors.
  private static func identity(ofState root: CheckpointValue) -> Identity {
    let state = root["state_dict"] ?? root["model"] ?? root
    let names = state.namedEntries.filter(\.value.isTensor).map(\.name)
    let isNanoDet = names.contains {
      $0.contains("head.gfl_cls") || $0.contains("head.gfl_reg") || $0.contains("aux_head.")
    }
    let evidence =
      if isNanoDet {
        "its tensors have the names of NanoDet's heads"
      } else if names.isEmpty {
        "it holds neither a module nor named tensors"
      } else {
        "it holds \(names.count) tensors such as \(names[0]), but no record of the modules"
      }
    return Identity(
      family: isNanoDet ? .nanodet : nil, evidence: evidence, model: nil, source: .root)
  }
}
