import ApusDatasets
import ApusToolkit
import ArgumentParser
import Foundation

/// `apus data stats`.
struct DataStats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Measure a data set: classes, sizes, shapes, places, density, and what follows.",
    discussion: """
      Sizes are given in pixels at the network's input, to which pictures are letterboxed. Small, medium and \
      large are COCO's: areas below 32², from 32² on, from 96² on. The advice says which input size, levels and \
      shape suit the objects, and where classes, splits or labels need care. Labels that cannot be read are \
      left out and counted.

      Examples:
        apus data stats coco/data.yaml
        apus data stats coco/data.yaml --split train --image-size 384x640 --html stats.html
        apus data stats instances_val2017.json --json
      """)

  @Argument(help: "A data.yaml, a COCO or LabelMe JSON, a VOC XML, or the folder of a data set.")
  var data: String

  @Option(help: "Only the pictures of a split, such as train. (default: all)")
  var split: String?

  @Option(name: .long, help: "Side of the network's input, or HEIGHTxWIDTH. (default: 640)")
  var imageSize: ImageSize?

  @Option(help: "The format: yolo, coco, voc or labelme. (default: told from the files)")
  var format: DatasetFormat?

  @Option(help: "How VOC corners count pixels: from-one, as VOC's own, or from-zero.")
  var corners = VOCCorners.fromOne

  @Option(help: ArgumentHelp("Write a page with charts.", valueName: "file"))
  var html: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if let html { try StatisticsPage.checkTarget(html, of: data) }
    let survey = try DatasetSurvey(
      path: data, format: format, corners: corners, split: split,
      input: DatasetStatistics.InputSize(
        height: imageSize?.height ?? 640, width: imageSize?.width ?? 640))
    if let html { try StatisticsPage(survey).write(to: html) }
    if json {
      try StandardOutput.print(json: survey)
    } else {
      try StandardOutput.print(StatisticsListing(survey: survey).text)
    }
  }
}
