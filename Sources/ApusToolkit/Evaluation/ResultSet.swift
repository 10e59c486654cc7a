public import ApusMetrics

/// Detections on the pictures of a data set, whoever made them.
public struct ResultSet: Sendable {
  /// What made them, for tables: the name of a model or of a file of results.
  public var name: String
  /// The detections, with the ids of the data set's pictures and classes; boxes in pixels of the picture.
  public var detections: [COCODetection]
  /// What a reader must know of them, such as classes of the model that the data set does not have.
  public var notes: [String]

  /// Detections with the ids of a data set.
  public init(name: String, detections: [COCODetection], notes: [String] = []) {
    self.name = name
    self.detections = detections
    self.notes = notes
  }
}
