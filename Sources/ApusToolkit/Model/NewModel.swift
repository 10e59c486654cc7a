import ApusBoxes
import ApusDatasets
import ApusFamilies
import ApusGraph

extension Model {
  /// A published network with new weights, as upstream initialises them.
  ///
  /// - Parameters:
  ///   - name: upstream's name, such as `yolov10s`.
  ///   - classNames: the names of the classes; those of COCO where nil.
  ///   - seed: what the weights follow from: the same seed gives the same weights.
  ///   - form: `inference` for the branches that are used after training, `training` for all, with
  ///     normalisation by the batch.
  ///   - input: the size of the input.
  ///   - anchors: widths and heights in input pixels, finest level first, as `10,13,16,30,33,23/30,61,…`; those of
  ///     COCO where nil.
  /// - Throws: `ApusError` where no such network is published, its levels do not divide the size, or it has not the
  ///   levels and anchors given.
  public init(
    new name: String, classNames: [String]? = nil, seed: UInt64 = 0, training: Bool = false,
    input: ModelInput = .fixed(height: nil, width: nil, batch: 1), anchors: String? = nil
  ) throws(ApusError) {
    do {
      let network = try FamilyCatalogue.create(
        name, classNames: classNames.map { ClassNames($0) } ?? .coco80, seed: seed)
      try input.check(network)
      var graph = try network.graph(
        training ? .training : .inference, input: input.size(for: network))
      if let anchors {
        graph.card.anchors = try Self.anchors(anchors, of: network, name: name)
      }
      self.init(path: name, source: .new, graph: graph)
    } catch let error as ApusError {
      throw error
    } catch let error as FamilyError where error.code == .unknownVariant {
      throw .usage(
        "no network '\(name)' is published; `apus models` lists those that are"
          + (NearestName.find(name, among: FamilyCatalogue.variants.map(\.name)).map {
            ", \($0) among them"
          } ?? ""))
    } catch {
      throw .failure("\(name): \(error)")
    }
  }
  /// Given anchors for the levels of a new network, which has channels for as many as are published.
  private static func anchors(
    _ text: String, of network: DetectorNetwork, name: String
  ) throws(ApusError) -> [[[Float]]] {
    guard let published = network.anchors else {
      throw .usage("\(name) has no anchors: leave --anchors out, or choose a YOLOv5 or YOLOv7")
    }
    let given = try ModelAnchors(text: text, strides: published.strides)
    let counts = published.pixels.map(\.count)
    guard given.levels.map(\.anchors.count) == counts else {
      throw .usage(
        "\(name) has \(counts[0]) anchors on each of \(counts.count) levels, but --anchors gives"
          + " \(given.levels[0].anchors.count) on each; give as many as it has")
    }
    return given.cardAnchors
  }
}
