import Foundation

/// What is odd about boxes, alone and beside the others of their picture.
struct BoxFindings {
  private(set) var all: [Finding] = []
  private let reading: DatasetReading
  private let names: [Int: String]
  private var zeroCorners: (count: Int, first: Int)?

  /// The side in pixels under which a box is called tiny.
  private static let leastSide = 3.0
  /// How far in pixels a box may go over an edge; labels written with four digits do by rounding.
  static let slack = 0.5
  /// The intersection over union from which two boxes all but coincide.
  private static let sameness = 0.95
  /// The most pairs of boxes of a picture that are compared.
  private static let mostPairs = 1_000_000

  init(_ reading: DatasetReading, _ outcomes: [String: PictureInspection.Outcome]) {
    self.reading = reading
    names = Dictionary(
      reading.dataset.classes.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var positions: [Int: [Int]] = [:]
    for (index, annotation) in reading.dataset.annotations.enumerated() {
      positions[annotation.pictureID, default: []].append(index)
    }
    for picture in reading.dataset.pictures {
      guard let indices = positions[picture.id] else { continue }
      let frame = LabelFrame(picture, outcomes.facts(of: picture))
      for index in indices { checkAlone(index, frame) }
      checkTogether(indices)
    }
    if let (count, first) = zeroCorners {
      add(.cornersFromZero, first, "\(count) boxes with a corner at 0; this is the first")
    }
  }

  private func box(_ index: Int) -> Dataset.PixelBox { reading.dataset.annotations[index].box }

  private mutating func add(_ kind: FindingKind, _ index: Int, _ found: String) {
    let annotation = reading.dataset.annotations[index]
    let (file, place) = reading.origins.location(ofAnnotation: index, id: annotation.id)
    let name = names[annotation.classID].map { "\(DatasetError.quote($0)), " } ?? ""
    all.append(Finding(kind, file: file, place: place, found: name + found))
  }

  private mutating func checkAlone(_ index: Int, _ frame: LabelFrame) {
    let box = box(index)
    if box.width <= 0 || box.height <= 0 {
      return add(.zeroArea, index, "a box of \(box.sizeText)")
    }
    if min(box.width, box.height) < Self.leastSide - 1e-6 {
      add(.tinyBox, index, "a box of \(box.sizeText) pixels")
    }
    if reading.origins.format == .yolo, !frame.hasFractions(box, isBox: isBox(index)) {
      return add(
        .notNormalised, index,
        "numbers beyond 0 to 1: a box of \(box.text) pixels in \(frame.text)")
    }
    guard frame.overhang(of: box) > Self.slack else { return }
    if frame.isOutside(box) {
      add(.boxOutside, index, "a box of \(box.text) in \(frame.text)")
    } else if reading.origins.format == .voc, reading.origins.corners == .fromOne,
      frame.overhang(of: box) == 1, box.x == -1 || box.y == -1,
      box.x + box.width <= frame.width, box.y + box.height <= frame.height
    {
      zeroCorners = ((zeroCorners?.count ?? 0) + 1, zeroCorners?.first ?? index)
    } else {
      add(.boxOverEdge, index, "a box of \(box.text) in \(frame.text)")
    }
  }

  private func isBox(_ index: Int) -> Bool {
    reading.dataset.annotations[index].segmentation == nil
  }

  /// Compares boxes whose left edges are near one another.
  private mutating func checkTogether(_ indices: [Int]) {
    var first: [BoxKey: Int] = [:]
    var rest: [Int] = []
    for index in indices {
      let annotation = reading.dataset.annotations[index]
      if let other = first[BoxKey(annotation)] {
        add(.duplicateBox, index, "the box of \(place(other)) again")
      } else {
        first[BoxKey(annotation)] = index
        if annotation.box.width > 0, annotation.box.height > 0, !annotation.isCrowd {
          rest.append(index)
        }
      }
    }
    rest.sort { (box($0).x, $0) < (box($1).x, $1) }
    var pairs = 0
    for (position, index) in rest.enumerated() {
      let limit = box(index).x + (1 - Self.sameness) * box(index).width
      for other in rest[(position + 1)...] {
        guard box(other).x <= limit else { break }
        pairs += 1
        guard pairs <= Self.mostPairs else { return }
        let overlap = box(index).overlap(with: box(other))
        guard overlap >= Self.sameness else { continue }
        let percent = Int((overlap * 100).rounded(.down))
        let (earlier, later) = (min(index, other), max(index, other))
        let (a, b) = (reading.dataset.annotations[earlier], reading.dataset.annotations[later])
        if a.classID == b.classID {
          add(
            .duplicateBox, later,
            "all but the box of \(place(earlier)): they overlap by \(percent) %")
        } else {
          let name = DatasetError.quote(names[a.classID] ?? "\(a.classID)")
          add(.classOverlap, later, "overlaps \(name) of \(place(earlier)) by \(percent) %")
        }
      }
    }
  }

  private func place(_ index: Int) -> String {
    let id = reading.dataset.annotations[index].id
    return reading.origins.location(ofAnnotation: index, id: id).place
  }
}

/// What makes two boxes the same: class, crowd, and edges to 0.01 pixels.
struct BoxKey: Hashable {
  private let classID: Int
  private let isCrowd: Bool
  private let edges: [Double]

  init(_ annotation: Dataset.Annotation) {
    classID = annotation.classID
    isCrowd = annotation.isCrowd
    let box = annotation.box
    // Adding 0 makes -0 equal 0 in their hashes as well.
    edges = [box.x, box.y, box.x + box.width, box.y + box.height].map {
      ($0 * 100).rounded() + 0
    }
  }
}

/// The picture as its labels take it to be.
struct LabelFrame {
  let width: Double
  let height: Double
  /// What the sizes have to do with one another.
  let agreement: SizeAgreement

  /// The stated size, but the picture's own where that is another with other proportions.
  init(_ picture: Dataset.Picture, _ facts: PictureFacts?) {
    (width, height) = (Double(picture.width), Double(picture.height))
    guard let facts, facts.fault == nil else {
      agreement = .equal
      return
    }
    agreement = SizeAgreement(picture, facts)
  }

  var text: String { "\(Int(width)) x \(Int(height))" }

  /// How far a box goes over an edge, in pixels.
  func overhang(of box: Dataset.PixelBox) -> Double {
    max(-box.x, -box.y, box.x + box.width - width, box.y + box.height - height)
  }

  /// Whether a box and the picture share no area.
  func isOutside(_ box: Dataset.PixelBox) -> Bool {
    box.x >= width || box.y >= height || box.x + box.width <= 0 || box.y + box.height <= 0
  }

  /// Whether the numbers of a YOLO label go from 0 to 1: centre and sides, or the points of an outline.
  func hasFractions(_ box: Dataset.PixelBox, isBox: Bool) -> Bool {
    let tolerance = 1e-6
    let range = -tolerance...1 + tolerance
    guard isBox else {
      return [box.x / width, (box.x + box.width) / width].allSatisfy(range.contains)
        && [box.y / height, (box.y + box.height) / height].allSatisfy(range.contains)
    }
    return [(box.x + box.width / 2) / width, box.width / width].allSatisfy(range.contains)
      && [(box.y + box.height / 2) / height, box.height / height].allSatisfy(range.contains)
  }
}

extension Dataset.PixelBox {
  /// `12.5, 3 to 40, 20`: the left upper and right lower corners.
  var text: String {
    "\(Self.text(x)), \(Self.text(y)) to \(Self.text(x + width)), \(Self.text(y + height))"
  }

  /// `4 x 2.5`.
  var sizeText: String { "\(Self.text(width)) x \(Self.text(height))" }

  private static func text(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
  }

  /// Intersection over union.
  func overlap(with other: Dataset.PixelBox) -> Double {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    guard across > 0, down > 0 else { return 0 }
    let shared = across * down
    return shared / (width * height + other.width * other.height - shared)
  }
}
