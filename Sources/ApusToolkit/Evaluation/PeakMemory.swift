import Foundation

/// The memory of this process.
public enum PeakMemory {
  /// The most that lay in memory at once, in bytes; nil where the system does not tell.
  ///
  /// `VmHWM` of `/proc/self/status` where there is one: `getrusage` counts what lay there before the program
  /// was loaded, too.
  public static var bytes: Int? {
    if let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) {
      for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
        return line.split(separator: " ").dropLast().last.flatMap { Int($0) }.map { $0 * 1024 }
      }
    }
    #if canImport(Darwin)
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #else
      return nil
    #endif
  }
}
