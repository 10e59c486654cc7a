import ApusMetrics
import Foundation

extension ValidationPage {
  /// What the stages took, and the memory.
  var timing: HTML {
    var list = HTMLList()
    if let peak = report.peakMemory {
      list.add("peak memory", "\(Number.decimal(Double(peak) / 1_048_576, digits: 0)) MiB")
    } else {
      list.add("peak memory", "not told by the system")
    }
    guard let times = report.times, let mean = times.meanTime else {
      return "<p>The detections were made elsewhere: nothing was timed.</p>\n\(list.html)"
    }
    list.add(
      "i_time",
      "\(Self.milliseconds(mean)) ms, the mean of pre-process, inference and post-process together")
    if let rate = times.framesPerSecond {
      list.add("pictures per second", "\(Number.decimal(rate, digits: 2))")
    }
    if let score = report.score, let mAP50 = evaluation.yolo.mAP50 {
      list.add(
        "score",
        """
        \(Number.decimal(score, digits: 1)) = mAP50 × 100 + (1000 − i_time) × 0.1, \
        with YOLO’s mAP50 of \(Self.number(mAP50))
        """)
    }
    let stages = times.stages.map { (name: Self.words(stage: $0.name), summary: $0.summary) }
    let totals = times.totals
    var table = HTMLTable(
      [.init(heading: "stage, ms")]
        + ["mean", "p50", "p90", "p99"].map { .init(heading: $0, isNumber: true) })
    for stage in stages
      + (StageTimes.Summary(seconds: totals).map { [("i_time", $0)] } ?? [])
    {
      let summary = stage.summary
      table.add(
        ["\(stage.name)"]
          + [summary.mean, summary.p50, summary.p90, summary.p99].map {
            "\(Self.milliseconds($0))"
          })
    }
    let whole = stages.reduce(0) { $0 + $1.summary.mean }
    func share(_ stage: (name: String, summary: StageTimes.Summary)) -> Double {
      whole > 0 ? stage.summary.mean / whole : 0
    }
    let parts = stages.enumerated().map { place, stage -> HTML in
      """
      <i class="k\(place)" style="width:\(Number.decimal(share(stage) * 100, digits: 2))%" \
      title="\(stage.name): \(Self.milliseconds(stage.summary.mean)) ms"></i>
      """
    }
    let key = stages.enumerated().map { place, stage -> HTML in
      "<li><i class=\"bold k\(place)\"></i>\(stage.name) \(Number.percent(share(stage)))</li>"
    }
    return """
      \(list.html)<div class="stack" role="img" aria-label="shares of the stages">\(HTML.joined(parts))</div>
      <ul class="key">\(HTML.joined(key))</ul>
      \(table.html)<p class="dim">p90 is what nine of ten pictures do not exceed. Reading and decoding of files is \
      not in i_time.</p>
      \(histogram(totals.map { $0 * 1000 }))
      """
  }

  private static func words(stage: String) -> String {
    switch stage {
    case "preprocess": "pre-process"
    case "postprocess": "post-process"
    default: stage
    }
  }

  /// How many pictures took how long, in milliseconds.
  private func histogram(_ times: [Double]) -> HTML {
    guard times.count > 1, let least = times.min(), let greatest = times.max(), greatest > least,
      let summary = StageTimes.Summary(seconds: times.map { $0 / 1000 })
    else { return "" }
    // What is beyond the 99th of a hundred goes into the last bar: one slow picture would hide the rest.
    let end = summary.p99 > least ? summary.p99 : greatest
    let count = min(24, max(4, times.count / 4))
    var bars = [Int](repeating: 0, count: count)
    for time in times {
      bars[min(max(Int((time - least) / (end - least) * Double(count)), 0), count - 1)] += 1
    }
    let highest = bars.max() ?? 1
    let columns = bars.enumerated().map { place, number -> HTML in
      let from = least + (end - least) * Double(place) / Double(count)
      let to =
        place == count - 1
        ? greatest : least + (end - least) * Double(place + 1) / Double(count)
      let height = Number.decimal(Double(number) / Double(max(highest, 1)) * 100, digits: 1)
      return """
        <i style="height:\(height)%" title="\(Self.milliseconds(from)) to \(Self.milliseconds(to)) ms: \
        \(number) pictures"></i>
        """
    }
    return """
      <h3>Pictures by i_time</h3>
      <div class="histogram" role="img" aria-label="pictures by time">\(HTML.joined(columns))</div>
      <p class="dim ends"><span>\(Self.milliseconds(least)) ms</span>\
      <span>\(Self.milliseconds(end)) ms and more</span></p>
      """
  }

  /// From what the result came.
  var manifest: HTML {
    let manifest = report.manifest
    var list = HTMLList()
    for part in manifest.parts {
      list.add(
        part.role,
        "<code>\(HTML.clipped(part.path, to: 400))</code><br/><small>SHA-256 <code>\(HTML.clipped(part.sha256))</code></small>"
      )
    }
    list.add("Apus", "\(HTML.clipped(manifest.version))")
    list.add("started", "\(HTML.clipped(manifest.started))")
    for (name, value) in manifest.machine.sorted(by: { $0.key < $1.key }) {
      list.add(HTML.clipped(name, to: 60), "\(HTML.clipped(value, to: 300))")
    }
    var options = HTMLList()
    for (name, value) in manifest.options.sorted(by: { $0.key < $1.key }) {
      options.add(HTML.clipped(name, to: 60), "<code>\(HTML.clipped(value, to: 400))</code>")
    }
    let command = manifest.command.map(Self.quoted).joined(separator: " ")
    let settings: HTML =
      manifest.options.isEmpty
      ? ""
      : "<details><summary>\(manifest.options.count) options</summary>\(options.html)</details>"
    return """
      <pre class="command"><code>\(HTML.clipped(command, to: 4000))</code></pre>
      \(list.html)\(settings)
      <p class="dim">The same files (compare the hashes), options and version give the same detections and numbers; times \
      belong to the machine.</p>
      """
  }

  /// An argument as a shell takes it.
  static func quoted(_ argument: String) -> String {
    let isPlain =
      !argument.isEmpty
      && argument.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0)
          || "_-./=:,+@%".unicodeScalars.contains($0)
      }
    return isPlain ? argument : "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}

extension StageTimes {
  /// Pre-process, inference and post-process of each picture together, in seconds; empty where they were not all
  /// measured.
  fileprivate var totals: [Double] {
    guard preprocess.count == inference.count, postprocess.count == inference.count else {
      return []
    }
    return inference.indices.map { preprocess[$0] + inference[$0] + postprocess[$0] }
  }
}
