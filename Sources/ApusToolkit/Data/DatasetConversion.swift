public import ApusDatasets
import Foundation

/// A data set written in another format, and what that format could not hold.
public struct DatasetConversion: Sendable, Encodable {
  /// What was read, as given.
  public let source: String
  /// Its format.
  public let from: String
  /// The file or folder that was written.
  public let output: String
  /// Its format.
  public let to: String
  /// The pictures it describes.
  public let pictures: Int
  /// Its objects, crowds too.
  public let objects: Int
  /// Its classes.
  public let classes: Int
  /// Its splits and their pictures.
  public let splits: [String: Int]
  /// What became of the files of the pictures: `copy`, `link` or `leave`.
  public let files: String
  /// The files of pictures that were copied or linked.
  public let filesTaken: Int
  /// What the format has no place for.
  public let losses: [DatasetLoss]

  /// Reads a data set and writes it in another format.
  ///
  /// - Parameters:
  ///   - split: only the pictures of this split; nil for all.
  ///   - corners: how the corners of a VOC source count pixels.
  /// - Throws: `ApusError` where anything of the source is faulty, or the output is there or cannot be
  ///   written.
  public init(
    _ path: String, to output: String, as format: DatasetFormat, from: DatasetFormat? = nil,
    corners: VOCCorners = .fromOne, split: String? = nil,
    writing: DatasetWriting = DatasetWriting()
  ) throws(ApusError) {
    guard !output.isEmpty else { throw .usage("the output has no name; name a new folder or file") }
    let target = URL(fileURLWithPath: output)
    guard !FileManager.default.fileExists(atPath: output) else {
      throw .failure(
        "'\(output)' is there already; name an output that is not, or move that one away")
    }
    let source = try DatasetSource(path: path, format: from, corners: corners)
    if let first = source.faults.first {
      let rest = source.faultCount - 1
      throw .failure(
        "\(first)" + (rest > 0 ? " (\(rest) further faults in this data set.)" : "")
          + " Nothing was written: apus data check lists all faults and repairs them.")
    }
    let dataset = source.dataset.part(try source.dataset.split(split, path: source.path))
    losses = dataset.losses(as: format, to: target, writing)
    do throws(DatasetError) { try dataset.write(as: format, to: target, writing) } catch {
      throw .failure("\(error)")
    }
    let isAlone = format == .coco && target.pathExtension.lowercased() == "json"
    self.source = path
    self.from = source.format.rawValue
    self.output = output
    to = format.rawValue
    pictures = dataset.pictures.count
    objects = dataset.annotations.count
    classes = dataset.classes.count
    splits = Dictionary(
      dataset.pictures.flatMap { picture in picture.splits.map { ($0, 1) } }, uniquingKeysWith: +)
    files = isAlone ? "leave" : writing.pictures.rawValue
    filesTaken =
      isAlone || writing.pictures == .leave ? 0 : dataset.pictures.count { $0.path != nil }
  }
}
