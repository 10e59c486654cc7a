import ApusBoxes
import ApusFamilies
import ApusGraph

/// A published network, for people and for machines: a row of `apus models`.
public struct PublishedModel: Sendable, Encodable {
  /// Upstream's name, such as `yolov5n`.
  public let name: String
  /// The family.
  public let family: String
  /// Height and width of the input it is published for.
  public let inputSide: Int
  /// Trained numbers for 80 classes, normalisation unfused, parts that only training uses included.
  public let parameters: Int
  /// The same without the parts that only training uses.
  public let inferenceParameters: Int
  /// Multiply-accumulates of one picture at that size, without the parts that only training uses.
  public let multiplyAccumulates: Int
  /// Published AP on COCO over IoU 0.5 to 0.95, in percent; nil where none is.
  public let ap: Double?
  /// Published AP on COCO at IoU 0.5, in percent; nil where none is.
  public let ap50: Double?

  /// Every published network, family by family.
  ///
  /// - Throws: `ApusError` where a network cannot be described, which is a fault of Apus.
  public static func all() throws(ApusError) -> [PublishedModel] {
    var models: [PublishedModel] = []
    for variant in FamilyCatalogue.variants { models.append(try PublishedModel(variant)) }
    return models
  }

  init(_ variant: Variant) throws(ApusError) {
    do throws(FamilyError) {
      let network = try FamilyCatalogue.create(
        variant.name, classNames: .coco80, weights: .outline)
      let graph = try network.graph(input: .square(variant.side))
      name = variant.name
      family = variant.family.rawValue
      inputSide = variant.side
      parameters = network.parameterCount
      inferenceParameters = try network.entries(.inference).parameterCount
      multiplyAccumulates = graph.multiplyAccumulates
      ap = variant.ap
      ap50 = variant.ap50
    } catch {
      throw .failure("\(variant.name): \(error)")
    }
  }
}
