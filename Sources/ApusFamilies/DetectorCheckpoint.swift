import ApusBoxes
public import ApusCheckpoints

/// A checkpoint of a detector: the network in it, and what the file says of its training.
public struct DetectorCheckpoint: Sendable {
  /// Which of the models in a checkpoint was taken.
  public enum Source: String, Sendable {
    /// The average of the weights over the training.
    case ema
    /// The weights themselves.
    case model
    /// The file holds nothing but the model.
    case root
    /// Tensors without modules, under their names.
    case state
  }

  /// The network.
  public let network: DetectorNetwork
  /// Which model was taken.
  public let source: Source
  /// The last epoch trained; nil for a checkpoint that was stripped after training.
  public let epoch: Int?
  /// When the file was written, as it says.
  public let date: String?

  /// Reads a checkpoint of any family.
  ///
  /// - Throws: `FamilyError` where it is of no known family, or its tensors do not fit the network.
  public init(_ checkpoint: TorchCheckpoint) throws(FamilyError) {
    try self.init(
      FamilyCatalogue.identify(checkpoint),
      epoch: checkpoint.root["epoch"]?.int.flatMap { $0 >= 0 ? $0 : nil },
      date: checkpoint.root["date"]?.string)
  }

  /// Reads the tensors of a model under upstream's names, without modules.
  ///
  /// - Throws: `FamilyError` where they are of no known family, or do not fit the network.
  public init(tensors: [NamedTensor]) throws(FamilyError) {
    try self.init(FamilyCatalogue.identify(tensors: tensors), epoch: nil, date: nil)
  }

  private init(
    _ found: FamilyCatalogue.Identity, epoch: Int?, date: String?
  ) throws(FamilyError) {
    guard let name = found.family else {
      throw FamilyError(
        .wrongFamily,
        "this is \(found.description), expected a checkpoint of "
          + FamilyCatalogue.families.map(\.rawValue).joined(separator: ", "))
    }
    let family = try FamilyCatalogue.family(name)
    network =
      if let model = found.model {
        try Self.network(family, recorded: model)
      } else {
        try Self.network(family, tensors: found.tensors)
      }
    source = found.source
    self.epoch = epoch
    self.date = date
  }

  private static func network(
    _ family: any DetectorFamily.Type, recorded model: ModuleRecord
  ) throws(FamilyError) -> DetectorNetwork {
    // Before anything walks the modules: this bounds how many there are, however they are shared.
    let tensors: [NamedTensor]
    do {
      tensors = try model.stateDict()
    } catch {
      throw FamilyError(.checkpoint, "\(error)")
    }
    let architecture = try family.architecture(recorded: model)
    return try DetectorNetwork(
      family, architecture, weights: .state(WeightState(tensors)),
      classNames: try names(model, count: architecture.classCount))
  }

  private static func network(
    _ family: any DetectorFamily.Type, tensors: [NamedTensor]
  ) throws(FamilyError) -> DetectorNetwork {
    let state = WeightState(family.state(tensors))
    let architecture = try family.architecture(of: state)
    let standard =
      architecture.classCount == ClassNames.coco80.count
      ? ClassNames.coco80 : ClassNames(count: architecture.classCount)
    return try DetectorNetwork(
      family, architecture, weights: .state(state), classNames: standard)
  }

  /// The names in the model: a list, or since YOLOv5 v6.2 a dictionary by index.
  private static func names(
    _ model: ModuleRecord, count: Int
  ) throws(FamilyError) -> ClassNames {
    guard let value = model["names"], !value.isNone else { return ClassNames(count: count) }
    var names: [String?] = (value.list ?? []).map(\.string)
    if let entries = value.entries {
      let byIndex = Dictionary(
        entries.compactMap { entry in entry.key.int.map { ($0, entry.value.string) } }
      ) { _, last in last }
      names = (0..<entries.count).map { byIndex[$0] ?? nil }
    }
    let texts = names.compactMap(\.self)
    guard names.count == count, texts.count == count else {
      throw FamilyError(
        .badRecord, at: "names",
        "lists \(names.count) names, \(texts.count) of them texts, for \(count) classes")
    }
    return ClassNames(texts)
  }
}
