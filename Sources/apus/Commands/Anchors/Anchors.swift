import ArgumentParser

/// `apus anchors`.
struct Anchors: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anchors",
    abstract: "Show the anchors of a detector, check them on a data set, or fit others.",
    discussion: """
      Anchors are the sizes that YOLOv5 and YOLOv7 measure boxes by; a board's program needs the ones that the \
      weights were trained with.

      Examples:
        apus anchors show yolov5n.pt
        apus anchors check yolov5n.pt data.yaml
        apus anchors fit yolov5n.pt data.yaml --output fitted.onnx
      """,
    subcommands: [AnchorsShow.self, AnchorsCheck.self, AnchorsFit.self])
}
