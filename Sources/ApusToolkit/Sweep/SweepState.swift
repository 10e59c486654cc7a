import ApusDigest
import Foundation

/// The measures of rows that were run already, kept in a file so that a sweep can go on where it ended.
///
/// A row is found again by all it depends on: the bytes of the model, the data set, the configuration, the settings
/// of the sweep, the version of Apus and the machine.
public struct SweepState: Sendable {
  /// What every row of a sweep depends on beside model and configuration.
  public struct Context: Sendable, Hashable {
    /// The digest of the data set.
    public var data: String
    /// Options that hold for all rows.
    public var settings: [String: String]
    /// The version of Apus.
    public var version: String
    /// Processor, cores, memory and system.
    public var machine: [String: String]

    /// A context.
    public init(
      data: String, settings: [String: String], version: String = ApusVersion.current,
      machine: [String: String]
    ) {
      self.data = data
      self.settings = settings
      self.version = version
      self.machine = machine
    }
  }

  private struct File: Codable {
    static let name = "apus sweep 1"
    var format = File.name
    var rows: [String: Entry]
  }

  private struct Entry: Codable {
    var configuration: SweepConfiguration
    var measures: SweepMeasures
  }

  /// The file.
  public let path: String
  private let context: Context
  private var entries: [String: Entry]

  /// Opens a file of rows; one that does not exist yet has none, and is made with the first row.
  ///
  /// - Throws: `ApusError` where it is no such file, or cannot be written.
  public init(path: String, context: Context) throws(ApusError) {
    self.path = path
    self.context = context
    guard FileManager.default.fileExists(atPath: path) else {
      entries = [:]
      return
    }
    do {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let file = try JSONDecoder().decode(File.self, from: bytes)
      guard file.format == File.name else {
        throw ApusError.failure(
          "'\(path)': its format is '\(file.format)', expected '\(File.name)'; name another file with"
            + " --state")
      }
      entries = file.rows
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure(
        "'\(path)': is no state of a sweep (expected JSON of '\(File.name)'); name another file with"
          + " --state")
    }
  }

  /// What a configuration measured; nil where it has not been run under these circumstances.
  public func measures(
    of configuration: SweepConfiguration, model: SweepModel
  ) -> SweepMeasures? {
    entries[key(configuration, model)]?.measures
  }

  /// Keeps a row, and writes the file.
  ///
  /// - Throws: `ApusError` where the file cannot be written.
  public mutating func keep(
    _ measures: SweepMeasures, of configuration: SweepConfiguration, model: SweepModel
  ) throws(ApusError) {
    entries[key(configuration, model)] = Entry(configuration: configuration, measures: measures)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try AtomicFile.write(encoder.encode(File(rows: entries)), to: path)
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(path)': cannot be written: \(error)")
    }
  }

  /// The digest of all that a row depends on, a line each.
  private func key(_ configuration: SweepConfiguration, _ model: SweepModel) -> String {
    var lines = [
      "version \(context.version)", "data \(context.data)", "model \(model.sha256)",
      "size \(configuration.size.height) \(configuration.size.width)",
      "precision \(configuration.precision.rawValue)", "batch \(configuration.batch)",
      "preprocess \(configuration.preprocess)", "heads \(configuration.heads?.rawValue ?? "own")",
    ]
    for (title, values) in [("machine", context.machine), ("setting", context.settings)] {
      lines += values.sorted { $0.key < $1.key }.map { "\(title) \($0.key) \($0.value)" }
    }
    return Digest.sha256(Array(lines.joined(separator: "\n").utf8))
  }
}
