import ApusGraph
import Foundation

extension ModelPage {
  /// What the model's card says.
  var card: HTML {
    let card = inspection.card
    var list = HTMLList()
    list.add("file", "<code>\(HTML.clipped(inspection.file, to: 400))</code>")
    list.add("family", Self.text(card.family))
    list.add("variant", Self.text(card.variant))
    if let checkpoint = inspection.checkpoint {
      let epoch = checkpoint.epoch.map { "epoch \($0)" } ?? "stripped of its training state"
      let date = checkpoint.date.map { ", written \(HTML.clipped($0))" } ?? ""
      list.add("weights", "\(checkpoint.weights), \(epoch)\(date)")
      list.add(
        "parameters",
        "\(Number.grouped(checkpoint.parameters)) trained, normalisation unfused")
    }
    list.add(
      "in the graph",
      "\(Number.grouped(inspection.weightCount)) numbers in constants of floating point")
    let input = card.inputSize.map(String.init).joined(separator: "×")
    list.add("input size", Self.text(input))
    list.add("strides", Self.text(card.strides.map(String.init).joined(separator: ", ")))
    list.add("anchors", anchors)
    // Without a family, nothing but the defaults is known.
    let origin = card.family.isEmpty ? " (assumed)" : ""
    list.add("preprocess\(origin)", preprocess)
    list.add(
      "thresholds\(origin)",
      "confidence \(card.confidenceThreshold.description), IoU \(card.iouThreshold.description)")
    list.add("classes", classes)
    list.add("licence", card.licence.isEmpty ? "not stated" : Self.text(card.licence))
    if !card.sourceHash.isEmpty {
      list.add("SHA-256", "<code>\(HTML.clipped(card.sourceHash))</code>")
    }
    if !inspection.metadata.isEmpty { list.add("metadata", metadata) }
    return list.html
  }

  private static func text(_ text: String) -> HTML { "\(HTML.clipped(text, to: 400))" }

  private var anchors: HTML {
    let levels = inspection.card.anchors.prefix(8).enumerated().map { level, anchors -> HTML in
      let pairs = anchors.prefix(16).map { $0.prefix(2).map(Self.number).joined(separator: "×") }
      let stride =
        level < inspection.card.strides.count ? "stride \(inspection.card.strides[level]): " : ""
      return "\(stride)\(pairs.joined(separator: ", "))"
    }
    return .joined(levels, separator: "<br/>")
  }

  private var preprocess: HTML {
    let spec = inspection.card.preprocess
    let fit =
      switch spec.fit {
      case .letterboxCentred: "letterbox, centred"
      case .letterboxTopLeft: "letterbox, top left"
      case .stretch: "stretched"
      }
    let colour = spec.padColor.map { String($0) }.joined(separator: ", ")
    let padding = spec.fit == .stretch ? "" : ", padded with (\(colour))"
    let mean = spec.mean.map(Self.number).joined(separator: ", ")
    let deviation = spec.standardDeviation.map(Self.number).joined(separator: ", ")
    return """
      \(spec.channelOrder.rawValue.uppercased()), \(fit)\(padding), \(spec.interpolation.rawValue) \
      interpolation; minus (\(mean)), divided by (\(deviation))
      """
  }

  private var classes: HTML {
    let names = inspection.card.classNames
    guard !names.isEmpty else { return "not stated" }
    let shown = names.prefix(2000).map { HTML.clipped($0, to: 60) }.joined(separator: ", ")
    return
      "<details><summary>\(names.count) classes</summary>\(shown)\(names.count > 2000 ? "…" : "")</details>"
  }

  private var metadata: HTML {
    let lines = inspection.metadata.sorted { $0.key < $1.key }.map { key, value -> HTML in
      "<li>\(HTML.clipped(key)): \(HTML.clipped(value, to: 300))</li>"
    }
    return
      "<details><summary>\(lines.count) entr\(lines.count == 1 ? "y" : "ies")</summary><ul>\(HTML.joined(lines))</ul></details>"
  }

  private static func number(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.description
  }
}
