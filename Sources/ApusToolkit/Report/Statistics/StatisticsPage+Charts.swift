import ApusDatasets
import Foundation

/// Charts of sizes, shapes, places and density.
extension StatisticsPage {
  /// Labels of sizes in pixels: powers of two.
  private static let sizeTicks = (0...11).map { power in
    (value: Double(1 << power), label: String(1 << power))
  }

  /// Sizes at the input and in the pictures, and shapes.
  var sizeCharts: HTML {
    let bins = statistics.bins
    let objects = statistics.objects
    var charts = [sizeMap]
    if let side = objects.side {
      charts.append(
        HTMLHistogram(
          caption: "√area at the input, in pixels",
          note: "Dashed: one cell of the strides 8, 16, 32. Axes of sizes are logarithmic.",
          counts: side.counts, edges: bins.size, ticks: Self.sizeTicks,
          marks: [8, 16, 32].map { .init(value: $0, label: Number.decimal($0, digits: 0)) },
          unit: "px"
        ).html)
    }
    if let side = objects.originalSide {
      charts.append(
        HTMLHistogram(
          caption: "√area of the box in the picture, in pixels",
          note: "Colours: COCO's small (under 32 px), medium, and large (from 96 px).",
          counts: side.counts, edges: bins.originalSide,
          ticks: [2, 4, 8, 16, 32, 96, 256, 512].map { ($0, Number.decimal($0, digits: 0)) },
          marks: [.init(value: 32, label: "32"), .init(value: 96, label: "96")], unit: "px",
          bounds: [32, 96]
        ).html)
    }
    for (caption, values) in [
      ("Width at the input, in pixels", objects.width),
      ("Height at the input, in pixels", objects.height),
    ] {
      guard let values else { continue }
      charts.append(
        HTMLHistogram(
          caption: caption, counts: values.counts, edges: bins.size, ticks: Self.sizeTicks,
          unit: "px"
        ).html)
    }
    if let ratio = objects.ratio {
      charts.append(
        HTMLHistogram(
          caption: "Width divided by height", counts: ratio.counts, edges: bins.ratio,
          ticks: [
            (0.125, "1:8"), (0.25, "1:4"), (0.5, "1:2"), (1, "1:1"), (2, "2:1"), (4, "4:1"),
            (8, "8:1"),
          ], marks: [.init(value: 1, label: "square")]
        ).html)
    }
    return .joined(charts)
  }

  /// Width against height, trimmed to where there are objects.
  private var sizeMap: HTML {
    let grid = statistics.sizeGrid
    let used = grid.indices.filter { place in
      grid[place].contains { $0 > 0 } || grid.contains { $0[place] > 0 }
    }
    let first = min(used.first ?? 0, 6)
    let last = max(used.last ?? 0, first + 1)
    let rows = grid[first...last].map { Array($0[first...last]) }
    let edges = statistics.bins.size
    /// The place of an edge in cells: two bins an octave, the first below 1 pixel.
    func place(_ value: Double) -> Double { 1 + 2 * log2(value) - Double(first) }
    func range(_ bin: Int) -> String {
      let bin = bin + first
      if bin == 0 { return "under 1" }
      let low = Self.pixels(edges[bin - 1])
      return bin < edges.count ? "\(low) to \(Self.pixels(edges[bin]))" : "\(low) and more"
    }
    let span = 0...Double(rows.count)
    let ticks = Self.sizeTicks.map { HTMLHeatMap.Tick(place: place($0.value), label: $0.label) }
      .filter { span.contains($0.place) }
    return HTMLHeatMap(
      caption: "Width and height at the input, in pixels",
      note: "Dashed squares: one cell of the strides 8, 16, 32 and 64.", rows: rows,
      startsBelow: true, columnTicks: ticks.filter { $0.place <= span.upperBound - 1 },
      rowTicks: ticks, columnName: "width",
      rowName: "height",
      squares: [8, 16, 32, 64].map {
        .init(place: place($0), label: Number.decimal($0, digits: 0))
      }.filter { $0.place <= Double(rows.count) },
      cellName: { "\(range($1)) wide, \(range($0)) high" }
    ).html
  }

  /// Where objects are, how many a picture has, and how they overlap.
  var placeCharts: HTML {
    let heat = HTMLHeatMap(
      caption: "Centres of objects in their pictures",
      note: "Every picture is stretched to the same square; the top is the top of the picture.",
      rows: statistics.centreGrid)
    let crowding = statistics.objects.crowding
    let count = Double(statistics.objects.count)
    var list = HTMLList()
    if let density = statistics.pictures.objects {
      list.add("mean", "\(Number.decimal(density.mean, digits: 2)) objects")
      list.add("median", "\(Number.decimal(density.p50, digits: 1))")
      list.add("p95", "\(Number.decimal(density.p95, digits: 1))")
      list.add("most", "\(Number.grouped(density.most))")
    }
    list.add(
      "overlap",
      """
      largest IoU with another object of the class: \(Number.decimal(crowding.meanOverlap, digits: 3)) on \
      average; over 0.45 for \(Number.percent(Double(crowding.above45) / count)), over 0.65 for \
      \(Number.percent(Double(crowding.above65) / count)) of the objects
      """)
    return """
      \(heat.html)\(densityChart)<div><h3>Objects in a picture</h3>
      \(list.html)</div>

      """
  }

  /// Objects by picture, in at most 25 bars of a round number of objects.
  private var densityChart: HTML {
    let counts = statistics.pictures.objectCounts
    let width = HTMLFigure.niceCeiling((counts.count + 24) / 25)
    let bars = stride(from: 0, to: counts.count, by: width).map { start in
      counts[start..<min(start + width, counts.count)].reduce(0, +)
    }
    let edges = (0...bars.count).map { Double($0 * width) }
    let every = max(1, HTMLFigure.niceCeiling((bars.count + 7) / 8))
    let ticks = edges.indices.filter { $0.isMultiple(of: every) }.map {
      (value: edges[$0], label: Number.decimal(edges[$0], digits: 0))
    }
    return HTMLHistogram(
      caption: "Pictures by the number of their objects",
      note: counts.count > 200 ? "The last bar has 200 objects and more." : "",
      counts: [0] + bars + [0], edges: edges, ticks: ticks, unit: "objects"
    ).html
  }
}
