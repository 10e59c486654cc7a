import ApusDatasets
import ApusFamilies
import ApusTensor
import Foundation

/// The anchors of a detector, written in every way that tools and programs for boards want them.
public struct AnchorReport: Sendable, Encodable, CustomStringConvertible {
  /// The anchors of one level.
  public struct Level: Sendable, Encodable {
    /// Input pixels per cell.
    public let stride: Int
    /// Width and height of each anchor in cells: what checkpoints hold.
    public let grid: [[Double]]
    /// Width and height in input pixels: cells times stride, exactly.
    public let pixels: [[Double]]
    /// The same in whole pixels, halves away from zero.
    public let whole: [[Int]]
    /// The whole pixels as a C initialiser: `{10,13,16,30,33,23}`.
    public let initialiser: String
    /// The mean of the anchors' areas in pixels².
    public let meanArea: Double

    init(_ level: AnchorLevel) {
      stride = Int(level.stride)
      pixels = level.anchors.map { [$0.width, $0.height] }
      grid = pixels.map { $0.map { $0 / level.stride } }
      whole = level.anchors.map { [Int($0.rounded.width), Int($0.rounded.height)] }
      initialiser = AnchorMessages.initialisers([level.anchors])[0]
      meanArea = level.anchors.reduce(0) { $0 + $1.area } / Double(level.anchors.count)
    }
  }

  /// The file.
  public let file: String
  /// Where the anchors were read.
  public let source: ModelAnchors.Source
  /// The levels, finest first.
  public let levels: [Level]
  /// All anchors in cells, levels parted by ` | `.
  public let grid: String
  /// All anchors in pixels in one list.
  public let pixels: String
  /// Whose default anchors for COCO these are, by value; nil where they are fitted to other data.
  public let defaults: String?
  /// Whether the anchors grow with the strides: the mean areas of the first and the last level, in pixels.
  public let isOrdered: Bool
  /// Whether every number in cells is one of binary16, as in checkpoints stored in half precision.
  public let isHalfPrecision: Bool
  /// What a reader must know.
  public let notes: [String]

  /// Reports the anchors of a model.
  public init(_ model: Model) throws(ApusError) {
    self.init(try ModelAnchors(model), file: model.path)
  }

  init(_ anchors: ModelAnchors, file: String) {
    self.file = file
    source = anchors.source
    levels = anchors.levels.map(Level.init)
    grid = AnchorListing.row(levels.map(\.grid), between: " | ")
    pixels = AnchorListing.row(levels.map(\.pixels), between: ",")
    defaults = AnchorSet.cocoDefaults(equalTo: anchors.cardAnchors)
    isOrdered = !AnchorOrder.levelsInPixels.isReversed(anchors.levels)
    isHalfPrecision = levels.allSatisfy {
      $0.grid.allSatisfy { $0.allSatisfy { Double(Half($0).float) == $0 } }
    }
    notes = anchors.notes
  }

  /// Several lines for a person.
  public var description: String {
    let strides = levels.map { "\($0.stride)" }.joined(separator: ", ")
    let areas = levels.map { String(format: "%.0f", $0.meanArea) }.joined(separator: ", ")
    var lines = [
      "\(file): \(levels.count) levels of \(levels[0].whole.count) anchors, strides \(strides)",
      "  source       \(sourceText)",
      "  values       "
        + (defaults.map { "COCO defaults of \($0), by value" }
          ?? "not the COCO defaults, by value: fitted to other data"),
      "  precision    "
        + (isHalfPrecision
          ? "every number in cells is a binary16 number, as half-precision checkpoints store them"
          : "more digits than binary16 holds"),
      "  order        "
        + (isOrdered
          ? "right: mean areas \(areas) px²"
          : "WARNING ⚠ reversed: mean areas \(areas) px² shrink as the strides grow"),
      "  grid         \(grid)",
      "  pixels       \(pixels)",
      "  C            \(levels.map(\.initialiser).joined(separator: " "))",
    ]
    lines += notes.map { "  note         \($0)" }
    return lines.joined(separator: "\n")
  }

  private var sourceText: String {
    switch source {
    case .checkpoint: "the weights' own, in cells; pixels are cells times stride"
    case .card: "the file's metadata"
    case .decoding: "the boxes that the graph decodes"
    case .given: "the command line"
    }
  }
}
