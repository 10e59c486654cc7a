import Foundation

/// One line on the terminal that says how far a long run is, how fast, and how long it will take.
///
/// Nothing is written in the first two seconds, nor where standard error is not a terminal.
struct ProgressLine {
  private let what: String
  private let total: Int?
  private let start = ContinuousClock.now
  private var lastWrite = ContinuousClock.now
  private var done = 0
  private var isShown = false
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// Progress of a run over `total` things of the given plural, or of unknown length.
  init(_ what: String, total: Int?) {
    self.what = what
    self.total = total
  }

  /// Counts one more.
  ///
  /// - Parameter note: what else is to be seen, such as what has been reached.
  mutating func advance(_ note: @autoclosure () -> String = "") {
    done += 1
    let now = ContinuousClock.now
    guard isTerminal, now - start > .seconds(2), now - lastWrite > .milliseconds(200) else {
      return
    }
    lastWrite = now
    isShown = true
    let line = Self.line(what, done: done, total: total, seconds: (now - start) / .seconds(1))
    let note = note()
    let tail = note.isEmpty ? "" : "  \(note)"
    FileHandle.standardError.write(Data("\r\u{1B}[K\(line)\(tail)".utf8))
  }

  /// Removes the line.
  func finish() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  /// `12/40 pictures  30%  8.2/s  3 s left`.
  static func line(_ what: String, done: Int, total: Int?, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let speed = String(format: "%.1f/s", rate)
    guard let total else { return "\(done) \(what)  \(speed)" }
    let share = total > 0 ? min(100 * done / total, 100) : 100
    let left = rate > 0 ? Double(max(total - done, 0)) / rate : 0
    return "\(done)/\(total) \(what)  \(share)%  \(speed)  \(duration(left)) left"
  }

  /// `45 s`, `3 min 20 s`, `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
