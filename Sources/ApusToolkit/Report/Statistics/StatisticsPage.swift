import ApusDatasets
import Foundation

/// A page that shows what is in a data set: classes, sizes, shapes, places, density, and what follows.
public struct StatisticsPage: Sendable {
  let survey: DatasetSurvey

  var statistics: DatasetStatistics { survey.statistics }

  /// The page of a data set.
  public init(_ survey: DatasetSurvey) { self.survey = survey }

  /// Refuses a file that the page cannot be written to, before the data set is read.
  public static func checkTarget(_ path: String, of data: String) throws(ApusError) {
    try FilePath.checkTarget(path, source: data)
  }

  /// Writes the page.
  ///
  /// - Throws: `ApusError` where the file is the data set itself or a picture of it, or cannot be written.
  public func write(to path: String) throws(ApusError) {
    try Self.checkTarget(path, of: survey.path)
    try OutputFile.check([path], picturesOf: survey.dataset)
    try AtomicFile.write(html.utf8, to: FilePath.canonical(path))
  }

  /// The whole document.
  public var html: String {
    HTMLPage(title: "\(name) – statistics – Apus", body: body, style: Self.style).text
  }

  private var name: String {
    let last = URL(fileURLWithPath: survey.path).lastPathComponent
    return last.isEmpty ? survey.path : last
  }

  /// The input as `640 × 640`, columns first, as pictures are spoken of.
  var inputText: String { "\(statistics.input.width) × \(statistics.input.height)" }

  private var body: HTML {
    let split = statistics.split.map { ", split \($0)" } ?? ""
    let sections = statistics.objects.count > 0 ? figures : ""
    return """
      <header><h1>\(HTML.clipped(name))</h1>
      <p class="dim">\(HTML.clipped(survey.path, to: 300)), \(survey.format)\(split). Sizes are pixels at an \
      input of \(inputText), to which pictures are letterboxed, unless others are named.</p>
      <div class="tiles">\(tiles)</div></header>
      <main>
      \(faults)<section><h2>Advice</h2>
      \(advice)</section>
      \(sections)\(pictures)</main>
      """
  }

  private var figures: HTML {
    """
    <section><h2>Sizes and shapes</h2>
    <div class="charts">\(sizeCharts)</div>
    \(quantiles)</section>
    <section><h2>Places and density</h2>
    <div class="charts">\(placeCharts)</div></section>
    <section><h2>Classes</h2>
    \(classes)</section>
    <div class="columns"><section><h2>Levels of the network</h2>
    \(levels)</section>
    <section><h2>Classes in the same picture</h2>
    \(pairs)</section></div>

    """
  }

  private var tiles: HTML {
    let pictures = statistics.pictures
    var tiles = HTML()
    func add(_ value: String, _ name: String) { tiles += "<div><b>\(value)</b>\(name)</div>\n" }
    add(Number.grouped(pictures.count), pictures.count == 1 ? "picture" : "pictures")
    add(Number.grouped(statistics.objects.count), "objects")
    if statistics.crowds > 0 {
      add(Number.grouped(statistics.crowds), statistics.crowds == 1 ? "crowd" : "crowds")
    }
    add(
      Number.grouped(statistics.classes.count), statistics.classes.count == 1 ? "class" : "classes")
    if let density = pictures.objects {
      add(Number.decimal(density.mean, digits: 1), "objects to a picture")
    }
    add(Number.grouped(pictures.backgrounds), "pictures without labels")
    if let side = statistics.objects.side {
      add("\(Self.pixels(side.p50)) px", "median √area at the input")
    }
    return tiles
  }

  private var advice: HTML {
    let items = statistics.advice.map { advice -> HTML in
      let weight: HTML =
        switch advice.weight {
        case .act: "<span class=\"weight act\">act</span>"
        case .consider: "<span class=\"weight consider\">consider</span>"
        case .note: "<span class=\"weight\">note</span>"
        }
      return """
        <li>\(weight) <b>\(Self.title(advice.topic)).</b> \(advice.finding) \
        <span class="remedy">\(advice.suggestion)</span></li>

        """
    }
    return items.isEmpty
      ? "<p>Nothing stands out.</p>\n" : "<ul class=\"advice\">\n\(HTML.joined(items))</ul>\n"
  }

  private static func title(_ topic: DatasetAdvice.Topic) -> String {
    switch topic {
    case .labels: "Labels"
    case .splits: "Splits"
    case .balance: "Balance of classes"
    case .inputSize: "Input size"
    case .tiling: "Parts of pictures"
    case .strides: "Strides"
    case .inputShape: "Shape of the input"
    case .scale: "Scale of classes"
    case .density: "Density"
    case .crowding: "Overlapping objects"
    case .backgrounds: "Backgrounds"
    }
  }

  private var faults: HTML {
    guard survey.faultCount > 0 else { return "" }
    let items = survey.faults.map { "<li>\(HTML.clipped($0, to: 300))</li>\n" as HTML }
    let rest: HTML =
      survey.faultCount > survey.faults.count
      ? "<p class=\"dim\">apus data check lists the others.</p>\n" : ""
    return """
      <section><h2>Left out</h2>
      <p>\(Number.grouped(survey.faultCount)) faulty labels or pictures are not in these numbers.</p>
      <details><summary>The first of them</summary><ul>
      \(HTML.joined(items))</ul></details>
      \(rest)</section>

      """
  }

  /// A size in pixels, with a digit behind the point below 100.
  static func pixels(_ value: Double) -> String {
    Number.decimal(value, digits: value < 99.95 ? 1 : 0)
  }

  private static let style: StaticString = """
    .advice{list-style:none;margin:0;padding:0}
    .advice li{padding:.45rem 0;border-bottom:1px solid var(--line)}
    .advice li:last-child{border:0}
    .weight{display:inline-block;min-width:4.6em;text-align:center;border-radius:4px;
    border:1px solid var(--line);font-size:.8em;padding:0 .4em;color:var(--dim)}
    .weight.act{background:var(--cut);border-color:var(--cut);color:var(--card)}
    .weight.consider{background:var(--bar2);border-color:var(--bar2);color:var(--text)}
    .remedy{color:var(--dim)}
    .charts{margin-bottom:1rem}
    details>summary{margin:.6rem 0}
    h3:first-child{margin-top:0}

    """
}
