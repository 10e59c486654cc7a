import Foundation

/// The installed ffmpeg, which decodes and encodes videos for us in a process of its own.
enum FFmpeg {
  /// The path of an installed program, by the `PATH` of the environment.
  static func path(of program: String, for video: String) throws(ApusError) -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for folder in folders {
      let path = "\(folder)/\(program)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw .failure(
      "'\(video)': videos need \(program), which is not installed; install ffmpeg (apt-get install ffmpeg,"
        + " brew install ffmpeg) or give pictures")
  }

  /// What ffmpeg complains of, without the addresses of its parts.
  private static func reason(in complaint: Data, about path: String) -> String {
    String(decoding: complaint.prefix(600), as: UTF8.self).split(separator: "\n").map { line in
      var text = String(line)
      if text.hasPrefix("["), let end = text.range(of: "] ") {
        text.removeSubrange(..<end.upperBound)
      }
      return text.replacingOccurrences(of: "file:\(path): ", with: "")
    }.joined(separator: "; ")
  }

  /// What a video is, by ffprobe.
  struct Stream: Hashable, Sendable {
    /// Width and height as shown, rotation applied.
    let width: Int
    let height: Int
    /// Frames a second as ffmpeg writes it: `30000/1001`.
    let frameRate: String
    /// The number of frames, where the file says it.
    let frameCount: Int?
  }

  /// Asks ffprobe what a video is.
  static func probe(_ path: String) throws(ApusError) -> Stream {
    let output = try run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", "v:0", "-of", "json", "-show_entries",
        "stream=width,height,avg_frame_rate,nb_frames:stream_side_data=rotation", "file:\(path)",
      ], about: path)
    guard let answer = try? JSONDecoder().decode(Answer.self, from: output),
      let stream = answer.streams.first, let width = stream.width, let height = stream.height,
      width > 0, height > 0
    else { throw .failure("'\(path)': ffprobe finds no picture stream in it; expected a video") }
    let rotation = stream.sideData?.compactMap(\.rotation).first ?? 0
    let isTurned = Int(rotation.rounded()) % 180 != 0
    let rate = stream.frameRate.flatMap { $0.hasPrefix("0/") ? nil : $0 } ?? "25"
    return Stream(
      width: isTurned ? height : width, height: isTurned ? width : height, frameRate: rate,
      frameCount: stream.frameCount.flatMap(Int.init))
  }

  private struct Answer: Decodable {
    struct SideData: Decodable { var rotation: Double? }
    struct Entry: Decodable {
      var width: Int?
      var height: Int?
      var frameRate: String?
      var frameCount: String?
      var sideData: [SideData]?

      enum CodingKeys: String, CodingKey {
        case width, height
        case frameRate = "avg_frame_rate"
        case frameCount = "nb_frames"
        case sideData = "side_data_list"
      }
    }
    var streams: [Entry]
  }

  private static func run(
    _ program: String, _ arguments: [String], about path: String
  ) throws(ApusError) -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.path(of: program, for: path))
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw .failure("\(program) cannot be started: \(error.localizedDescription)")
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw .failure(
        "'\(path)': \(program) cannot read it: \(reason(in: complaint, about: path));"
          + " expected a video; copy or download it again")
    }
    return data
  }
}
