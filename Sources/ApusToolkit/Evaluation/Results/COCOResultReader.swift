import ApusMetrics

/// Reads detections in COCO's results format: a list of `image_id`, `category_id`, `bbox` (x, y, width and
/// height in pixels) and `score`; other members are passed over.
///
/// Pictures and classes are kept as the file numbers them; memory is linear in the detections.
struct COCOResultReader {
  /// The name of a picture: a number or a text.
  enum PictureKey: Hashable {
    case number(Int)
    case name(String)
  }

  /// The detections in the order of the file; `imageID` is a position in `pictures`.
  private(set) var detections: [COCODetection] = []
  /// The pictures in the order in which they come up, each with its first entry.
  private(set) var pictures: [(key: PictureKey, entry: Int)] = []
  /// The numbers of classes, each with its first entry.
  private(set) var categories: [Int: Int] = [:]
  private var slots: [PictureKey: Int] = [:]
  private var last: (key: PictureKey, slot: Int)?
  private var lastCategory: Int?
  private var scanner: ResultScanner

  /// Reads a whole file.
  ///
  /// - Throws: `ApusError` naming the byte and the entry.
  init(_ bytes: [UInt8], path: String) throws(ApusError) {
    scanner = ResultScanner(bytes, path: path)
    // An entry of COCO's format is 80 bytes and more.
    detections.reserveCapacity(bytes.count / 128)
    guard scanner.take(UInt8(ascii: "[")) else {
      throw scanner.fault(
        "COCO's list of results, [{\"image_id\": …, \"category_id\": …, \"bbox\": [x, y, width, height],"
          + " \"score\": …}, …]")
    }
    if !scanner.take(UInt8(ascii: "]")) {
      repeat {
        scanner.entry = detections.count
        try readEntry()
      } while scanner.take(UInt8(ascii: ","))
      guard scanner.take(UInt8(ascii: "]")) else { throw scanner.fault("\",\" or \"]\"") }
    }
    scanner.entry = nil
    guard scanner.next() == nil else { throw scanner.fault("the end of the file") }
  }

  /// Gives the detections the ids of a data set, of pictures by their positions and of classes by their
  /// numbers.
  mutating func number(pictures ids: [Int], categories: [Int: Int]) {
    for index in detections.indices {
      detections[index].imageID = ids[detections[index].imageID]
      let category = detections[index].categoryID
      detections[index].categoryID = categories[category] ?? category
    }
  }

  private mutating func readEntry() throws(ApusError) {
    guard scanner.take(UInt8(ascii: "{")) else { throw scanner.fault("a detection, {…}") }
    var slot: Int?
    var category: Int?
    var box: (x: Double, y: Double, width: Double, height: Double)?
    var score: Double?
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        switch try member() {
        case .image:
          guard slot == nil else { throw scanner.fault("image_id once") }
          slot = try picture()
        case .category:
          guard category == nil else { throw scanner.fault("category_id once") }
          category = try scanner.integer("category_id")
        case .box:
          guard box == nil else { throw scanner.fault("bbox once") }
          box = try readBox()
        case .score:
          guard score == nil else { throw scanner.fault("score once") }
          score = try scanner.number("score")
        case nil: try scanner.skip()
        }
      } while scanner.take(UInt8(ascii: ","))
      guard scanner.take(UInt8(ascii: "}")) else { throw scanner.fault("\",\" or \"}\"") }
    }
    guard let slot, let category, let box, let score else {
      let missing = [
        (slot == nil, "image_id"), (category == nil, "category_id"), (box == nil, "bbox"),
        (score == nil, "score"),
      ].filter(\.0).map(\.1)
      throw .failure(
        "\(scanner.place): the detection has no \(missing.joined(separator: ", no ")); every entry needs"
          + " image_id, category_id, bbox and score")
    }
    if category != lastCategory {
      lastCategory = category
      if categories[category] == nil { categories[category] = detections.count }
    }
    detections.append(
      COCODetection(
        imageID: slot, categoryID: category, x: box.x, y: box.y, width: box.width,
        height: box.height, score: score))
  }

  private enum Member { case image, category, box, score }

  /// The key of the next member, and the colon behind it; nil for a member that is not read.
  private mutating func member() throws(ApusError) -> Member? {
    let key = try scanner.string()
    guard scanner.take(UInt8(ascii: ":")) else { throw scanner.fault("\":\"") }
    if key.isEscaped {
      return switch try scanner.text(key) {
      case "image_id": .image
      case "category_id": .category
      case "bbox": .box
      case "score": .score
      default: nil
      }
    }
    if scanner.matches(key.range, "image_id") { return .image }
    if scanner.matches(key.range, "category_id") { return .category }
    if scanner.matches(key.range, "bbox") { return .box }
    if scanner.matches(key.range, "score") { return .score }
    return nil
  }

  private mutating func picture() throws(ApusError) -> Int {
    let key: PictureKey
    if scanner.next() == UInt8(ascii: "\"") {
      key = .name(try scanner.text(scanner.string()))
    } else {
      key = .number(try scanner.integer("image_id"))
    }
    if let last, last.key == key { return last.slot }
    let slot = slots[key] ?? pictures.count
    if slot == pictures.count {
      slots[key] = slot
      pictures.append((key, detections.count))
    }
    last = (key, slot)
    return slot
  }

  private mutating func readBox() throws(ApusError) -> (
    x: Double, y: Double, width: Double, height: Double
  ) {
    let four = "bbox as four numbers, [x, y, width, height]"
    guard scanner.take(UInt8(ascii: "[")) else { throw scanner.fault(four) }
    let x = try scanner.number("x of bbox")
    guard scanner.take(UInt8(ascii: ",")) else { throw scanner.fault(four) }
    let y = try scanner.number("y of bbox")
    guard scanner.take(UInt8(ascii: ",")) else { throw scanner.fault(four) }
    let width = try scanner.number("width of bbox")
    guard scanner.take(UInt8(ascii: ",")) else { throw scanner.fault(four) }
    let height = try scanner.number("height of bbox")
    guard scanner.take(UInt8(ascii: "]")) else { throw scanner.fault(four) }
    guard width >= 0, height >= 0 else {
      throw .failure(
        "\(scanner.place): the box is \(width) x \(height) pixels; bbox is [x, y, width, height], and no"
          + " side may be negative")
    }
    return (x, y, width, height)
  }
}
