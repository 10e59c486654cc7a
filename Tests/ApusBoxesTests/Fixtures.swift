import ApusBoxes
import ApusTestSupport

extension SafetensorsFixture {
  /// The vectors of boxes of one name.
  static func boxes(_ name: String) throws -> SafetensorsFixture {
    try SafetensorsFixture("data/vectors/boxes/\(name).safetensors")
  }

  /// A tensor `[n, 4]` of corners.
  func corners(_ name: String) throws -> [Box] {
    let values = try floats(name)
    return stride(from: 0, to: values.count, by: 4).map {
      Box(x1: values[$0], y1: values[$0 + 1], x2: values[$0 + 2], y2: values[$0 + 3])
    }
  }

  /// A tensor `[n, 4]` of centres and sides.
  func centres(_ name: String) throws -> [CentreBox] {
    let values = try floats(name)
    return stride(from: 0, to: values.count, by: 4).map {
      CentreBox(x: values[$0], y: values[$0 + 1], width: values[$0 + 2], height: values[$0 + 3])
    }
  }
}

/// The largest numbers by which two lists differ, as a message, or nil where all are accepted.
func difference(_ found: [Float], _ expected: [Float], _ tolerance: Tolerance) -> String? {
  guard found.count == expected.count else {
    return "\(found.count) values instead of \(expected.count)"
  }
  for (index, pair) in zip(found, expected).enumerated()
  where !tolerance.accepts(Double(pair.0), Double(pair.1)) {
    return "value \(index) is \(pair.0) instead of \(pair.1) (\(tolerance))"
  }
  return nil
}

/// The six columns that upstream prints: corners, score, class.
func columns(_ detections: [Detection]) -> [Float] {
  detections.flatMap {
    [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2, $0.score, Float($0.classID)]
  }
}
