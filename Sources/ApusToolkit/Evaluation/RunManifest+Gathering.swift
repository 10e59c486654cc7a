import ApusDatasets
import ApusDigest
import ApusKernels
import ApusMetrics
public import Foundation

extension RunManifest {
  /// The manifest of a run on this machine.
  ///
  /// - Parameters:
  ///   - command: the command line that gives the result again.
  ///   - started: when the run began.
  public static func gather(
    command: [String], started: Date, parts: [Part], options: [String: String]
  ) -> RunManifest {
    RunManifest(
      command: command, version: ApusVersion.current, started: utc(started), parts: parts,
      options: options, machine: machine())
  }

  private static func utc(_ date: Date) -> String { date.formatted(.iso8601) }

  /// Processor, cores, memory, system, and the instruction set that kernels use.
  static func machine() -> [String: String] {
    let process = ProcessInfo.processInfo
    let isa = (try? ISA.selected(environment: process.environment)) ?? .best
    return [
      "processor": processor(), "cores": "\(process.activeProcessorCount)",
      "memory": "\(process.physicalMemory >> 20) MiB",
      "system": process.operatingSystemVersionString,
      "isa": isa.rawValue,
    ]
  }

  private static func processor() -> String {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return "unknown"
    }
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      if let name = line.split(separator: ":").last {
        return name.trimmingCharacters(in: .whitespaces)
      }
    }
    return "unknown"
  }
}

extension RunManifest.Part {
  /// A file with the digest of its bytes.
  ///
  /// - Throws: `ApusError` where it cannot be read.
  public init(role: String, file: String) throws(ApusError) {
    guard let digest = Digest.sha256(ofFile: file) else {
      throw .failure("'\(file)': cannot be read")
    }
    self.init(role: role, path: file, sha256: digest)
  }

  /// A data set with the digest of what was read of it: classes, pictures by name, size and bytes of the file,
  /// objects; whatever files they came from.
  public init(_ data: EvaluationData) {
    self.init(role: "data", path: data.path, sha256: Digest.sha256(Array(data.listing.utf8)))
  }

  /// Results that were read from a file, with the digest of its bytes; those of a folder with that of the
  /// detections.
  ///
  /// - Throws: `ApusError` where the file cannot be read.
  public init(results path: String, _ results: ResultSet) throws(ApusError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      try self.init(role: "results", file: path)
      return
    }
    let listing = results.detections.map {
      "\($0.imageID) \($0.categoryID) \($0.x) \($0.y) \($0.width) \($0.height) \($0.score)\n"
    }.joined()
    self.init(role: "results", path: results.name, sha256: Digest.sha256(Array(listing.utf8)))
  }
}

extension EvaluationData {
  /// Everything that is judged by, a line for each class, picture and object.
  fileprivate var listing: String {
    var text = "split \(split ?? "")\n"
    for entry in dataset.classes { text += "class \(entry.id) \(entry.name)\n" }
    for picture in dataset.pictures {
      let attributes = picture.path.flatMap {
        try? FileManager.default.attributesOfItem(atPath: $0)
      }
      let bytes = (attributes?[.size] as? NSNumber)?.intValue
      text +=
        "picture \(picture.id) \(picture.file) \(picture.width) \(picture.height) \(bytes ?? -1)\n"
    }
    for object in truths {
      text +=
        "object \(object.imageID) \(object.categoryID) \(object.x) \(object.y) \(object.width)"
        + " \(object.height) \(object.area) \(object.isCrowd)\n"
    }
    return text
  }
}
