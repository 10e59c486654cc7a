import Foundation

/// A file or folder that is made under a temporary name and renamed when it is complete.
struct StagedOutput {
  private let target: URL
  /// Where to write meanwhile.
  let url: URL

  /// The name the output will have, for errors.
  var name: String { target.path }

  /// An output at `target`, where nothing may be yet.
  init(_ target: URL) throws(DatasetError) {
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw DatasetError(
        .unwritable, file: target.path, expected: "a path where nothing is yet",
        found: "a file or folder", remedy: "Choose another output, or move that one away.")
    }
    self.target = target
    let name = ".\(target.lastPathComponent).\(UUID().uuidString)"
    url = target.standardizedFileURL.deletingLastPathComponent().appendingPathComponent(name)
    UnfinishedOutputs.add(url)
  }

  /// Writes a file of the output; an empty path means the output itself.
  func write(_ bytes: [UInt8], to path: String) throws(DatasetError) {
    let file = path.isEmpty ? url : url.appendingPathComponent(path)
    try act(on: file) {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
  }

  /// Puts a picture's file into the output; one without a file is left out.
  func put(
    _ picture: Dataset.Picture, at path: String, _ pictures: DatasetWriting.Pictures
  ) throws(DatasetError) {
    guard pictures != .leave, let source = picture.path else { return }
    let from = URL(fileURLWithPath: source).standardizedFileURL
    let file = url.appendingPathComponent(path)
    try act(on: file) {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      if pictures == .link {
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: from)
      } else {
        try FileManager.default.copyItem(at: from.resolvingSymlinksInPath(), to: file)
      }
    }
  }

  /// Gives the output its name.
  func commit() throws(DatasetError) {
    try act(on: target) { try FileManager.default.moveItem(at: url, to: target) }
    UnfinishedOutputs.remove(url)
  }

  /// Removes what was written so far.
  func discard() {
    try? FileManager.default.removeItem(at: url)
    UnfinishedOutputs.remove(url)
  }

  private func act(on file: URL, _ body: () throws -> Void) throws(DatasetError) {
    do { try UnfinishedOutputs.act(body) } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
      throw DatasetError(
        .unwritable, file: name, place: file.lastPathComponent, expected: "a writable place",
        found: (cause ?? error).localizedDescription,
        remedy: "Choose a folder you may write to, with room on its disk.")
    }
  }
}

extension Dataset {
  /// The split whose folder a picture is put in: its first, VOC's "trainval" only if it has no other.
  static func mainSplit(of picture: Picture) -> String? {
    picture.splits.first { $0 != "trainval" } ?? picture.splits.first
  }

  /// The names pictures get in an output, without endings, in their order.
  ///
  /// Where `folderOfSplit` is true each split has a folder of its own. Else a name that two splits
  /// use is told apart by the split's name before it.
  func outputStems(foldersOfSplits: Bool, file: String) throws(DatasetError) -> [String] {
    var stems: [String] = []
    for picture in pictures {
      let parts = picture.file.split(separator: "/", omittingEmptySubsequences: false)
      let isSafe = parts.allSatisfy { !["", ".", ".."].contains($0) && !$0.contains("\0") }
      guard isSafe, !picture.file.contains("\\"), !picture.file.contains(where: \.isNewline),
        picture.splits.allSatisfy({ Self.isPlainName($0) })
      else {
        throw DatasetError(
          .unsupported, file: file, place: "picture \(picture.id)",
          expected: "a name below the folder of pictures and plain names of splits",
          found: DatasetError.quote(picture.file), remedy: "Rename the picture.")
      }
      let stem = (picture.file as NSString).deletingPathExtension
      let split = Self.mainSplit(of: picture)
      stems.append(foldersOfSplits ? (split.map { $0 + "/" } ?? "") + stem : stem)
    }
    if !foldersOfSplits {
      let counts = Dictionary(stems.map { ($0, 1) }, uniquingKeysWith: +)
      for index in stems.indices where counts[stems[index], default: 0] > 1 {
        guard let split = Self.mainSplit(of: pictures[index]) else { continue }
        stems[index] = "\(split)/\(stems[index])"
      }
    }
    var owners: [String: Int] = [:]
    for (index, stem) in stems.enumerated() {
      guard let other = owners.updateValue(index, forKey: stem) else { continue }
      throw DatasetError(
        .duplicate, file: file, place: "picture \(pictures[index].id)",
        expected: "names that differ before their endings",
        found: "\(pictures[other].file) and \(pictures[index].file)",
        remedy: "Rename one: they would share a file of annotations.")
    }
    return stems
  }

  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".")
      && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
  }

  /// The classes by name, in which formats without ids refer to them; throws if two share one.
  func namesByID(file: String) throws(DatasetError) -> [Int: String] {
    guard Set(classes.map(\.name)).count == classes.count else {
      throw DatasetError(
        .duplicate, file: file, expected: "classes of different names",
        found: "two classes of one name",
        remedy: "Rename or merge them: this format knows classes by name only.")
    }
    return Dictionary(uniqueKeysWithValues: classes.map { ($0.id, $0.name) })
  }
}
