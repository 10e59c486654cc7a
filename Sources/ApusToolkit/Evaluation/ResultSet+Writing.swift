import ApusMetrics
import Foundation

extension ResultSet {
  /// Writes the detections as COCO's results: a JSON list with the ids of the data set.
  ///
  /// Numbers have the fewest digits that read back the same, so that they are judged the same.
  ///
  /// - Throws: `ApusError` naming the file.
  public func write(to path: String) throws(ApusError) {
    var text: [UInt8] = [UInt8(ascii: "[")]
    text.reserveCapacity(detections.count * 128)
    for (index, detection) in detections.enumerated() {
      let line =
        "\(index == 0 ? "" : ",")\n{\"image_id\":\(detection.imageID),\"category_id\":"
        + "\(detection.categoryID),\"bbox\":[\(detection.x),\(detection.y),\(detection.width),"
        + "\(detection.height)],\"score\":\(detection.score)}"
      text.append(contentsOf: line.utf8)
    }
    text.append(contentsOf: "\n]\n".utf8)
    try AtomicFile.write(text, to: path)
  }
}
