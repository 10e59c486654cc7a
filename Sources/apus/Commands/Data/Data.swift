import ArgumentParser

/// `apus data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Check, convert and describe data sets: YOLO, COCO, Pascal VOC, LabelMe.",
    subcommands: [DataCheck.self])
}
