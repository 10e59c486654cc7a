public import Foundation
import Synchronization

/// Checks a data set: its files, its pictures from the first byte to the last, and its labels.
public struct DatasetCheck: Sendable {
  /// How a check is done.
  public struct Options: Sendable {
    /// The format; nil to tell it from the names of files.
    public var format: DatasetFormat?
    /// How VOC's corners count.
    public var corners = VOCCorners.fromOne
    /// Bounds on files.
    public var limits = DatasetLimits()
    /// The folder of caches; nil for no cache.
    public var cache: URL? = DatasetCheck.cacheFolder
    /// Whether every picture's bytes are read and compared with the cache, changed or not.
    public var readsAll = false
    /// Called after each picture with the number done and the number of all, by one thread at a time.
    public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

    /// The defaults: format told, cache used.
    public init() {}
  }

  /// What was found.
  public let report: CheckReport
  /// The data set as far as it could be read.
  let reading: DatasetReading
  /// What is known of the pictures, by path.
  let outcomes: [String: PictureInspection.Outcome]
  /// Copies among the pictures.
  let copies: PictureCopies

  /// `$XDG_CACHE_HOME/apus`, else `~/.cache/apus`.
  public static var cacheFolder: URL { CheckCache.folder }

  /// Checks a data set.
  ///
  /// What leaves nothing to check, such as a missing file or broken JSON, is thrown.
  ///
  /// - Parameter url: A `data.yaml`, a COCO or LabelMe JSON, a VOC XML, or the folder of a data set.
  public init(_ url: URL, _ options: Options = Options()) throws(DatasetError) {
    let start = ContinuousClock.now
    let cache = options.cache.map { CheckCache(of: url, in: $0) }
    let known = cache?.entries ?? [:]
    var files = DatasetFiles(limits: options.limits)
    files.knownSize = { path in
      guard let entry = known[path], entry.facts.fault == nil, FileStatus(path) == entry.status
      else { return nil }
      return (entry.facts.uprightWidth, entry.facts.uprightHeight)
    }
    let reading = try DatasetReading(
      url, files, format: options.format, corners: options.corners)
    var seen: Set<String> = []
    let paths = reading.dataset.pictures.compactMap(\.path).filter { seen.insert($0).inserted }
    let done = Mutex(0)
    let progress = options.progress
    let result = PictureInspection(known: known, readsAll: options.readsAll).inspect(paths) {
      let count = done.withLock { count in
        count += 1
        return count
      }
      progress?(count, paths.count)
    }
    var notes = [cache?.note].compactMap { $0 }
    if let cache, result.entries != known {
      do { try cache.write(result.entries) } catch {
        notes.append(
          "\(cache.file.path): the cache cannot be written: \(error.localizedDescription)")
      }
    }
    let copies = PictureCopies(reading.dataset, result.outcomes)
    var findings = FaultFindings(reading).all
    findings += PictureFindings(reading, result.outcomes).all
    findings += BoxFindings(reading, result.outcomes).all
    findings += copies.findings
    findings += SetFindings(reading).all
    var report = CheckReport(url.path, reading, findings)
    report.notes = notes
    (report.decoded, report.reused, report.verified) =
      (result.decoded, result.reused, result.verified)
    report.seconds = (ContinuousClock.now - start) / .seconds(1)
    self.report = report
    self.reading = reading
    outcomes = result.outcomes
    self.copies = copies
  }
}

extension [String: PictureInspection.Outcome] {
  /// What is known of a picture; nil where its file is missing or cannot be read.
  func facts(of picture: Dataset.Picture) -> PictureFacts? {
    guard let path = picture.path, case .known(let facts)? = self[path] else { return nil }
    return facts
  }
}
