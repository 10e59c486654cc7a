import Foundation

/// The memory of this process.
public enum PeakMemory {
  /// The most that lay in memory at once, in bytes; nil where the system does not tell.
  ///
  /// `VmHWM` of `/proc/self/status` where there is one: `getrusage` counts what lay there before the program
  /// was loaded, too. Read by the C library, which adds least to what is measured.
  public static var bytes: Int? {
    if let file = fopen("/proc/self/status", "r") {
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 256)
      while fgets(&line, Int32(line.count), file) != nil {
        let text = String(
          decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.hasPrefix("VmHWM:") else { continue }
        return text.split(whereSeparator: \.isWhitespace).dropLast().last.flatMap { Int($0) }
          .map { $0 * 1024 }
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
