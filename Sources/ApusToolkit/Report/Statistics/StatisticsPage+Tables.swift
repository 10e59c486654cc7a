import ApusDatasets
import Foundation

/// Classes, levels, pictures and splits as bars and tables.
extension StatisticsPage {
  /// Classes that charts show; the table has all.
  private static let shownClasses = 20

  /// The classes with the most objects first.
  private var ranked: [(place: Int, element: ClassStatistics)] {
    statistics.classes.enumerated().sorted {
      $0.element.objects.count == $1.element.objects.count
        ? $0.offset < $1.offset : $0.element.objects.count > $1.element.objects.count
    }.map { ($0.offset, $0.element) }
  }

  /// Balance, sizes and the table of classes.
  var classes: HTML {
    let ranked = ranked
    let shown = ranked.prefix(Self.shownClasses)
    let rest = ranked.count - shown.count
    let note: HTML =
      rest > 0
      ? "<p class=\"dim\">The \(shown.count) classes with the most objects; the table has the other \(rest).</p>\n"
      : ""
    let balance = statistics.balance
    let ratio = balance.ratio.map {
      "; the largest has \(Self.pixels($0)) times the objects of the smallest"
    }
    let bars = HTMLBarChart(
      quantities: ["objects", "pictures"],
      rows: shown.map { place, kind in
        let pictures = Double(kind.objects.pictures) / Double(max(1, statistics.pictures.count))
        return HTMLBarChart.Row(
          name: kind.name, target: "class-\(place)", shares: [kind.share, pictures],
          texts: [
            Number.grouped(kind.objects.count), Number.grouped(kind.objects.pictures),
          ])
      }, subject: "every class")
    let stacked = HTMLStackedBars(
      parts: ["small", "medium", "large"], subject: "every class",
      rows: shown.filter { $0.element.objects.count > 0 }.map {
        .init(name: $0.element.name, shares: $0.element.objects.inputSizes.shares)
      })
    return """
      <p>\(Number.grouped(balance.present)) of \(Number.grouped(statistics.classes.count)) classes have objects, \
      as diverse as \(Self.pixels(balance.effective)) classes of equal size\(ratio ?? "").</p>
      \(note)<div class="columns"><div><h3>Objects and pictures</h3>
      \(bars.html)</div>
      <div><h3>Small, medium and large at the input</h3>
      \(stacked.html)</div></div>
      \(classTable)
      """
  }

  private var classTable: HTML {
    var table = HTMLTable([
      .init(heading: "class"), .init(heading: "objects", isNumber: true),
      .init(heading: "share", isNumber: true), .init(heading: "pictures", isNumber: true),
      .init(heading: "to a picture", isNumber: true), .init(heading: "p95", isNumber: true),
      .init(heading: "small, picture", isNumber: true), .init(heading: "medium", isNumber: true),
      .init(heading: "large", isNumber: true), .init(heading: "small, input", isNumber: true),
      .init(heading: "medium", isNumber: true), .init(heading: "large", isNumber: true),
      .init(heading: "√area p5", isNumber: true), .init(heading: "p50", isNumber: true),
      .init(heading: "p95", isNumber: true), .init(heading: "w/h p50", isNumber: true),
      .init(heading: "under 8 px", isNumber: true), .init(heading: "IoU > 0.45", isNumber: true),
    ])
    for (place, kind) in ranked {
      let objects = kind.objects
      let sizes = objects.sizes.shares + objects.inputSizes.shares
      let sides = objects.side.map { [$0.p5, $0.p50, $0.p95] } ?? []
      func text(_ value: String?) -> HTML { "\(value ?? "–")" }
      var cells: [HTML] = [
        "<span id=\"class-\(place)\">\(HTML.clipped(kind.name, to: 60))</span>",
        "\(Number.grouped(objects.count))", "\(Number.percent(kind.share))",
        "\(Number.grouped(objects.pictures))",
        text(objects.perPicture.map { Number.decimal($0.mean, digits: 1) }),
        text(objects.perPicture.map { Number.decimal($0.p95, digits: 1) }),
      ]
      cells += sizes.map { text(objects.count > 0 ? Number.percent($0) : nil) }
      cells += (0..<3).map { text(sides.isEmpty ? nil : Self.pixels(sides[$0])) }
      cells.append(text(objects.ratio.map { Number.decimal($0.p50, digits: 2) }))
      cells += [objects.underCell[1], objects.crowding.above45].map { count in
        text(
          objects.count > 0 ? Number.percent(Double(count) / Double(objects.count)) : nil)
      }
      table.add(cells)
    }
    let state: HTML = ranked.count > Self.shownClasses ? "" : " open=\"open\""
    return """
      <details\(state)><summary>Table of \(ranked.count) \
      class\(ranked.count == 1 ? "" : "es")</summary>
      \(table.html)</details>

      """
  }

  /// Quantiles of sizes and shapes.
  var quantiles: HTML {
    var table = HTMLTable(
      [.init(heading: "at the input")]
        + ["p5", "p10", "p25", "p50", "p75", "p90", "p95", "most"].map {
          .init(heading: $0, isNumber: true)
        })
    let objects = statistics.objects
    for (name, values, digits) in [
      ("width", objects.width, nil), ("height", objects.height, nil),
      ("√area", objects.side, nil), ("width / height", objects.ratio, 2 as Int?),
    ] {
      guard let values else { continue }
      let all = [
        values.p5, values.p10, values.p25, values.p50, values.p75, values.p90, values.p95,
        values.greatest,
      ]
      let cells = all.map { value -> HTML in
        "\(digits.map { Number.decimal(value, digits: $0) } ?? Self.pixels(value))"
      }
      table.add(["\(name)"] + cells)
    }
    return table.html
  }

  /// Objects by the stride that suits them.
  var levels: HTML {
    var table = HTMLTable([
      .init(heading: "level/stride"), .init(heading: "suit it", isNumber: true),
      .init(heading: "share", isNumber: true), .init(heading: "under one cell", isNumber: true),
    ])
    let total = Double(statistics.objects.count)
    for (place, level) in statistics.levels.enumerated() {
      table.add([
        "P\(place + 2)/\(level.stride)", "\(Number.grouped(level.objects))",
        "\(Number.percent(Double(level.objects) / total))",
        "\(Number.percent(Double(level.underCell) / total))",
      ])
    }
    return """
      \(table.html)<p class="dim">An object suits the stride whose fourfold is nearest to the square root of \
      its area. YOLOv5, YOLOv10 and NanoDet have strides 8 to 32; P6 networks 64 too.</p>

      """
  }

  /// Pairs of classes by the pictures that have both.
  var pairs: HTML {
    guard !statistics.pairs.isEmpty else {
      return "<p>No picture has objects of two classes.</p>\n"
    }
    var table = HTMLTable([
      .init(heading: "classes"), .init(heading: "pictures", isNumber: true),
      .init(heading: "× by chance", isNumber: true),
    ])
    for pair in statistics.pairs.prefix(10) {
      table.add([
        "\(HTML.clipped(pair.first, to: 40)), \(HTML.clipped(pair.second, to: 40))",
        "\(Number.grouped(pair.pictures))", "\(Number.decimal(pair.lift, digits: 2))",
      ])
    }
    return table.html
  }

  /// Sizes of pictures, and the splits.
  var pictures: HTML {
    let pictures = statistics.pictures
    var table = HTMLTable([
      .init(heading: "width × height"), .init(heading: "pictures", isNumber: true),
    ])
    for size in pictures.sizes.prefix(8) {
      table.add(["\(size.width) × \(size.height)", "\(Number.grouped(size.count))"])
    }
    let rest = pictures.differentSizes - min(8, pictures.sizes.count)
    let more: HTML =
      rest > 0 ? "<p class=\"dim\">And \(Number.grouped(rest)) other sizes.</p>\n" : ""
    let scale = pictures.scale.map {
      "Half of the pictures are scaled by \(Number.decimal($0.p50, digits: 2)) or less; "
    }
    return """
      <div class="columns"><section><h2>Pictures</h2>
      <p>\(scale ?? "")\(Number.percent(pictures.padding)) of the input is padding on average.</p>
      \(table.html)\(more)</section>
      \(splits)</div>

      """
  }

  private var splits: HTML {
    let comparison = statistics.splits
    guard comparison.splits.count > 1 else { return "" }
    var table = HTMLTable([
      .init(heading: "split"), .init(heading: "pictures", isNumber: true),
      .init(heading: "objects", isNumber: true), .init(heading: "difference", isNumber: true),
    ])
    for split in comparison.splits {
      table.add([
        "\(HTML.clipped(split.name, to: 40))", "\(Number.grouped(split.pictures))",
        "\(Number.grouped(split.objects))",
        "\(comparison.distances[split.name].map(Number.percent) ?? "–")",
      ])
    }
    var shares = HTMLTable([
      .init(heading: "class"), .init(heading: "split"),
      .init(heading: "its share", isNumber: true),
      .init(heading: "in \(HTML.clipped(comparison.base ?? "", to: 20))", isNumber: true),
    ])
    let largest = comparison.differences.sorted { $0.distance > $1.distance }.prefix(8)
    for difference in largest {
      shares.add([
        "\(HTML.clipped(difference.name, to: 40))", "\(HTML.clipped(difference.split, to: 40))",
        "\(Number.percent(difference.share))", "\(Number.percent(difference.baseShare))",
      ])
    }
    let base = HTML.clipped(comparison.base ?? "", to: 40)
    return """
      <section><h2>Splits</h2>
      \(table.html)<p class="dim">Difference: half the sum of all differences of class shares from \
      \(base).</p>
      \(largest.isEmpty ? "" : "<h3>Classes that differ most</h3>\n\(shares.html)" as HTML)</section>

      """
  }
}
