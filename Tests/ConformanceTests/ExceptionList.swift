import Foundation

/// The cases that need not pass, each with its reason: `exceptions.txt` beside this file.
///
/// A line holds a pattern of names (`*` stands for any characters), the executor (`*` for all) and
/// the reason, separated by spaces. Empty lines and lines that start with `#` say nothing.
struct ExceptionList {
  struct Entry {
    let line: Int
    let pattern: String
    let executor: String
    let reason: String

    func matches(_ name: String, _ executorName: String) -> Bool {
      (executor == "*" || executor == executorName)
        && Self.matches(Array(pattern.utf8)[...], Array(name.utf8)[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
      guard let first = pattern.first else { return name.isEmpty }
      if first == UInt8(ascii: "*") {
        let rest = pattern.dropFirst()
        return (name.startIndex...name.endIndex).contains { matches(rest, name[$0...]) }
      }
      return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
    }
  }

  let entries: [Entry]

  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("exceptions.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    var entries: [Entry] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty && !line.hasPrefix("#") {
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3 else {
        throw CaseFailure(
          "exceptions.txt, line \(index + 1): pattern, executor and reason expected")
      }
      entries.append(
        Entry(
          line: index + 1, pattern: String(parts[0]), executor: String(parts[1]),
          reason: String(parts[2])))
    }
    self.entries = entries
  }

  /// The entry for a case on an executor.
  func entry(_ name: String, _ executor: String) -> Int? {
    entries.firstIndex { $0.matches(name, executor) }
  }
}
