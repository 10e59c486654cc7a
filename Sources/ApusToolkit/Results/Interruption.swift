import ApusDatasets
import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Leaves no half-written file behind where a run is interrupted (Ctrl-C) or terminated.
public enum Interruption {
  private static let temporaryFiles = Mutex<Set<String>>([])
  private static let emptyFolders = Mutex<Set<String>>([])
  private static let children = Mutex<Set<Int32>>([])
  // Keeps the watchers alive; written by `watch` alone, before anything else runs.
  nonisolated(unsafe) private static var watchers: [any DispatchSourceSignal] = []

  /// Starts to watch for interruption, once, at the start of the process; and lets writing to a closed pipe fail instead of ending the process.
  public static func watch() {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // The default action would end the process before the watcher sees the signal.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(
        signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler {
        for child in children.withLock({ $0 }) { kill(child, SIGTERM) }
        removeTemporaryFiles()
        UnfinishedOutputs.discard()
        end(by: number)
      }
      source.activate()
      watchers.append(source)
    }
  }

  /// Removes this file or folder where the run is interrupted before `settle`.
  static func protect(_ path: String) {
    temporaryFiles.withLock { _ = $0.insert(path) }
  }

  /// The file or folder is finished, or removed.
  static func settle(_ path: String) {
    temporaryFiles.withLock { _ = $0.remove(path) }
  }

  /// Removes this new folder where the run is interrupted before anything was written into it.
  static func protect(emptyFolder path: String) {
    emptyFolders.withLock { _ = $0.insert(path) }
  }

  /// Ends this process too where the run is interrupted before `settle`: Ctrl-C does not reach it in its own group.
  static func protect(child: Int32) {
    children.withLock { _ = $0.insert(child) }
  }

  /// The process has ended.
  static func settle(child: Int32) {
    children.withLock { _ = $0.remove(child) }
  }

  /// Ends the process as the signal would have without a watcher, so that a caller sees why.
  private static func end(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    // A signal source blocks its signal in every thread.
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, number)
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    raise(number)
    _exit(128 + number)
  }

  private static func removeTemporaryFiles() {
    for path in temporaryFiles.withLock({ $0 }) {
      try? FileManager.default.removeItem(atPath: path)
    }
    // It leaves folders that have something in them; those within others go first.
    for path in emptyFolders.withLock({ $0 }).sorted(by: { $0.utf8.count > $1.utf8.count }) {
      rmdir(path)
    }
  }
}
