import ArgumentParser

/// `apus data`: what concerns data sets.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Check, describe and convert data sets: YOLO, COCO, Pascal VOC, LabelMe.",
    discussion: """
      Data sets are YOLO text (data.yaml), COCO JSON, Pascal VOC XML and LabelMe JSON; the format is told from \
      the files.

      Examples:
        apus data check coco/data.yaml --fix repaired/
        apus data stats coco/data.yaml --html stats.html
        apus data convert instances_val2017.json voc --to voc
      """,
    subcommands: [DataCheck.self, DataStats.self, DataConvert.self])
}
