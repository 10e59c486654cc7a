import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusRuntime
import ApusTensor

/// How the outputs of a network become detections: as its card states, or else as its shapes and its structure
/// show.
struct OutputReading: Sendable {
  /// The card, completed by what was recognised.
  let card: ModelCard
  /// What was recognised and by what; nil where the card states it.
  let reason: String?
  private let heads: HeadReading

  /// Reads what the card states, or else what the graph shows.
  init(_ graph: Graph) throws(ApusError) {
    do throws(FamilyError) {
      if graph.card.heads.contains(where: { $0.content != .other }) {
        heads = try HeadReading(graph)
        card = graph.card
        reason = nil
      } else {
        let recognition = try HeadRecognition(graph)
        var graph = graph
        graph.card = recognition.card
        heads = try HeadReading(graph)
        card = recognition.card
        reason = recognition.reason
      }
    } catch {
      throw .failure("\(error)")
    }
  }

  /// The number of classes, where the outputs tell.
  var classCount: Int? { heads.classCount }

  /// Whether detections can be read from maps.
  var readsMaps: Bool { heads.readsMaps }

  /// The detections of one picture, from its outputs as maps; nil where they cannot be read so.
  func detections(
    maps: [OutputMap], inputSize: (height: Int, width: Int), options: NMS.Options,
    suppressesDuplicates: Bool
  ) throws(FamilyError) -> [Detection]? {
    try heads.detections(
      maps: maps, inputSize: inputSize, options: options,
      suppressesDuplicates: suppressesDuplicates)
  }

  /// The detections of one picture of a batch, in pixels of the network's input of the given height and width.
  func detections(
    _ outputs: [Tensor], image: Int = 0, inputSize: (height: Int, width: Int), options: NMS.Options,
    suppressesDuplicates: Bool
  ) throws(FamilyError) -> [Detection] {
    try heads.detections(
      outputs, image: image, inputSize: inputSize, options: options,
      suppressesDuplicates: suppressesDuplicates)
  }
}
