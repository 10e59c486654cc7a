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
  /// Keeps the watchers alive. Written by `watch` alone, before anything else runs.
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
        removeTemporaryFiles()
        signal(number, SIG_DFL)
        kill(getpid(), number)
      }
      source.activate()
      watchers.append(source)
    }
  }

  /// Removes this file where the run is interrupted before `settle`.
  static func protect(_ path: String) {
    temporaryFiles.withLock { _ = $0.insert(path) }
  }

  /// The file is finished, or removed.
  static func settle(_ path: String) {
    temporaryFiles.withLock { _ = $0.remove(path) }
  }

  private static func removeTemporaryFiles() {
    for path in temporaryFiles.withLock({ $0 }) { unlink(path) }
  }
}
