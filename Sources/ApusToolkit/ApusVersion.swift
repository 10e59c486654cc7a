/// The version of this build.
public enum ApusVersion {
  /// Semantic version, as CHANGELOG.md has it.
  public static let current = "0.1.0"
}
