public import ApusImage
import Foundation

/// The frames of a video, decoded one after the other by an installed ffmpeg.
public final class VideoReader {
  /// Width of a frame in pixels.
  public let width: Int
  /// Height of a frame in pixels.
  public let height: Int
  /// The number of frames, where the file says it.
  public let frameCount: Int?
  let frameRate: String
  private let path: String
  private let process = Process()
  private let frames = Pipe()
  private let errors = FileHandle(forWritingAtPath: "/dev/null")
  private var framesRead = 0

  /// Opens a video.
  ///
  /// - Throws: `ApusError` where ffmpeg is missing or cannot read the file.
  public init(path: String) throws(ApusError) {
    self.path = path
    let stream = try FFmpeg.probe(path)
    width = stream.width
    height = stream.height
    frameCount = stream.frameCount
    frameRate = stream.frameRate
    process.executableURL = URL(fileURLWithPath: try FFmpeg.path(of: "ffmpeg", for: path))
    process.arguments = [
      "-v", "error", "-i", "file:\(path)", "-map", "0:v:0", "-f", "rawvideo", "-pix_fmt", "rgb24",
      "-",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = frames
    if let errors { process.standardError = errors }
    do {
      try process.run()
    } catch {
      throw .failure("ffmpeg cannot be started: \(error.localizedDescription)")
    }
  }

  deinit {
    if process.isRunning { process.terminate() }
  }

  /// The next frame, or nil at the end.
  ///
  /// - Throws: `ApusError` where the video ends in the middle of a frame, or ffmpeg fails.
  public func next() throws(ApusError) -> Image? {
    let size = width * height * 3
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size)
    while pixels.count < size {
      let chunk: Data
      do {
        chunk = try frames.fileHandleForReading.read(upToCount: size - pixels.count) ?? Data()
      } catch {
        throw .failure(
          "'\(path)': frame \(framesRead) cannot be read: \(error.localizedDescription)")
      }
      if chunk.isEmpty { break }
      pixels.append(contentsOf: chunk)
    }
    if pixels.isEmpty {
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw .failure("'\(path)': ffmpeg stopped after \(framesRead) frames; is the file damaged?")
      }
      return nil
    }
    guard pixels.count == size else {
      throw .failure("'\(path)': the video ends in the middle of frame \(framesRead)")
    }
    framesRead += 1
    do {
      return try Image(width: width, height: height, format: .rgb, pixels: pixels)
    } catch {
      throw .failure("'\(path)', frame \(framesRead - 1): \(error)")
    }
  }
}
