import Foundation

/// Writes `data.yaml`, `labels/<split>/*.txt` and, where asked, the pictures.
///
/// Classes are numbered in their order. A picture goes to one split: names that begin with "train",
/// "val" or "test" (but not "trainval") go under that key, pictures in no list under `train`, and
/// others under keys of their own, which upstream passes over. Numbers have all their digits.
/// Pictures that are left where they are need to be put beside the labels before these are read.
struct YOLOWriter {
  let dataset: Dataset
  let output: StagedOutput
  let writing: DatasetWriting

  func write() throws(DatasetError) {
    var dataset = dataset
    for index in dataset.pictures.indices where dataset.pictures[index].splits.isEmpty {
      dataset.pictures[index].splits = ["train"]
    }
    let stems = try dataset.outputStems(foldersOfSplits: true, file: output.name)
    let indices = dataset.classIndices()
    let annotations = dataset.annotationsByPicture()
    var folders: [String: Set<String>] = [:]
    for (picture, stem) in zip(dataset.pictures, stems) {
      let split = Dataset.mainSplit(of: picture) ?? "train"
      folders[Self.key(of: split), default: []].insert("images/\(split)")
      let lines = (annotations[picture.id] ?? []).map { line($0, indices, picture) }
      if !lines.isEmpty {
        try output.write(Array(lines.joined().utf8), to: "labels/\(stem).txt")
      }
      let ending = (picture.file as NSString).pathExtension
      let name = ending.isEmpty ? stem : "\(stem).\(ending)"
      try output.put(picture, at: "images/\(name)", writing.pictures)
    }
    try output.write(Array(yaml(folders).utf8), to: "data.yaml")
  }

  private func line(
    _ annotation: Dataset.Annotation, _ indices: [Int: Int], _ picture: Dataset.Picture
  ) -> String {
    let (width, height) = (Double(picture.width), Double(picture.height))
    let numbers: [Double]
    if writing.writesOutlines, case .polygons(let polygons) = annotation.segmentation,
      polygons.count == 1, polygons[0].count >= 6
    {
      numbers = polygons[0].enumerated().map { $1 / ($0.isMultiple(of: 2) ? width : height) }
    } else {
      let box = annotation.box
      numbers = [
        (box.x + box.width / 2) / width, (box.y + box.height / 2) / height, box.width / width,
        box.height / height,
      ]
    }
    let text = numbers.map { "\($0)" }.joined(separator: " ")
    return "\(indices[annotation.classID] ?? 0) \(text)\n"
  }

  private func yaml(_ folders: [String: Set<String>]) -> String {
    var text = ""
    let order = ["train", "val", "test"]
    let rest = folders.keys.filter { !order.contains($0) }.sorted()
    for key in order + rest {
      let places = (folders[key] ?? []).sorted().map(DataYAML.quoted)
      guard !places.isEmpty else { continue }
      let value = places.count == 1 ? places[0] : "[\(places.joined(separator: ", "))]"
      text += "\(order.contains(key) ? key : DataYAML.quoted(key)): \(value)\n"
    }
    if folders.isEmpty { text += "train: []\n" }
    text += dataset.classes.isEmpty ? "names: []\n" : "names:\n"
    for (index, kind) in dataset.classes.enumerated() {
      text += "  \(index): \(DataYAML.quoted(kind.name))\n"
    }
    return text
  }

  /// Whether readers look at the key that a split is written under.
  static func isRead(_ split: String) -> Bool { ["train", "val", "test"].contains(key(of: split)) }

  private static func key(of split: String) -> String {
    if split == "trainval" { return "train" }
    if split == "names" || split == "path" || split == "nc" { return "split-\(split)" }
    return ["train", "val", "test"].first { split.hasPrefix($0) } ?? split
  }
}
