public import ApusBoxes
public import ApusCheckpoints

/// The detector families, and how to tell which one a checkpoint is of.
public enum FamilyCatalogue {
  /// Every family: the one place where a family is made known.
  package static let all: [any DetectorFamily.Type] = [
    YOLOv5.self, YOLOv7.self, YOLOv10.self, NanoDet.self,
  ]

  /// The families that are known.
  public static var families: [Family] { all.map { $0.family } }

  /// Every published network.
  public static var variants: [Variant] { all.flatMap { $0.variants } }

  /// What a family says of itself.
  static func family(_ name: Family) throws(FamilyError) -> any DetectorFamily.Type {
    guard let family = all.first(where: { $0.family == name }) else {
      throw FamilyError(.wrongFamily, "\(name.rawValue) is not in the catalogue")
    }
    return family
  }

  /// A new network, with upstream's initialisation.
  ///
  /// - Parameters:
  ///   - name: upstream's name of a published network, such as `yolov5n`.
  ///   - seed: what the numbers follow from; the same seed gives the same numbers.
  /// - Throws: `FamilyError` where no such network is published.
  public static func create(
    _ name: String, classNames: ClassNames, seed: UInt64 = 0
  ) throws(FamilyError) -> DetectorNetwork {
    try create(name, classNames: classNames, weights: .fresh(seed: seed))
  }

  /// A published network with weights of any source.
  ///
  /// - Parameter deployed: whether parts that only training uses are left out of the description itself, where
  ///   upstream has such a form.
  package static func create(
    _ name: String, classNames: ClassNames, weights: WeightSource, deployed: Bool = false
  ) throws(FamilyError) -> DetectorNetwork {
    guard let variant = variants.first(where: { $0.name == name }) else {
      throw FamilyError(
        .unknownVariant, at: name,
        "no network of that name is published; known are "
          + variants.map(\.name).joined(separator: ", "))
    }
    let family = try family(variant.family)
    let architecture = try family.architecture(
      of: variant, classCount: classNames.count, deployed: deployed)
    return try DetectorNetwork(
      family, architecture, weights: weights, classNames: classNames, variant: variant)
  }

  /// What a checkpoint was found to be.
  public struct Identity: Sendable, CustomStringConvertible {
    /// The family, if it is a known one.
    public let family: Family?
    /// What told it, for people.
    public let evidence: String
    let model: ModuleRecord?
    let tensors: [NamedTensor]
    let source: DetectorCheckpoint.Source

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
      return try identity(ofState: checkpoint.root)
    }
    func found(_ family: Family?, _ evidence: String) -> Identity {
      Identity(
        family: family, evidence: evidence, model: model, tensors: [], source: source)
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
  ) -> (ModuleRecord, DetectorCheckpoint.Source)? {
    let candidates: [(CheckpointValue?, DetectorCheckpoint.Source)] = [
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
  private static func identity(
    ofState root: CheckpointValue
  ) throws(FamilyError) -> Identity {
    let state = root["state_dict"] ?? root["ema"] ?? root["model"] ?? root
    var tensors: [NamedTensor] = []
    for entry in state.namedEntries where entry.value.isTensor {
      do throws(CheckpointError) {
        tensors.append(NamedTensor(name: entry.name, tensor: try entry.value.tensor()))
      } catch {
        throw FamilyError(.checkpoint, at: entry.name, "\(error)")
      }
    }
    return identify(tensors: tensors)
  }

  /// Tells the family of a plain state by the names of its tensors.
  public static func identify(tensors: [NamedTensor]) -> Identity {
    func found(_ family: Family?, _ evidence: String) -> Identity {
      Identity(
        family: family, evidence: evidence, model: nil, tensors: tensors, source: .state)
    }
    let telling: [(Family, [String])] = [
      (.nanodet, ["head.gfl_cls", "head.gfl_reg", "aux_head."]),
      (.yolov10, [".one2one_cv2."]),
      (.yolov7, [".rbr_dense.", ".rbr_reparam.", ".ia.0.implicit", ".im.0.implicit"]),
      (.yolov5, [".m.0.cv1.conv.weight"]),
      (.yolov7, [".m.0.bias"]),
    ]
    for (family, parts) in telling {
      for part in parts {
        if let tensor = tensors.first(where: { $0.name.contains(part) }) {
          return found(family, "it has a tensor \(tensor.name)")
        }
      }
    }
    return found(
      nil,
      tensors.isEmpty
        ? "it holds neither a module nor named tensors"
        : "it holds \(tensors.count) tensors such as \(tensors[0].name), but no record of the modules"
    )
  }
}
