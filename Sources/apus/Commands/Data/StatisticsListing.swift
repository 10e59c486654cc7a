import ApusDatasets
import ApusToolkit
import Foundation

/// The statistics of a data set as lines of text.
struct StatisticsListing {
  let survey: DatasetSurvey

  private var statistics: DatasetStatistics { survey.statistics }

  /// Classes a terminal shows; more are in the page and the JSON.
  private static let rows = 100

  /// The lines.
  var text: String {
    var lines = [head, "", sizes]
    if !statistics.classes.isEmpty { lines += ["", classes] }
    if statistics.splits.splits.count > 1 { lines += ["", splits] }
    lines += [""] + advice
    if survey.faultCount > 0 {
      lines += ["", "\(survey.faultCount) faulty labels or pictures were left out:"]
      lines += survey.faults.prefix(5).map { "  \($0)" }
      if survey.faultCount > 5 { lines.append("  … (apus data check lists all)") }
    }
    return lines.joined(separator: "\n")
  }

  private var head: String {
    let pictures = statistics.pictures
    let split = statistics.split.map { ", split \($0)" } ?? ""
    let crowds = statistics.crowds > 0 ? ", \(Number.grouped(statistics.crowds)) crowds" : ""
    let density = pictures.objects.map {
      String(
        format: ", %.1f objects to a picture (p95 %.0f, at most \($0.most))", $0.mean, $0.p95)
    }
    let common = pictures.sizes.first.map {
      "\npictures: \(pictures.differentSizes) sizes, most often \($0.width)x\($0.height) (\($0.count))"
        + String(format: "; padding of the input %.0f %%", pictures.padding * 100)
    }
    return "\(survey.path) (\(survey.format)\(split)): \(Number.grouped(pictures.count)) pictures, "
      + "\(Number.grouped(statistics.objects.count)) objects\(crowds), \(statistics.classes.count) "
      + "classes, \(Number.grouped(pictures.backgrounds)) backgrounds\(density ?? "")"
      + (common ?? "")
  }

  private var sizes: String {
    let input = statistics.input
    var table = TextTable([
      ("at \(input.width)x\(input.height) px", .left), ("p5", .right), ("p25", .right),
      ("p50", .right), ("p75", .right), ("p95", .right),
    ])
    let objects = statistics.objects
    for (name, values, digits) in [
      ("width", objects.width, 1), ("height", objects.height, 1), ("√area", objects.side, 1),
      ("width/height", objects.ratio, 2),
    ] {
      guard let values else { continue }
      table.add(
        [name]
          + [values.p5, values.p25, values.p50, values.p75, values.p95].map {
            String(format: "%.\(digits)f", $0)
          })
    }
    return table.text
  }

  private var classes: String {
    var table = TextTable([
      ("class", .left), ("objects", .right), ("share", .right), ("pictures", .right),
      ("each", .right), ("small", .right), ("medium", .right), ("large", .right),
      ("√area p5", .right), ("p50", .right), ("p95", .right), ("<8 px", .right),
    ])
    func add(_ name: String, _ share: Double, _ objects: ObjectStatistics) {
      let sizes = objects.inputSizes.shares.map(Self.percent)
      let sides = objects.side.map { [$0.p5, $0.p50, $0.p95].map { String(format: "%.1f", $0) } }
      table.add(
        [
          name, Number.grouped(objects.count), Self.percent(share),
          Number.grouped(objects.pictures),
          objects.perPicture.map { String(format: "%.1f", $0.mean) } ?? "–",
        ] + (objects.count > 0 ? sizes : ["–", "–", "–"]) + (sides ?? ["–", "–", "–"]) + [
          Number.grouped(objects.underCell[1])
        ])
    }
    let ranked = statistics.classes.enumerated().sorted {
      $0.element.objects.count == $1.element.objects.count
        ? $0.offset < $1.offset : $0.element.objects.count > $1.element.objects.count
    }
    for (_, kind) in ranked.prefix(Self.rows) {
      add(Self.plain(kind.name), kind.share, kind.objects)
    }
    add("all", statistics.objects.count > 0 ? 1 : 0, statistics.objects)
    let rest = ranked.count - Self.rows
    return table.text + (rest > 0 ? "\n(\(rest) smaller classes are in --json and --html)" : "")
  }

  private var splits: String {
    var table = TextTable([
      ("split", .left), ("pictures", .right), ("objects", .right), ("differs from", .left),
    ])
    for split in statistics.splits.splits {
      let distance = statistics.splits.distances[split.name].flatMap { value in
        statistics.splits.base.map { "\($0) by \(Self.percent(value))" }
      }
      table.add([
        split.name, Number.grouped(split.pictures), Number.grouped(split.objects), distance ?? "",
      ])
    }
    return table.text
  }

  private var advice: [String] {
    statistics.advice.map { advice in
      "\(advice.weight.rawValue): \(Self.plain(advice.finding)) \(advice.suggestion)"
    }
  }

  private static func percent(_ share: Double) -> String {
    String(format: "%.1f %%", share * 100)
  }

  /// Text of a file without characters that would move the cursor.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
