import ApusBoxes
import ApusFamilies

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
  /// - Throws: `ApusError` where no such network is published or its levels do not divide the size.
  public init(
    new name: String, classNames: [String]? = nil, seed: UInt64 = 0, training: Bool = false,
    input: ModelInput = .fixed(height: nil, width: nil, batch: 1)
  ) throws(ApusError) {
    do {
      let network = try FamilyCatalogue.create(
        name, classNames: classNames.map { ClassNames($0) } ?? .coco80, seed: seed)
      try input.check(network)
      self.init(
        path: name, source: .new,
        graph: try network.graph(training ? .training : .inference, input: input.size(for: network))
      )
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
}
