import ApusToolkit
import ArgumentParser
import Foundation

/// `apus models`.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the published networks: parameters, computation, input size, AP.",
    discussion: """
      Parameters are those of 80 classes with normalisation unfused: all of them, and those that are used after \
      training. Computation is that of one picture at the published size. AP is upstream's figure on COCO.

      Examples:
        apus models
        apus models --family YOLOv10
        apus models --json
      """)

  @Option(help: "Only the networks of a family.")
  var family: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var models = try PublishedModel.all()
    if let family {
      let known = models.map(\.family).reduce(into: [String]()) {
        if $0.last != $1 { $0.append($1) }
      }
      models = models.filter { $0.family.lowercased() == family.lowercased() }
      guard !models.isEmpty else {
        throw ApusError.usage(
          "no family '\(family)'; known are \(known.joined(separator: ", "))")
      }
    }
    try StandardOutput.print(Listing(models: models), json: json)
  }

  /// The rows, as JSON or as a table.
  private struct Listing: Encodable, CustomStringConvertible {
    let models: [PublishedModel]

    func encode(to encoder: any Encoder) throws { try models.encode(to: encoder) }

    var description: String {
      var table = TextTable([
        ("model", .left), ("family", .left), ("input", .right), ("parameters", .right),
        ("used", .right), ("GMAC", .right), ("AP", .right), ("AP50", .right),
      ])
      for model in models {
        table.add([
          model.name, model.family, "\(model.inputSide)", Number.grouped(model.parameters),
          Number.grouped(model.inferenceParameters),
          String(format: "%.3f", Double(model.multiplyAccumulates) / 1e9),
          model.ap.map { String(format: "%.1f", $0) } ?? "–",
          model.ap50.map { String(format: "%.1f", $0) } ?? "–",
        ])
      }
      return table.text
    }
  }
}
