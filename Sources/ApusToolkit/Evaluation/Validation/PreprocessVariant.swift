package import ApusGraph

/// How pictures are fitted into a network's input, where it is not to be as the model's card says.
///
/// As text: a fit, and behind a plus an interpolation: `own`, `stretch`, `letterbox+area`, `rect+linear`.
public struct PreprocessVariant: Sendable, Hashable {
  /// Where the picture lies in the input.
  public enum Fit: String, Sendable, Hashable, CaseIterable {
    /// As the model's card says.
    case own
    /// As the model's card says, in the smallest rectangle that holds the picture.
    case rect
    /// Proportions kept, in the middle.
    case letterbox
    /// Proportions kept, in the top left corner.
    case topLeft = "top-left"
    /// Scaled to the input's size, proportions lost.
    case stretch
  }

  /// How pixels are interpolated.
  public enum Interpolation: String, Sendable, Hashable, CaseIterable {
    /// As the family's validation does.
    case own
    /// Between the four nearest pixels, also where the picture shrinks.
    case linear
    /// The mean of what a pixel covers, where the picture shrinks.
    case area
  }

  /// Where the picture lies in the input.
  public var fit: Fit
  /// How pixels are interpolated.
  public var interpolation: Interpolation

  /// A variant.
  public init(fit: Fit = .own, interpolation: Interpolation = .own) {
    self.fit = fit
    self.interpolation = interpolation
  }

  /// As the model's card says.
  public static let own = PreprocessVariant()

  /// Whether the input is cut down to the smallest rectangle.
  public var isRectangular: Bool { fit == .rect }

  /// The same within the input that is there, square or cut down.
  public var withinInput: PreprocessVariant {
    PreprocessVariant(fit: fit == .rect ? .own : fit, interpolation: interpolation)
  }

  /// Whether pictures lie in the input as the model's card says, whatever its size.
  public var isOwnWithinInput: Bool { withinInput == .own }

  /// What can be written, for help and errors.
  public static var known: String {
    Fit.allCases.map(\.rawValue).joined(separator: ", ") + ", each alone or with +linear or +area"
  }
}

extension PreprocessVariant: LosslessStringConvertible {
  /// Reads `stretch` or `letterbox+area`; nil of anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    guard let fit = parts.first.flatMap({ Fit(rawValue: String($0)) }), parts.count <= 2 else {
      return nil
    }
    guard parts.count == 2 else {
      self.init(fit: fit)
      return
    }
    guard let interpolation = Interpolation(rawValue: String(parts[1])), interpolation != .own
    else { return nil }
    self.init(fit: fit, interpolation: interpolation)
  }

  /// `stretch`, `letterbox+area`.
  public var description: String {
    interpolation == .own ? fit.rawValue : "\(fit.rawValue)+\(interpolation.rawValue)"
  }
}

extension PreprocessVariant {
  /// A specification with the fit and the interpolation of the variant, where they are not its own.
  package func applied(to spec: PreprocessSpec) -> PreprocessSpec {
    var spec = spec
    switch fit {
    case .own, .rect: break
    case .letterbox: spec.fit = .letterboxCentred
    case .topLeft: spec.fit = .letterboxTopLeft
    case .stretch: spec.fit = .stretch
    }
    switch interpolation {
    case .own: break
    case .linear: spec.interpolation = .linear
    case .area: spec.interpolation = .area
    }
    return spec
  }

  /// Whether a picture that shrinks is averaged over areas; nil for as the family does.
  package var averages: Bool? { interpolation == .own ? nil : interpolation == .area }
}

extension PreprocessVariant: Codable {
  /// Reads the text.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let variant = PreprocessVariant(text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "'\(text)' is none of \(Self.known)"))
    }
    self = variant
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
