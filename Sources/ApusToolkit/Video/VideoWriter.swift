public import ApusImage
import Foundation

/// Writes pictures of one size as a video, encoded by an installed ffmpeg.
public final class VideoWriter {
  private let path: String
  private let temporary: String
  private let process = Process()
  private let frames = Pipe()
  private var isStarted = false
  private var isFinished = false

  /// Starts a video of the size and rate of another.
  ///
  /// - Throws: `ApusError` where ffmpeg is missing or cannot be started.
  public init(path: String, like reader: VideoReader) throws(ApusError) {
    self.path = path
    let folder = FilePath.folder(of: path)
    let name = ".partial-\((path as NSString).lastPathComponent)"
    temporary = (folder as NSString).appendingPathComponent(name)
    process.executableURL = URL(fileURLWithPath: try FFmpeg.path(of: "ffmpeg", for: path))
    process.arguments = [
      "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
      "-s", "\(reader.width)x\(reader.height)", "-r", reader.frameRate, "-i", "-",
      // yuv420p wants even sides.
      "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-f", "mp4",
      "file:\(temporary)",
    ]
    process.standardInput = frames
    process.standardError = FileHandle.nullDevice
    Interruption.protect(temporary)
    do {
      try process.run()
      isStarted = true
    } catch {
      throw .failure("ffmpeg cannot be started: \(error.localizedDescription)")
    }
  }

  deinit {
    if !isFinished {
      // Frames that were taken so far make no whole video: end ffmpeg before its file is removed.
      if isStarted {
        process.terminate()
        // It ends at the end of its input, should it not heed the signal.
        try? frames.fileHandleForWriting.close()
        process.waitUntilExit()
      }
      try? FileManager.default.removeItem(atPath: temporary)
      Interruption.settle(temporary)
    }
  }

  /// Appends one picture.
  public func append(_ image: Image) throws(ApusError) {
    do {
      try frames.fileHandleForWriting.write(contentsOf: Data(image.converted(to: .rgb).pixels))
    } catch {
      throw .failure(
        "'\(path)': ffmpeg does not take the frames (\(FilePath.reason(error))); see that it can"
          + " write MP4, or give --no-pictures")
    }
  }

  /// Ends the video and gives the file its name.
  public func finish() throws(ApusError) {
    do {
      try frames.fileHandleForWriting.close()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw ApusError.failure("ffmpeg stopped with code \(process.terminationStatus)")
      }
      guard rename(temporary, path) == 0 else {
        throw ApusError.failure(String(cString: strerror(errno)).lowercased())
      }
      isFinished = true
      Interruption.settle(temporary)
    } catch {
      throw .failure(
        "'\(path)': the video cannot be finished: \(error); see that the disk has space and ffmpeg"
          + " can write MP4")
    }
  }
}
