import ApusDigest
import Dispatch
import Foundation
import Synchronization

/// Reads the pictures of a data set, several at a time, as far as the cache does not know them.
///
/// No more pictures are in memory at once than the machine has processors.
struct PictureInspection: Sendable {
  /// What became of a picture.
  enum Outcome: Sendable {
    /// There is no file.
    case missing
    /// The file cannot be read, and why.
    case unreadable(String)
    /// What is known of it.
    case known(PictureFacts)
  }

  /// The result for every path, what to keep, and how the facts were got.
  struct Result: Sendable {
    var outcomes: [String: Outcome] = [:]
    var entries: [String: CheckCache.Entry] = [:]
    /// Pictures that were decoded.
    var decoded = 0
    /// Pictures of which nothing was read, as their files are unchanged.
    var reused = 0
    /// Pictures that were read and found to have the bytes they had.
    var verified = 0
  }

  /// The most bytes that a picture's file may have.
  private static let limit = 1 << 30
  /// A change this short before a file is read, in nanoseconds, may have the time stamp of another
  /// change right after it: its entry is not trusted without reading the file again.
  private static let uncertainty = 100_000_000

  /// The facts of the last check, by path.
  let known: [String: CheckCache.Entry]
  /// Whether every file is read, whatever the file system says.
  let readsAll: Bool

  /// Inspects files, on all processors; `progress` is called after each, by one thread at a time.
  func inspect(_ paths: [String], progress: @escaping @Sendable () -> Void) -> Result {
    let state = Mutex((next: 0, result: Result()))
    let workers = max(1, min(ProcessInfo.processInfo.activeProcessorCount, paths.count))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let index = state.withLock { state in
          state.next += 1
          return state.next - 1
        }
        guard index < paths.count else { return }
        let path = paths[index]
        let (outcome, entry, how) = inspect(path)
        state.withLock { state in
          state.result.outcomes[path] = outcome
          state.result.entries[path] = entry
          switch how {
          case .decoded: state.result.decoded += 1
          case .reused: state.result.reused += 1
          case .verified: state.result.verified += 1
          case .none: break
          }
          progress()
        }
      }
    }
    return state.withLock { $0.result }
  }

  private enum Way { case decoded, reused, verified, none }

  private func inspect(_ path: String) -> (Outcome, CheckCache.Entry?, Way) {
    guard let status = FileStatus(path) else { return (.missing, nil, .none) }
    guard status.isPlain else { return (.unreadable("something that is no file"), nil, .none) }
    let kept = known[path]
    if let kept, kept.status == status, !readsAll { return (.known(kept.facts), kept, .reused) }
    guard status.size <= Self.limit else {
      return (.unreadable("a file of \(status.size) bytes, over 1 GiB"), nil, .none)
    }
    let start = Date().timeIntervalSince1970
    let bytes: [UInt8]
    do { bytes = [UInt8](try Foundation.Data(contentsOf: URL(fileURLWithPath: path))) } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
      return (.unreadable((cause ?? error).localizedDescription), nil, .none)
    }
    let digest = Digest.sha256(bytes)
    let isSame = kept?.facts.digest == digest
    let facts = isSame ? kept?.facts : nil
    let result = facts ?? PictureFacts(bytes, digest: digest)
    let isSettled =
      FileStatus(path) == status && Double(status.changed + Self.uncertainty) < start * 1e9
    let entry = CheckCache.Entry(
      status: isSettled ? status : FileStatus(size: -1, modified: 0, changed: 0, number: 0),
      facts: result)
    return (.known(result), entry, isSame ? .verified : .decoded)
  }
}
