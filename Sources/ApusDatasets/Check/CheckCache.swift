import ApusDigest
import ApusImage
import Foundation

/// The facts of a data set's pictures from the last check, in one file.
///
/// Its first line is the SHA-256 of the rest, which is JSON. A file that is damaged, or was written
/// by another version of the check, is passed over. A picture's facts hold as they stand while
/// path, size, times of change and number of its file are the same; otherwise the file is read, and
/// they hold if its SHA-256 is still theirs. Labels and lists are not kept: every check reads them.
struct CheckCache {
  /// What is kept of a picture.
  struct Entry: Hashable, Sendable {
    var status: FileStatus
    var facts: PictureFacts
  }

  /// The file.
  let file: URL
  /// What it held, by path.
  private(set) var entries: [String: Entry] = [:]
  /// Why nothing could be taken from it, for the report; nil where it was read or is not there.
  private(set) var note: String?

  /// The most bytes that are read of a cache.
  private static let limit = 1 << 30

  /// The cache of the data set at a path, in a folder of caches.
  init(of dataset: URL, in folder: URL) {
    let path = dataset.standardizedFileURL.resolvingSymlinksInPath().path
    file = folder.appendingPathComponent(
      "check/\(Digest.sha256(Array(path.utf8)).prefix(32)).cache")
    guard let status = FileStatus(file.path) else { return }
    guard status.isPlain, status.size <= Self.limit,
      let data = try? Foundation.Data(contentsOf: file)
    else {
      note = "\(file.path): the cache cannot be read and was not used"
      return
    }
    let bytes = [UInt8](data)
    guard bytes.count > 65, bytes[64] == 0x0a,
      String(decoding: bytes[..<64], as: UTF8.self) == Digest.sha256(Array(bytes[65...])),
      String(validating: bytes[65...], as: UTF8.self) != nil,
      let json = try? JSONReader.read(Array(bytes[65...]), file: file.path, depth: 8),
      let top = json.object, let version = top["version"]?.int
    else {
      note = "\(file.path): the cache is damaged and was not used"
      return
    }
    guard version == PictureFacts.version, let pictures = top["pictures"]?.object else {
      note = "\(file.path): the cache is another version's and was not used"
      return
    }
    for (path, value) in pictures {
      guard let entry = Entry(value) else {
        entries = [:]
        note = "\(file.path): the cache is damaged and was not used"
        return
      }
      entries[path] = entry
    }
  }

  /// Writes the entries in place of those before.
  func write(_ entries: [String: Entry]) throws {
    let pictures = JSON.object(entries.mapValues(\.json))
    let body = JSON.object(["version": .integer(PictureFacts.version), "pictures": pictures])
      .encoded()
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let bytes = Array(Digest.sha256(body).utf8) + [0x0a] + body
    try Foundation.Data(bytes).write(to: file, options: .atomic)
  }

  /// `$XDG_CACHE_HOME/apus`, else `~/.cache/apus`.
  static var folder: URL {
    let environment = ProcessInfo.processInfo.environment
    // The convention has relative paths ignored.
    if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
      return URL(fileURLWithPath: path).appendingPathComponent("apus")
    }
    return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache/apus")
  }
}

extension CheckCache.Entry {
  /// The entry as JSON.
  var json: JSON {
    var fields: [String: JSON] = [
      "file": .array(
        [status.size, status.modified, status.changed, status.number].map(JSON.integer)),
      "digest": .text(facts.digest),
      "size": .array([.integer(facts.width), .integer(facts.height)]),
      "color": .text(facts.color.rawValue), "alpha": .bool(facts.hasAlpha),
    ]
    fields["format"] = facts.format.map { .text($0.rawValue) }
    fields["orientation"] = facts.orientation.map { .integer($0.rawValue) }
    fields["pixels"] = facts.pixels.map(JSON.text)
    fields["fault"] = facts.fault.map(JSON.text)
    fields["likeness"] = facts.likeness.map { .text(Self.text($0)) }
    return .object(fields)
  }

  /// The entry of a JSON value; nil where a member is missing or of another kind.
  init?(_ json: JSON) {
    guard let fields = json.object, let file = fields["file"]?.array?.map(\.int), file.count == 4,
      let size = file[0], let modified = file[1], let changed = file[2], let number = file[3],
      let digest = fields["digest"]?.text, digest.utf8.count == 64,
      let sides = fields["size"]?.array?.map(\.int), sides.count == 2,
      let width = sides[0], let height = sides[1], 0...1_000_000 ~= width, 0...1_000_000 ~= height,
      let color = fields["color"]?.text.flatMap({ ColorModel(rawValue: $0) }),
      let alpha = fields["alpha"]?.truth
    else { return nil }
    facts = PictureFacts(digest: digest)
    (facts.width, facts.height, facts.color, facts.hasAlpha) = (width, height, color, alpha)
    facts.format = fields["format"]?.text.flatMap { ImageFormat(rawValue: $0) }
    facts.orientation = fields["orientation"]?.int.flatMap { Orientation(rawValue: $0) }
    facts.pixels = fields["pixels"]?.text
    facts.fault = fields["fault"]?.text
    facts.likeness = fields["likeness"]?.text.flatMap(Self.likeness)
    guard (facts.pixels == nil) != (facts.fault == nil), facts.pixels == nil || width * height > 0
    else { return nil }
    status = FileStatus(size: size, modified: modified, changed: changed, number: number)
  }

  private static func text(_ likeness: Likeness) -> String {
    likeness.words.map { String($0, radix: 16) }.joined(separator: " ")
  }

  private static func likeness(_ text: String) -> Likeness? {
    let words = text.split(separator: " ").compactMap { UInt64($0, radix: 16) }
    return words.count == 4 ? Likeness(words: words) : nil
  }
}
