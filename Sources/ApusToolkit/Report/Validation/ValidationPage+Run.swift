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
    guard let timing = Timing(report.times) else {
      return "<p>The detections were made elsewhere: nothing was timed.</p>\n\(list.html)"
    }
    list.add(
      "i_time", "\(Self.milliseconds(timing.perPicture)) ms, the mean of all stages together")
    list.add("pictures per second", "\(Number.decimal(1 / timing.perPicture, digits: 2))")
    if let mAP50 = evaluation.yolo.mAP50 {
      list.add(
        "score",
        """
        \(Number.decimal(timing.score(mAP50: mAP50), digits: 1)) = mAP50 × 100 + \
        (1000 − i_time) × 0.1, with mAP50 = \(Self.number(mAP50))
        """)
    }
    var table = HTMLTable(
      [.init(heading: "stage, ms")]
        + ["mean", "p50", "p90", "p99", "longest"].map { .init(heading: $0, isNumber: true) })
    for stage in timing.stages + (timing.total.map { [$0] } ?? []) {
      table.add(
        ["\(stage.name)"]
          + [stage.mean, stage.p50, stage.p90, stage.p99, stage.greatest].map {
            "\(Self.milliseconds($0))"
          })
    }
    let parts = timing.stages.enumerated().map { place, stage -> HTML in
      let share = Number.decimal(stage.mean / timing.perPicture * 100, digits: 2)
      return """
        <i class="k\(place)" style="width:\(share)%" title="\(stage.name): \
        \(Self.milliseconds(stage.mean)) ms, \(share) %"></i>
        """
    }
    let key = timing.stages.enumerated().map { place, stage -> HTML in
      "<li><i class=\"bold k\(place)\"></i>\(stage.name) \(Number.percent(stage.mean / timing.perPicture))</li>"
    }
    return """
      \(list.html)<div class="stack" role="img" aria-label="shares of the stages">\(HTML.joined(parts))</div>
      <ul class="key">\(HTML.joined(key))</ul>
      \(table.html)\(histogram(timing))
      """
  }

  /// How many pictures took how long.
  private func histogram(_ timing: Timing) -> HTML {
    guard let total = timing.total, timing.totals.count > 1, let least = timing.totals.min(),
      total.greatest > least
    else { return "" }
    // What is longer than the 99th of a hundred goes into the last bar: one slow picture would hide the rest.
    let end = total.p99 > least ? total.p99 : total.greatest
    let count = min(24, max(4, timing.totals.count / 4))
    var bars = [Int](repeating: 0, count: count)
    for time in timing.totals {
      bars[min(Int((time - least) / (end - least) * Double(count)), count - 1)] += 1
    }
    let highest = bars.max() ?? 1
    let columns = bars.enumerated().map { place, number -> HTML in
      let from = least + (end - least) * Double(place) / Double(count)
      let to =
        place == count - 1
        ? total.greatest : least + (end - least) * Double(place + 1) / Double(count)
      let height = Number.decimal(Double(number) / Double(max(highest, 1)) * 100, digits: 1)
      return """
        <i style="height:\(height)%" title="\(Self.milliseconds(from)) to \(Self.milliseconds(to)) ms: \
        \(number) pictures"></i>
        """
    }
    return """
      <h3>Pictures by time</h3>
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
