public import ApusDatasets
import Foundation

/// The statistics of a data set on disk, and what of it could not be read.
public struct DatasetSurvey: Sendable, Encodable {
  /// The file or folder, as given.
  public let path: String
  /// Its format.
  public let format: String
  /// The numbers.
  public let statistics: DatasetStatistics
  /// How many labels and pictures were left out because they are faulty.
  public let faultCount: Int
  /// The first of these faults, at most 20.
  public let faults: [String]
  /// What was read.
  public let dataset: Dataset

  private enum CodingKeys: String, CodingKey {
    case path, format, statistics, faultCount, faults
  }

  /// Reads a data set; what is faulty in it is left out and listed.
  ///
  /// - Parameters:
  ///   - path: a `data.yaml`, a COCO or LabelMe JSON, or the folder of a data set.
  ///   - split: only the pictures of this split; nil for all.
  ///   - input: the network's input that sizes refer to.
  /// - Throws: `ApusError` where nothing can be read, the split is not there, or there is no picture.
  public init(
    path: String, format: DatasetFormat? = nil, corners: VOCCorners = .fromOne,
    split: String? = nil,
    input: DatasetStatistics.InputSize = DatasetStatistics.InputSize()
  ) throws(ApusError) {
    let source = try DatasetSource(path: path, format: format, corners: corners)
    let faults = source.faults
    let split = try source.dataset.split(split, path: source.path)
    dataset = source.dataset
    guard !dataset.pictures.isEmpty else {
      let cause = faults.first.map { "; the first of \(source.faultCount) faults: \($0)" } ?? ""
      throw .failure(
        "'\(path)': there is no picture in this data set (\(source.format.rawValue))\(cause); give "
          + "the folder or file that has the labels, or name its format with --format")
    }
    self.path = path
    self.format = source.format.rawValue
    statistics = DatasetStatistics(dataset, split: split, input: input)
    faultCount = source.faultCount
    self.faults = faults.prefix(20).map(\.description)
  }
}

/// A data set that was read from a path, with its format and faults.
struct DatasetSource {
  /// The file or folder, as given.
  let path: String
  /// Its format, as stated or as found.
  let format: DatasetFormat
  /// What could be read.
  let dataset: Dataset
  /// What could not.
  let faults: [DatasetError]
  /// How many faults there are, which may be more than are listed.
  let faultCount: Int

  /// Reads what can be read.
  init(path: String, format: DatasetFormat?, corners: VOCCorners) throws(ApusError) {
    guard !path.isEmpty else { throw .usage("the data set has no path; name its file or folder") }
    let url = URL(fileURLWithPath: path)
    do throws(DatasetError) {
      let told: DatasetFormat
      if let format { told = format } else { told = try DatasetFormat(of: url) }
      let reading = try DatasetReading(url, format: told, corners: corners)
      self.format = told
      dataset = reading.dataset
      faults = reading.faults
      faultCount = reading.faultCount
    } catch {
      throw .failure("\(error)")
    }
    self.path = path
  }
}
