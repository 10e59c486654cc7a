import ApusTensor
import Foundation

/// The form of a list of anchors for another program.
public enum AnchorListing: String, Sendable, CaseIterable {
  /// A C array of whole pixels, halves rounded away from zero, as RKNN's samples hold it.
  case c
  /// One number in pixels a line, all digits: the `anchors_yolov5.txt` of RKNN's model zoo.
  case rknn
  /// The entry of YOLOv5's and YOLOv7's model files, in pixels.
  case yaml
  /// What `--anchors` takes, in pixels.
  case text

  /// The list.
  public func text(_ report: AnchorReport) -> String {
    let levels = report.levels
    switch self {
    case .c:
      let rows = levels.map { "  \($0.initialiser)," }.joined(separator: "\n")
      let strides = levels.map { "\($0.stride)" }.joined(separator: ", ")
      return "// Width and height in pixels; strides \(strides).\n"
        + "const int anchor[\(levels.count)][\(2 * levels[0].whole.count)] = {\n\(rows)\n};"
    case .rknn:
      return levels.flatMap { $0.pixels.flatMap(\.self) }.map(Self.number).joined(separator: "\n")
    case .yaml:
      let rows = levels.map { level in
        let pairs = level.pixels.map { $0.map(Self.number).joined(separator: ",") }
        return "  - [\(pairs.joined(separator: ", "))]  # stride \(level.stride)"
      }
      return "anchors:\n" + rows.joined(separator: "\n")
    case .text:
      return Self.row(levels.map(\.pixels), between: "/")
    }
  }

  /// Widths and heights of all levels, parted by commas, and the levels by another text.
  static func row(_ levels: [[[Double]]], between: String) -> String {
    levels.map { $0.flatMap { $0.map(number) }.joined(separator: ",") }.joined(separator: between)
  }

  /// All digits of a number of binary16; the fewest that tell a number of binary32 or binary64 from others.
  static func number(_ value: Double) -> String {
    let isHalf = Double(Half(value).float) == value
    return !isHalf && Double(Float(value)) == value ? "\(Float(value))" : "\(value)"
  }
}
