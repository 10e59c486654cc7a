import Foundation

/// The built command line, run as a user runs it.
enum Apus {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// How a run is set up, where it matters.
  struct Setting {
    /// What standard input holds; nothing where nil.
    var input: Data?
    /// The working folder.
    var folder: URL?
    /// The folders programs are looked for in.
    var path: String?
    /// Variables of the environment beside those of the tests.
    var environment: [String: String] = [:]
    /// The most memory the run may map, in KiB, so that a large request fails instead of slowing the machine.
    var memory: Int?
    /// A shell redirection added to the command, such as `> /dev/full`.
    var redirection = ""
  }

  /// The executable beside the test bundle.
  static let executable: URL = {
    // On Linux the test runner itself lies in the products folder; on macOS inside a bundle there.
    var folder = Bundle.main.bundleURL
    for candidate in [folder, folder.deletingLastPathComponent()]
      + Bundle.allBundles.map({
        $0.bundleURL.deletingLastPathComponent()
      })
    {
      let path = candidate.appendingPathComponent("apus")
      if FileManager.default.isExecutableFile(atPath: path.path) { return path }
    }
    folder.appendPathComponent("apus")
    return folder
  }()

  /// Runs the command line with the given arguments.
  static func run(_ arguments: [String], _ setting: Setting = Setting()) throws -> Result {
    let process = Process()
    let limit = setting.memory.map { "ulimit -v \($0); " } ?? ""
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "\(limit)exec \"$0\" \"$@\" \(setting.redirection)", executable.path] + arguments
    process.currentDirectoryURL = setting.folder
    var variables = setting.environment
    if let path = setting.path { variables["PATH"] = path }
    if !variables.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    }
    let output = Pipe()
    let errors = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-errors-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    let handle = try FileHandle(forWritingTo: errors)
    process.standardOutput = output
    process.standardError = handle
    if let input = setting.input {
      let pipe = Pipe()
      process.standardInput = pipe
      try process.run()
      try pipe.fileHandleForWriting.write(contentsOf: input)
      try pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try handle.close()
    return Result(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// Calls `body` with a fresh folder that is removed afterwards.
  static func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
