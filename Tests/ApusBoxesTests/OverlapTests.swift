import ApusBoxes
import ApusTestSupport
import Testing

@Suite("Overlap of boxes", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct OverlapVectorTests {
  struct Case: CustomTestStringConvertible {
    let file: String
    let convention: Overlap.Convention
    var testDescription: String { file }
  }

  static let cases = [
    Case(file: "yolov5_iou", convention: .yolov5),
    Case(file: "yolov7_iou", convention: .yolov7),
    Case(file: "yolov10_iou", convention: .yolov10),
  ]

  static let kinds: [(Overlap.Kind, String)] = [
    (.iou, "iou"), (.giou, "giou"), (.diou, "diou"), (.ciou, "ciou"),
  ]

  /// Both code bases compute in binary32; the arctangent may differ by a unit in the last place.
  @Test(arguments: cases)
  func yoloMeasuresEqualUpstream(_ test: Case) throws {
    let vectors = try SafetensorsFixture.boxes(test.file)
    let corners = zip(try vectors.corners("box1_xyxy"), try vectors.corners("box2_xyxy"))
    let centres = zip(try vectors.centres("box1_xywh"), try vectors.centres("box2_xywh"))
    for (kind, name) in Self.kinds {
      let tolerance: Tolerance = kind == .ciou ? .rounding : .exact
      let byCorners = corners.map {
        Overlap.measure(kind, $0, $1, convention: test.convention)
      }
      let byCentres = centres.map {
        Overlap.measure(kind, $0, $1, convention: test.convention)
      }
      #expect(difference(byCorners, try vectors.floats("xyxy.\(name)"), tolerance) == nil)
      #expect(difference(byCentres, try vectors.floats("xywh.\(name)"), tolerance) == nil)
    }
  }

  @Test func pairwiseMeasuresEqualUpstream() throws {
    let vectors = try SafetensorsFixture.boxes("yolov5_pairwise")
    let columns = try vectors.corners("box2")
    let found = try vectors.corners("box1").flatMap { a in
      columns.map { Overlap.plain(a, $0) }
    }
    #expect(difference(found, try vectors.floats("box_iou"), .exact) == nil)

    let box = try vectors.corners("ioa_box")[0]
    let cover = try vectors.corners("ioa_boxes").map { Overlap.cover(of: $0, by: box) }
    #expect(difference(cover, try vectors.floats("bbox_ioa"), .rounding) == nil)

    let small = pairs(try vectors.floats("wh2"))
    let sizes = pairs(try vectors.floats("wh1")).flatMap { a in
      small.map { Overlap.ofSizes(a, $0) }
    }
    #expect(difference(sizes, try vectors.floats("wh_iou"), .exact) == nil)
  }

  @Test func nanodetMeasuresEqualUpstream() throws {
    let vectors = try SafetensorsFixture.boxes("nanodet_iou")
    let first = try vectors.corners("box1")
    let second = try vectors.corners("box2")
    let kinds: [(Overlap.FlooredKind, String)] = [(.iou, "iou"), (.iof, "iof"), (.giou, "giou")]
    for (kind, name) in kinds {
      let aligned = zip(first, second).map { Overlap.floored(kind, $0, $1) }
      #expect(difference(aligned, try vectors.floats("aligned.\(name)"), .exact) == nil)
      let pairwise = first.prefix(40).flatMap { a in
        second.prefix(30).map { Overlap.floored(kind, a, $0) }
      }
      #expect(difference(pairwise, try vectors.floats("pairwise40.\(name)"), .exact) == nil)
    }
  }

  @Test func distancesEqualUpstream() throws {
    let vectors = try SafetensorsFixture.boxes("nanodet_iou")
    let points = pairs(try vectors.floats("points"))
    let values = try vectors.floats("dist")
    let boxes = points.enumerated().map { row, point in
      EdgeDistances(
        left: values[4 * row], top: values[4 * row + 1], right: values[4 * row + 2],
        bottom: values[4 * row + 3]
      ).box(aroundX: point.0, y: point.1)
    }
    func flat(_ boxes: [Box]) -> [Float] { boxes.flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] } }
    #expect(difference(flat(boxes), try vectors.floats("distance2bbox"), .exact) == nil)
    let clipped = boxes.map { $0.clipped(width: 96, height: 64) }
    let expected = try vectors.floats("distance2bbox.max_shape_64_96")
    #expect(difference(flat(clipped), expected, .exact) == nil)
    for (limit, name) in [(nil, "bbox2distance"), (Float(7), "bbox2distance.max7")] {
      let distances = zip(boxes, points).flatMap { box, point in
        let found = EdgeDistances(of: box, fromX: point.0, y: point.1, limit: limit)
        return [found.left, found.top, found.right, found.bottom]
      }
      #expect(difference(distances, try vectors.floats(name), .exact) == nil)
    }
  }

  private func pairs(_ values: [Float]) -> [(Float, Float)] {
    stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }
}

@Suite("Laws of overlap")
struct OverlapLawTests {
  @Test(arguments: [UInt64(1), 2, 3])
  func measuresAreOrderedAndSymmetric(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let a = Box.random(&random)
      let b = Box.random(&random)
      let iou = Overlap.measure(.iou, a, b)
      #expect(iou >= 0 && iou <= 1)
      #expect(Overlap.measure(.giou, a, b) <= iou)
      #expect(Overlap.measure(.ciou, a, b) <= Overlap.measure(.diou, a, b))
      #expect(iou == Overlap.measure(.iou, b, a))
      #expect(Overlap.plain(a, a) == 1)
    }
  }

  @Test(arguments: [UInt64(4), 5])
  func centreFormReturns(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let box = Box.random(&random)
      let back = CentreBox(box).corners
      let found = [back.x1, back.y1, back.x2, back.y2]
      #expect(difference(found, [box.x1, box.y1, box.x2, box.y2], .boxRoundTrip) == nil)
    }
  }

  @Test func emptyBoxesOverlapNothing() {
    let empty = Box(x1: 3, y1: 3, x2: 3, y2: 3)
    #expect(Overlap.plain(empty, empty).isNaN)
    #expect(Overlap.measure(.iou, empty, empty) == 0)
    #expect(Overlap.floored(.iou, empty, empty) == 0)
  }
}

extension Tolerance {
  /// Pixels of a 640 picture after two roundings.
  static let boxRoundTrip = close(relative: 1e-6, absolute: 1e-4)
}

extension Box {
  static func random(_ generator: inout SeededGenerator, side: Float = 640) -> Box {
    let x = Float.random(in: 0..<side, using: &generator)
    let y = Float.random(in: 0..<side, using: &generator)
    return Box(
      x1: x, y1: y, x2: x + Float.random(in: 1..<(side / 2), using: &generator),
      y2: y + Float.random(in: 1..<(side / 2), using: &generator))
  }
}
