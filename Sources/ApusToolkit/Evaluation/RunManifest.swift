/// From what a result came, so that it can be had again.
public struct RunManifest: Sendable, Hashable, Encodable {
  /// A file or data set with its digest.
  public struct Part: Sendable, Hashable, Encodable {
    /// What it is to the run: `model`, `data` or `results`.
    public var role: String
    /// Its path, as given.
    public var path: String
    /// SHA-256 of its bytes, or of what was read of a data set.
    public var sha256: String

    /// A part.
    public init(role: String, path: String, sha256: String) {
      self.role = role
      self.path = path
      self.sha256 = sha256
    }
  }

  /// The command line that gives the result again.
  public var command: [String]
  /// The version of Apus.
  public var version: String
  /// When the run started, in UTC: `2026-01-31T12:00:00Z`.
  public var started: String
  /// What went in.
  public var parts: [Part]
  /// Every option and its value, given or not.
  public var options: [String: String]
  /// Processor, cores, memory and system.
  public var machine: [String: String]

  /// A manifest.
  public init(
    command: [String], version: String, started: String, parts: [Part],
    options: [String: String], machine: [String: String]
  ) {
    self.command = command
    self.version = version
    self.started = started
    self.parts = parts
    self.options = options
    self.machine = machine
  }
}
