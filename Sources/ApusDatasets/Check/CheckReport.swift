/// What a check found, and how much it looked at.
public struct CheckReport: Sendable, Encodable {
  /// How often a kind was found.
  public struct Count: Sendable, Hashable, Encodable {
    /// The kind.
    public let kind: FindingKind
    /// The severity of these.
    public let severity: Finding.Severity
    /// Their number.
    public let count: Int
  }

  /// The data set that was checked.
  public let path: String
  /// Its format.
  public let format: String
  /// Pictures that the data set names, without those whose files could not be read at all.
  public let pictures: Int
  /// Labels that could be read.
  public let labels: Int
  /// Classes.
  public let classes: Int
  /// Pictures without labels.
  public let backgrounds: Int
  /// Pictures of every split.
  public let splits: [String: Int]
  /// Everything that was found, errors first, then by kind, in the order of the files.
  public let findings: [Finding]
  /// The findings by severity and kind.
  public let counts: [Count]
  /// Faults of the files beyond the 10,000 that are listed.
  public let unlisted: Int
  /// Pictures that were decoded.
  public internal(set) var decoded = 0
  /// Pictures whose files were not read, as they have not changed since the last check.
  public internal(set) var reused = 0
  /// Pictures that were read, but not decoded, as their bytes are those of the last check.
  public internal(set) var verified = 0
  /// Remarks on the check itself.
  public internal(set) var notes: [String] = []
  /// How long it took, in seconds.
  public internal(set) var seconds = 0.0

  init(_ path: String, _ reading: DatasetReading, _ findings: [Finding]) {
    let dataset = reading.dataset
    self.path = path
    format = reading.origins.format.rawValue
    pictures = dataset.pictures.count
    labels = dataset.annotations.count
    classes = dataset.classes.count
    let marked = Set(dataset.annotations.map(\.pictureID))
    backgrounds = dataset.pictures.count { !marked.contains($0.id) }
    splits = Dictionary(
      dataset.pictures.flatMap(\.splits).map { ($0, 1) }, uniquingKeysWith: +)
    unlisted = reading.faultCount - reading.faults.count
    let order = Dictionary(
      FindingKind.allCases.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    func rank(_ finding: Finding) -> (Finding.Severity, Int) {
      (finding.severity, order[finding.kind] ?? 0)
    }
    let sorted = findings.enumerated().sorted {
      let (a, b) = (rank($0.element), rank($1.element))
      return (a.0, a.1, $0.offset) < (b.0, b.1, $1.offset)
    }.map(\.element)
    var counts: [Count] = []
    for finding in sorted {
      let before = counts.last.flatMap {
        $0.kind == finding.kind && $0.severity == finding.severity ? $0.count : nil
      }
      if before != nil { counts.removeLast() }
      counts.append(
        Count(kind: finding.kind, severity: finding.severity, count: (before ?? 0) + 1))
    }
    self.findings = sorted
    self.counts = counts
  }

  /// The number of findings of a severity; faults that are not listed are errors.
  public func count(_ severity: Finding.Severity) -> Int {
    counts.reduce(0) { $0 + ($1.severity == severity ? $1.count : 0) }
      + (severity == .error ? unlisted : 0)
  }

  /// The findings of a kind.
  public func findings(_ kind: FindingKind) -> [Finding] { findings.filter { $0.kind == kind } }
}
