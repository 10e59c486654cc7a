import ApusGraph
import ApusOperators
import ApusTensor
import Testing

/// TensorRT's suppression against results worked out by hand.
@Suite struct EfficientNMSTests {
  /// Boxes 0 and 1 overlap by 1.9 / 2.1 · 2 / 2 = 0.95, box 2 lies apart.
  static let boxes = Tensor(
    [Float](arrayLiteral: 0, 0, 2, 2, 0, 0, 2, 1.9, 5, 5, 6, 6), shape: [1, 3, 4])
  static let scores = Tensor([Float](arrayLiteral: 0.9, 0.1, 0.8, 0.6, 0.1, 0.7), shape: [1, 3, 2])

  private func run(_ op: EfficientNMS, _ boxes: Tensor = boxes) throws -> [[Double]] {
    try op.evaluate([boxes, Self.scores]).map(\.doubles)
  }

  @Test func classesAreKeptApart() throws {
    let found = try run(EfficientNMS(maxOutputBoxes: 4))
    #expect(found[0] == [3])
    #expect(found[1].prefix(12) == [0, 0, 2, 2, 5, 5, 6, 6, 0, 0, 2, Double(Float(1.9))])
    #expect(found[2] == [0.9, 0.7, 0.6, 0].map { Double(Float($0)) })
    #expect(found[3] == [0, 1, 1, 0])
  }

  @Test func classesSuppressOneAnother() throws {
    let found = try run(EfficientNMS(maxOutputBoxes: 4, isClassAgnostic: true))
    #expect(found[0] == [2])
    #expect(found[3] == [0, 1, 0, 0])
  }

  @Test func thresholdsCountThemselves() throws {
    let low = Float(0.6)
    #expect(try run(EfficientNMS(scoreThreshold: low))[0] == [3])
    #expect(try run(EfficientNMS(scoreThreshold: low.nextUp))[0] == [2])
    #expect(try run(EfficientNMS(maxOutputBoxes: 1))[0] == [1])
    #expect(try run(EfficientNMS(backgroundClass: 0))[0] == [2])
  }

  @Test func centresBecomeCorners() throws {
    let centred = Tensor(
      [Float](arrayLiteral: 1, 1, 2, 2, 9, 9, 2, 2, 5, 5, 1, 1), shape: [1, 3, 4])
    let found = try run(EfficientNMS(maxOutputBoxes: 1, boxesAreCentred: true), centred)
    #expect(found[1] == [0, 0, 2, 2])
  }

  @Test func boxesOfEachClassAreRead() throws {
    let numbers = (0..<6).flatMap { (index: Int) -> [Float] in
      [Float(index * 10), 0, Float(index * 10 + 5), 5]
    }
    let found = try run(
      EfficientNMS(maxOutputBoxes: 2), Tensor(numbers, shape: [1, 3, 2, 4]))
    #expect(found[1] == [0, 0, 5, 5, 20, 0, 25, 5])
    #expect(found[3] == [0, 0])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    #expect(throws: OperatorError.self) {
      try EfficientNMS().evaluate([Tensor(zeros: [1, 3, 5]), Self.scores])
    }
    #expect(throws: OperatorError.self) {
      try EfficientNMS(maxOutputBoxes: -1).evaluate([Self.boxes, Self.scores])
    }
    var record = OperatorRecord(opset: 13, attributes: ["box_coding": .int(2)])
    #expect(throws: OperatorError.self) { try EfficientNMS(from: &record) }
  }
}
