import ApusDatasets
import ApusDigest
import ApusGraph

extension SweepModel {
  /// Reads from a file what a plan must know of a model.
  ///
  /// - Throws: `ApusError` where it cannot be read, or is no detector of colour pictures.
  public init(reading path: String) throws(ApusError) {
    let model = try Model(path: path)
    let graph = model.graph
    let detector = try Detector(model, options: .validation)
    let shape = graph.inputs.first.flatMap { graph[$0].fact.shape } ?? []
    guard let digest = Digest.sha256(ofFile: path) else {
      throw .failure("'\(path)': cannot be read")
    }
    self.init(
      path: path, sha256: digest,
      size: .init(height: detector.inputSize.height, width: detector.inputSize.width),
      hasFixedSize: shape.suffix(2).contains { $0.fixed != nil }, stride: detector.stride,
      fixedBatch: shape.first?.fixed, heads: ExportOptions.Heads(of: try Detector.card(of: model)),
      isWarped: detector.isWarped)
  }
}

extension SweepState.Context {
  /// The circumstances of a sweep over a data set on this machine.
  ///
  /// - Parameter settings: options that hold for all rows.
  public static func gather(
    _ data: EvaluationData, settings: [String: String]
  ) -> SweepState.Context {
    SweepState.Context(
      data: RunManifest.Part(data).sha256, settings: settings, machine: RunManifest.machine())
  }
}
