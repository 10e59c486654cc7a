import Foundation
import Synchronization

/// The data sets that are being written, each still under its temporary name.
public enum UnfinishedOutputs {
  private struct State {
    var urls: Set<URL> = []
    var isDiscarded = false
  }

  private static let state = Mutex(State())

  /// Removes all of them, and refuses every further write: for the end of an interrupted process.
  public static func discard() {
    state.withLock { state in
      state.isDiscarded = true
      for url in state.urls { try? FileManager.default.removeItem(at: url) }
    }
  }

  static func add(_ url: URL) {
    state.withLock { _ = $0.urls.insert(url) }
  }

  static func remove(_ url: URL) {
    state.withLock { _ = $0.urls.remove(url) }
  }

  /// Writes to an output; ``discard()`` waits for it, so that nothing appears after its removal.
  static func act(_ body: () throws -> Void) throws {
    try state.withLock { state in
      guard !state.isDiscarded else { throw CancellationError() }
      try body()
    }
  }
}
