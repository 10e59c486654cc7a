import ApusDatasets
import Foundation

extension Dataset {
  /// A data set, every fault of which is an error.
  static func read(_ path: String, format: DatasetFormat?) throws(ApusError) -> Dataset {
    do {
      return try Dataset(reading: URL(fileURLWithPath: path), format: format)
    } catch {
      throw .failure("\(error)")
    }
  }

  /// The split that a caller asks for, else the first that is there of those that suit; nil for all pictures.
  ///
  /// - Throws: `ApusError` where the data set does not have the split asked for.
  func split(
    _ asked: String?, else suitable: [String] = [], path: String
  ) throws(ApusError) -> String? {
    let known = splitNames
    guard let asked else { return suitable.first { known.contains($0) } }
    guard known.contains(asked) else {
      throw .usage(
        "'\(path)': there is no split '\(asked)'; "
          + (known.isEmpty
            ? "the data set has none: leave --split out"
            : "known are \(known.joined(separator: ", "))"))
    }
    return asked
  }
}
