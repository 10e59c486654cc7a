import ApusBoxes
import Foundation

/// Names of classes given by the user.
public enum ClassNameFile {
  /// Reads a file of names, one a line, or gives COCO's 80 names for `coco`.
  ///
  /// - Throws: `ApusError` where the file cannot be read or holds no name.
  public static func read(_ path: String) throws(ApusError) -> [String] {
    if path == "coco" { return ClassNames.coco80.names }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .failure(
        "'\(path)': the class names cannot be read; expected UTF-8 text, one name a line")
    }
    var names = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    while names.last?.isEmpty == true { names.removeLast() }
    guard !names.isEmpty, !names.contains("") else {
      throw .failure("'\(path)': expected one class name a line and no empty line between them")
    }
    return names
  }
}
