import Foundation

/// Small data sets in a workplace.
extension Workplace {
  /// Writes a file with its folders.
  func text(_ path: String, _ text: String) throws {
    let file = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// A YOLO data set of three pictures of 40 x 30, of which one is background.
  func yolo(_ name: String = "set") throws {
    try text("\(name)/data.yaml", "train: images/train\nval: images/val\nnames: [cat, dog]\n")
    for picture in ["train/1", "train/2", "val/3"] {
      try text("\(name)/images/\(picture).bmp", "")
      try Data(Picture.bmp(width: 40, height: 30))
        .write(to: folder.appendingPathComponent("\(name)/images/\(picture).bmp"))
    }
    try text("\(name)/labels/train/1.txt", "0 .5 .5 .5 .5\n1 .25 .25 .1 .2\n")
    try text("\(name)/labels/val/3.txt", "1 .5 .5 .25 .5\n")
  }

  /// A COCO file in which everything occurs that other formats cannot hold.
  func coco(_ name: String = "set.json") throws {
    try text(
      name,
      """
      {"info": {"year": 2026}, "licenses": [],
       "images": [{"id": 7, "file_name": "a.bmp", "width": 40, "height": 30, "license": 3},
                  {"id": 9, "file_name": "b.bmp", "width": 40, "height": 30}],
       "categories": [{"id": 18, "name": "dog", "supercategory": "animal"},
                      {"id": 3, "name": "car", "supercategory": "vehicle"}],
       "annotations": [
        {"id": 5, "image_id": 7, "category_id": 3, "bbox": [1.25, 2.5, 10, 20], "area": 150,
         "iscrowd": 0, "segmentation": [[1.25, 2.5, 11.25, 2.5, 11.25, 22.5]]},
        {"id": 6, "image_id": 7, "category_id": 18, "bbox": [0, 0, 40, 30], "area": 1200,
         "iscrowd": 1, "segmentation": {"counts": [0, 1200], "size": [30, 40]}},
        {"id": 8, "image_id": 9, "category_id": 18, "bbox": [3.3333, 4.7, 8.1, 9.9], "area": 60,
         "iscrowd": 0, "difficult": 1, "truncated": 0, "pose": "Left", "my note": 1}]}
      """)
    for picture in ["a.bmp", "b.bmp"] { try file(picture, Picture.bmp(width: 40, height: 30)) }
  }
}

/// JSON a command printed.
func object(_ result: Apus.Result) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
}
