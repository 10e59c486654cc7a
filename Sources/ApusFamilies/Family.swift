package import ApusCheckpoints

/// A family of detectors.
public enum Family: String, Sendable, CaseIterable, Codable {
  /// Anchors and objectness, `models.yolo.Detect`.
  case yolov5 = "YOLOv5"
  /// As YOLOv5, with implicit knowledge, auxiliary heads or re-parameterised convolutions.
  case yolov7 = "YOLOv7"
  /// One-to-many and one-to-one heads of the ultralytics package.
  case yolov10 = "YOLOv10"
  /// Generalised focal loss heads, in Lightning checkpoints.
  case nanodet = "NanoDet"
}

/// A published network of a family.
public struct Variant: Sendable, Hashable {
  /// The family.
  public let family: Family
  /// Upstream's name, such as `yolov7-w6`.
  public let name: String
  /// Height and width of the input it is published for.
  public let side: Int
  /// Published AP on COCO over IoU 0.5 to 0.95, in percent; nil where none is.
  public let ap: Double?
  /// Published AP on COCO at IoU 0.5, in percent; nil where none is.
  public let ap50: Double?

  /// A published network.
  package init(
    _ family: Family, _ name: String, side: Int, ap: Double? = nil, ap50: Double? = nil
  ) {
    self.family = family
    self.name = name
    self.side = side
    self.ap = ap
    self.ap50 = ap50
  }
}

/// What a family says of itself: its published networks, and how its checkpoints are read.
package protocol DetectorFamily: Sendable {
  /// Which family it is.
  static var family: Family { get }
  /// The published networks, smallest first.
  static var variants: [Variant] { get }

  /// A published network for a number of classes.
  ///
  /// - Parameter deployed: whether parts that only training uses are left out, where upstream has such a form.
  static func architecture(
    of variant: Variant, classCount: Int, deployed: Bool
  ) throws(FamilyError) -> any Architecture

  /// The network that a checkpoint's modules are the record of.
  static func architecture(recorded model: ModuleRecord) throws(FamilyError) -> any Architecture

  /// The network that a state without modules is of: the published one of the same tensors, unless a family can
  /// tell more.
  static func architecture(of state: WeightState) throws(FamilyError) -> any Architecture

  /// The state of a checkpoint without modules, under the names that networks of the family use.
  static func state(_ tensors: [NamedTensor]) -> [NamedTensor]

  /// The number of classes of a state; nil where it is none of the family.
  static func classCount(in state: WeightState) -> Int?

  /// Which published network an architecture is; nil for everything else.
  static func variant(of architecture: any Architecture, outline: NetworkOutline) -> Variant?
}

extension DetectorFamily {
  package static func architecture(
    recorded model: ModuleRecord
  ) throws(FamilyError) -> any Architecture {
    throw FamilyError(
      .wrongFamily, "\(family.rawValue) checkpoints hold no modules, but this one does")
  }

  package static func state(_ tensors: [NamedTensor]) -> [NamedTensor] { tensors }

  package static func architecture(
    of state: WeightState
  ) throws(FamilyError) -> any Architecture {
    guard let classCount = classCount(in: state) else {
      throw FamilyError(
        .weights, "the tensors are not named like those of \(family.rawValue)'s head")
    }
    var closest: (name: String, differences: Int, error: FamilyError)?
    for variant in variants {
      for deployed in [false, true] {
        let candidate = try architecture(
          of: variant, classCount: classCount, deployed: deployed)
        let entries = try NetworkOutline(candidate).entries
        let differences = state.differences(from: entries)
        if differences.isEmpty { return candidate }
        if differences.count < closest?.differences ?? .max {
          closest = (variant.name, differences.count, WeightState.error(differences))
        }
      }
    }
    guard let closest else { throw FamilyError(.weights, "no network is published") }
    throw FamilyError(
      .weights,
      "the tensors are of no published \(family.rawValue); against \(closest.name), the closest, "
        + closest.error.message)
  }

  package static func variant(
    of architecture: any Architecture, outline: NetworkOutline
  ) -> Variant? { variant(ofStateOf: architecture, outline: outline) }

  /// The first published network whose state has the same tensors.
  package static func variant(
    ofStateOf architecture: any Architecture, outline: NetworkOutline
  ) -> Variant? {
    let found = Dictionary(outline.entries.map { ($0.name, $0.shape) }) { first, _ in first }
    for variant in variants {
      for deployed in [false, true] {
        guard
          let candidate = try? self.architecture(
            of: variant, classCount: architecture.classCount, deployed: deployed),
          candidate.levelCount == architecture.levelCount,
          candidate.layerClasses.count == architecture.layerClasses.count,
          let entries = try? NetworkOutline(candidate).entries.filter(\.isRead)
        else { continue }
        let read = outline.entries.lazy.filter(\.isRead).count
        if entries.count == read, entries.allSatisfy({ found[$0.name] == $0.shape }) {
          return variant
        }
      }
    }
    return nil
  }
}
