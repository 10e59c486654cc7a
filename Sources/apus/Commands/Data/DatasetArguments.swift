public import ApusDatasets
public import ArgumentParser

extension DatasetFormat: ExpressibleByArgument {}

extension DatasetWriting.Pictures: ExpressibleByArgument {}

extension VOCCorners: ExpressibleByArgument {
  /// `from-one` or `from-zero`.
  public init?(argument: String) {
    guard let corners = Self.allCases.first(where: { $0.defaultValueDescription == argument })
    else { return nil }
    self = corners
  }

  /// The words that are understood.
  public static var allValueStrings: [String] { allCases.map(\.defaultValueDescription) }

  /// The word for the value.
  public var defaultValueDescription: String { self == .fromOne ? "from-one" : "from-zero" }
}
