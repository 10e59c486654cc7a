public import ApusDatasets
public import ArgumentParser

extension DatasetFormat: ExpressibleByArgument {}

extension DatasetWriting.Pictures: ExpressibleByArgument {}

extension VOCCorners: ExpressibleByArgument {
  /// `from-one` or `from-zero`, or the pixel itself: 1 or 0.
  public init?(argument: String) {
    switch argument {
    case "1", "from-one": self = .fromOne
    case "0", "from-zero": self = .fromZero
    default: return nil
    }
  }

  public static var allValueStrings: [String] { ["1", "0"] }

  public var defaultValueDescription: String { self == .fromOne ? "1" : "0" }
}
