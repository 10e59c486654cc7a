public import Foundation

/// Runs one configuration in a process of its own, `apus val`, so that its memory and its time are its own and its
/// end ends nothing else.
public struct SweepProcess: Sendable {
  /// The `apus` that is run.
  public let executable: URL
  /// The path of the data set.
  public let data: String
  /// Options of `apus val` that hold for every row.
  public let options: [String]

  /// Runs of an `apus` on a data set.
  public init(executable: URL, data: String, options: [String]) {
    self.executable = executable
    self.data = data
    self.options = options
  }

  /// The arguments for a configuration.
  public func arguments(for configuration: SweepConfiguration) -> [String] {
    var arguments = configuration.validationArguments
    arguments.insert(data, at: 1)
    return ["val"] + arguments + options + ["--json"]
  }

  /// Runs a configuration.
  ///
  /// - Throws: `ApusError` with what the process complained of, or how it ended.
  public func measure(_ configuration: SweepConfiguration) throws(ApusError) -> SweepMeasures {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-sweep-\(UUID().uuidString)")
    Interruption.protect(folder.path)
    defer {
      try? FileManager.default.removeItem(at: folder)
      Interruption.settle(folder.path)
    }
    let process = Process()
    let complaint: Data
    let report: Data
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // A file takes all complaints while the report is read from the pipe.
      let errors = folder.appendingPathComponent("errors")
      try Data().write(to: errors)
      let output = Pipe()
      process.executableURL = executable
      process.arguments = arguments(for: configuration)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      process.standardError = try FileHandle(forWritingTo: errors)
      try process.run()
      Interruption.protect(child: process.processIdentifier)
      defer { Interruption.settle(child: process.processIdentifier) }
      report = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      complaint = try Data(contentsOf: errors)
    } catch {
      throw .failure("'\(executable.path)' cannot be run: \(FilePath.reason(error))")
    }
    guard process.terminationReason == .exit else {
      throw .failure("the process was ended by signal \(process.terminationStatus)")
    }
    guard process.terminationStatus == 0 else {
      let text = String(decoding: complaint.suffix(2000), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      throw .failure(text.replacing("apus: error: ", with: ""))
    }
    return try Self.measures(in: report)
  }

  /// The measures in a report of `apus val --json`.
  static func measures(in report: Data) throws(ApusError) -> SweepMeasures {
    let read: Report
    do {
      read = try JSONDecoder().decode(Report.self, from: report)
    } catch {
      throw .failure("its report cannot be read: \(error)")
    }
    let stages = read.milliseconds
    return SweepMeasures(
      pictures: read.data.pictures, mAP50: read.yolo.mAP50, mAP: read.yolo.mAP,
      cocoAP50: read.coco.ap50, cocoAP: read.coco.ap, preprocess: stages.preprocess.mean,
      inference: stages.inference.mean, postprocess: stages.postprocess.mean,
      parameters: read.network?.parameters,
      multiplyAccumulates: read.network?.multiplyAccumulates,
      weightBytes: read.network?.weightBytes, peakMemory: read.peakMemoryBytes)
  }

  private struct Report: Decodable {
    struct Data: Decodable { var pictures: Int }
    struct YOLO: Decodable {
      var mAP50: Double
      var mAP: Double
    }
    struct COCO: Decodable {
      var ap: Double?
      var ap50: Double?
      enum CodingKeys: String, CodingKey {
        case ap = "AP"
        case ap50 = "AP50"
      }
    }
    struct Stage: Decodable { var mean: Double }
    struct Stages: Decodable {
      var preprocess: Stage
      var inference: Stage
      var postprocess: Stage
    }
    struct Network: Decodable {
      var parameters: Int?
      var multiplyAccumulates: Int?
      var weightBytes: Int?
    }
    var data: Data
    var yolo: YOLO
    var coco: COCO
    var milliseconds: Stages
    var network: Network?
    var peakMemoryBytes: Int?
  }
}
