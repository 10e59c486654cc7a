import ApusDatasets
import ApusToolkit
import ArgumentParser

/// `apus data convert`.
struct DataConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a data set in another format, and say what that could not hold.",
    discussion: """
      Boxes keep all their digits. What a format has no place for is listed with its number: crowds and areas \
      in YOLO text, outlines in VOC, ids in all but COCO. The output must not be there yet; it appears when \
      it is complete. For COCO a new .json holds all splits, a new folder one file for each with the pictures.

      Examples:
        apus data convert instances_val2017.json val-yolo --to yolo --pictures link
        apus data convert voc/ set.json --to coco
        apus data convert set/data.yaml val-voc --to voc --split val
      """)

  @Argument(help: "A data.yaml, a COCO or LabelMe JSON, a VOC XML, or the folder of a data set.")
  var data: String

  @Argument(help: "The new folder, or with --to coco also a new .json file.")
  var output: String

  @Option(help: "The format to write: yolo, coco, voc or labelme.")
  var to: DatasetFormat

  @Option(help: "The format to read: yolo, coco, voc or labelme. (default: told from the files)")
  var from: DatasetFormat?

  @Option(help: "Only the pictures of a split, such as train. (default: all)")
  var split: String?

  @Option(help: "What becomes of the pictures' files: copy, link or leave.")
  var pictures = DatasetWriting.Pictures.copy

  @Flag(help: "Write outlines of one polygon to YOLO text instead of boxes.")
  var outlines = false

  @Option(
    help: "How VOC corners count pixels, read and written: from-one, as VOC's own, or from-zero.")
  var corners = VOCCorners.fromOne

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if outlines, to != .yolo {
      throw ValidationError("--outlines is for --to yolo: \(to.rawValue) keeps what it can itself.")
    }
  }

  func run() throws {
    var writing = DatasetWriting()
    writing.pictures = pictures
    writing.writesOutlines = outlines
    writing.corners = corners
    let report = try DatasetConversion(
      data, to: output, as: to, from: from, corners: corners, split: split, writing: writing)
    if json {
      try StandardOutput.print(json: report)
    } else {
      try StandardOutput.print(Self.text(report))
    }
  }

  private static func text(_ report: DatasetConversion) -> String {
    let splits = report.splits.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let files =
      switch report.files {
      case "copy": "\(report.filesTaken) copied"
      case "link": "\(report.filesTaken) linked"
      default: "left where they are"
      }
    var lines = [
      "\(report.output) (\(report.to)) from \(report.source) (\(report.from)): "
        + "\(report.pictures) pictures (\(files)), \(report.objects) objects, \(report.classes) classes"
        + (splits.isEmpty ? "" : "; splits \(splits.joined(separator: ", "))")
    ]
    if report.losses.isEmpty {
      lines.append("Everything was kept.")
    } else {
      var table = TextTable([("not held", .left), ("of", .left), ("count", .right), ("", .left)])
      for loss in report.losses {
        table.add([
          loss.attribute.filter { !$0.isNewline }, loss.of, "\(loss.count)", loss.consequence,
        ])
      }
      lines += ["", table.text]
    }
    return lines.joined(separator: "\n")
  }
}
