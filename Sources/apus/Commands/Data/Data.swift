import ArgumentParser

/// `apus data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at data sets and convert them: stats, convert.",
    discussion: """
      Data sets are YOLO text (data.yaml), COCO JSON, Pascal VOC XML and LabelMe JSON; the format is told from \
      the files.

      Examples:
        apus data stats coco/data.yaml --html stats.html
        apus data convert instances_val2017.json voc --to voc
      """,
    subcommands: [DataStats.self, DataConvert.self])
}
