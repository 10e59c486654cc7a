import ApusDatasets
import Foundation

extension AnchorCheck: CustomStringConvertible {
  /// What YOLOv5 prints, then the levels, the classes from the worst on, and the worst objects.
  public var description: String {
    var lines = messages
    lines.append(
      "\n\(data)\(split.map { ", split \($0)" } ?? ""): \(fit.objects) objects in \(pictures) pictures, input"
        + " \(imageSize), ratio limit \(AnchorListing.number(ratioLimit)), rule of \(rule)")
    if !isOrdered {
      lines.append("WARNING ⚠ the anchors shrink as the strides grow: exchange the levels")
    }
    lines.append("\nlevel       objects reached  anchors/target   fitness  best for")
    lines += levels.map { level in
      Self.columns("stride \(level.stride)", level.fit, 10)
        + String(format: "  %7.1f%%", 100 * level.share)
    }
    lines.append(Self.columns("all", fit, 10))
    let width = max(classes.map(\.name.count).max() ?? 0, 5)
    lines.append(
      "\n" + "class".padding(toLength: width, withPad: " ", startingAt: 0)
        + "  objects reached  anchors/target   fitness  objects")
    let sorted = classes.sorted { $0.fit.bestPossibleRecall < $1.fit.bestPossibleRecall }
    lines += sorted.map { Self.columns($0.name, $0.fit, width) + "  \($0.fit.objects)" }
    if !worst.isEmpty {
      lines.append(
        "\nworst fits (ratio of the sides to the best anchor's; trained with above \(threshold))")
      lines += worst.map {
        String(format: "  %.3f  %.1f x %.1f px", $0.ratio, $0.width, $0.height)
          + "  \($0.className) in \($0.picture), anchor "
          + $0.anchor.map(AnchorListing.number).joined(separator: " x ")
      }
    }
    return lines.joined(separator: "\n")
  }

  private var threshold: String { String(format: "%.3g", 1 / ratioLimit) }

  private static func columns(_ name: String, _ fit: Fit, _ width: Int) -> String {
    name.padding(toLength: max(width, name.count), withPad: " ", startingAt: 0)
      + String(
        format: "  %14.2f%%  %14.2f  %8.4f", 100 * fit.bestPossibleRecall, fit.anchorsPerTarget,
        fit.fitness)
  }
}

extension AnchorFitting: CustomStringConvertible {
  /// What YOLOv5 prints, the fit before and after, and the anchors found.
  public var description: String {
    var lines = messages
    lines.append("\n             objects reached  anchors/target   fitness")
    if let before { lines.append(Self.row("before", before.fit)) }
    lines.append(Self.row("found", after.fit))
    for (place, level) in after.levels.enumerated() {
      if let before {
        lines.append(Self.row("  \(level.stride) before", before.levels[place].fit))
      }
      lines.append(Self.row("  \(level.stride)\(before == nil ? "" : " found")", level.fit))
    }
    lines.append(
      "\ngrid         \(found.grid)\npixels       \(found.pixels)\nC            "
        + found.levels.map(\.initialiser).joined(separator: " ")
        + "\n--anchors    \(AnchorListing.text.text(found))")
    if let written {
      lines.append("\n\(written)")
      lines.append(
        isReplaced
          ? "The card has the new anchors. The weights were trained with others: train the network before you use it."
          : "The card has the original anchors, which reach no fewer objects.")
    } else if model != nil {
      lines.append(
        "\nNothing was written; name a file with --output to have the model with the better anchors."
      )
    }
    return lines.joined(separator: "\n")
  }

  private static func row(_ name: String, _ fit: AnchorCheck.Fit) -> String {
    name.padding(toLength: max(11, name.count), withPad: " ", startingAt: 0)
      + String(
        format: "  %14.2f%%  %14.2f  %8.4f", 100 * fit.bestPossibleRecall, fit.anchorsPerTarget,
        fit.fitness)
  }
}
