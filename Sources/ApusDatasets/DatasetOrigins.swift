import Foundation

/// Where the parts of a data set were found, and what the value of it has no place for.
struct DatasetOrigins: Sendable {
  /// Where an annotation stands.
  struct Place: Sendable {
    /// Its file, as a position in `files`.
    var file: Int
    /// The line, from 1, or the position in the list of a JSON file, from 0.
    var number: Int
  }

  /// A split and where it is stated.
  struct Split: Sendable {
    var name: String
    var file: String
    var count: Int
  }

  /// The format that was read.
  var format = DatasetFormat.yolo
  /// How VOC's corners were read.
  var corners = VOCCorners.fromOne
  /// The data.yaml, of YOLO.
  var yaml: String?
  /// The folder of the data set.
  var root = URL(fileURLWithPath: ".")
  /// The files of the annotations.
  private(set) var files: [String] = []
  /// Where every annotation of the data set stands, in their order.
  var places: [Place] = []
  /// The file of annotations of every picture, by its id; none for YOLO's pictures without one.
  var labelFiles: [Int: Int] = [:]
  /// The ids of pictures whose own file of annotations holds nothing.
  var emptyLabels: Set<Int> = []
  /// The splits and the numbers of their pictures, faulty ones too.
  var splits: [Split] = []

  /// The position of a file, which is added where it is new.
  mutating func index(of file: String) -> Int {
    if files.last != file { files.append(file) }
    return files.count - 1
  }

  /// The file and place of an annotation, for people.
  func location(ofAnnotation index: Int, id: Int) -> (file: String, place: String) {
    guard places.indices.contains(index) else { return (root.path, "annotation \(id)") }
    let place = places[index]
    let file = files[place.file]
    switch format {
    case .yolo, .voc: return (file, "line \(place.number)")
    case .coco: return (file, "$.annotations[\(place.number)], id \(id)")
    case .labelme: return (file, "$.shapes[\(place.number)]")
    }
  }

  /// The file that states what is known of a picture.
  func labelFile(ofPicture id: Int) -> String? { labelFiles[id].map { files[$0] } }
}

extension DatasetOrigins {
  /// The file that lists the classes, or the folder where their names stand with the objects.
  var classFile: String {
    switch format {
    case .yolo: return yaml ?? root.path
    case .coco: return files.first ?? root.path
    case .voc, .labelme:
      let list = root.appendingPathComponent("classes.txt").path
      return FileManager.default.fileExists(atPath: list) ? list : root.path
    }
  }
}
