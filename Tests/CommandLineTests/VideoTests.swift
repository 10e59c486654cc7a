import Foundation
import Testing

/// Videos through an installed ffmpeg, and what is said where there is none.
@Suite struct VideoTests {
  private static let folders =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)

  /// The path of an installed program.
  private static func path(of program: String) -> String? {
    folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let hasFFmpeg = path(of: "ffmpeg") != nil && path(of: "ffprobe") != nil

  private func shell(_ command: String, in place: Workplace) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = place.folder
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command)")
    return text
  }

  /// A folder with the small detector and a video of the given frames.
  private func withVideo(frames: Int, _ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      _ = try shell(
        "ffmpeg -v error -f lavfi -i testsrc=size=65x33:rate=10 -frames:v \(frames)"
          + " -pix_fmt yuv444p v.mp4", in: place)
      try body(place)
    }
  }

  @Test func withoutFFmpegItIsSaidWhatToInstall() throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try place.file("v.mp4", [0])
      var setting = Apus.Setting()
      setting.path = place.folder.path
      try place.refuses(
        ["detect", "net.onnx", "v.mp4", "--output", "found"],
        says: ["v.mp4", "not installed", "apt-get install ffmpeg"], setting)
    }
  }

  @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"))
  func everyFrameIsAnnotatedAndCounted() throws {
    try withVideo(frames: 10) { place in
      let result = try place.run(
        ["detect", "net.onnx", "v.mp4", "--output", "found", "--save-txt", "--json"])
      #expect(result.status == 0, "\(result.errors)")
      let found = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
      #expect(Set(found.compactMap { $0["frame"] as? Int }) == Set(0..<10))
      var expected: Set<String> = ["v.mp4"]
      for frame in 0..<10 { expected.insert("v_\(frame).txt") }
      let written = try FileManager.default.contentsOfDirectory(
        atPath: place.folder.appendingPathComponent("found").path)
      #expect(Set(written) == expected)
      let counted = try shell(
        "ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames -of csv=p=0"
          + " found/v.mp4", in: place)
      #expect(counted.hasPrefix("66,34,10"), "\(counted)")
    }
  }

  @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"))
  func damagedVideosAndTheSourceAsTargetAreRefused() throws {
    try withVideo(frames: 3) { place in
      try place.file("letter.mp4", Array("hello".utf8))
      try place.file("empty.avi", [])
      for name in ["letter.mp4", "empty.avi"] {
        try place.refuses(
          ["detect", "net.onnx", name, "--output", "found"], says: [name, "expected a video"])
      }
      try place.refuses(
        ["detect", "net.onnx", "v.mp4", "--output", "."], status: 2,
        says: ["v.mp4", "would be overwritten"])
    }
  }

  @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"))
  func anEncoderThatDiesLeavesNothing() throws {
    try withVideo(frames: 200) { place in
      let tools = place.folder.appendingPathComponent("tools")
      try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
      let decoder = try #require(Self.path(of: "ffmpeg"))
      let probe = try #require(Self.path(of: "ffprobe"))
      let script = """
        #!/bin/sh
        case "$*" in *yuv420p*) exit 3;; esac
        exec '\(decoder)' "$@"
        """
      let fake = tools.appendingPathComponent("ffmpeg")
      try Data(script.utf8).write(to: fake)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fake.path)
      try FileManager.default.createSymbolicLink(
        atPath: tools.appendingPathComponent("ffprobe").path, withDestinationPath: probe)
      var setting = Apus.Setting()
      setting.path = ([tools.path] + Self.folders).joined(separator: ":")
      try place.refuses(
        ["detect", "net.onnx", "v.mp4", "--output", "found"], says: ["found/v.mp4", "ffmpeg"],
        setting)
    }
  }

  @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"), arguments: [SIGINT, SIGTERM])
  func anInterruptedRunLeavesNoHalfWrittenFile(_ signal: Int32) throws {
    try withVideo(frames: 20_000) { place in
      let process = Process()
      process.executableURL = Apus.executable
      process.arguments = ["detect", "net.onnx", "v.mp4", "--output", "found"]
      process.currentDirectoryURL = place.folder
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let partial = place.folder.appendingPathComponent("found/.partial-v.mp4").path
      let deadline = ContinuousClock.now + .seconds(60)
      while !FileManager.default.fileExists(atPath: partial), ContinuousClock.now < deadline {
        Thread.sleep(forTimeInterval: 0.02)
      }
      #expect(process.isRunning)
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(process.terminationStatus == signal)
      // Nor the folder, which was made for it.
      let found = place.folder.appendingPathComponent("found").path
      #expect(!FileManager.default.fileExists(atPath: found))
    }
  }
}
