/// Colours of classes and of the text on them.
public enum ClassColors {
  /// The colour of a class: the same in every run, and unlike those of its neighbours.
  ///
  /// Hues step by the golden ratio, so that any few consecutive classes lie far apart; brightness
  /// changes with every round of eight.
  public static func color(_ index: Int) -> Color {
    let step = Double(index.magnitude % 100_000)
    let turns = step * 0.618_033_988_749_895 + 0.02
    let round = Int(step) / 8 % 3
    let saturation = [0.85, 0.65, 1.0][round]
    let brightness = [0.95, 1.0, 0.7][round]
    return color(hue: turns - turns.rounded(.down), saturation, brightness)
  }

  /// Black or white, whichever has the larger contrast ratio (WCAG 2) on a background.
  public static func text(on background: Color) -> Color {
    let luminance = relativeLuminance(background)
    let contrastOfWhite = 1.05 / (luminance + 0.05)
    let contrastOfBlack = (luminance + 0.05) / 0.05
    return Color(gray: contrastOfWhite > contrastOfBlack ? 255 : 0)
  }

  /// The relative luminance of WCAG 2, from 0 to 1.
  static func relativeLuminance(_ color: Color) -> Double {
    // The square stands in for the exponent 2.2 of sRGB; the choice of text does not depend on it.
    func linear(_ sample: UInt8) -> Double { (Double(sample) / 255) * (Double(sample) / 255) }
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
  }

  private static func color(hue: Double, _ saturation: Double, _ brightness: Double) -> Color {
    func sample(_ offset: Double) -> UInt8 {
      let place = (offset + hue * 6).truncatingRemainder(dividingBy: 6)
      let level = max(0, min(place, 4 - place, 1))
      return UInt8((brightness * (1 - saturation * level) * 255).rounded())
    }
    return Color(red: sample(5), green: sample(3), blue: sample(1))
  }
}
