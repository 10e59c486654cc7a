import ApusBoxes
import Testing

@Suite("End-to-end rows")
struct EndToEndRowsTests {
  @Test func readsRowsAndDropsWhatIsNone() {
    let rows: [Float] = [
      1, 2, 3, 4, 0.9, 5, 1, 2, 3, 4, 0.25, 5, 1, 2, 3, 4, 0.3, 6, .nan, 2, 3, 4, 0.9, 5,
      1, 2, 3, 4, 0.9, -1, 1, 2, 3, 4, 0.9, 1e20, 1, 2,
    ]
    let box = Box(x1: 1, y1: 2, x2: 3, y2: 4)
    let all = EndToEndRows.detections(rows: rows, confidence: ConfidenceThresholds(0.25))
    #expect(
      all == [
        Detection(box: box, score: 0.9, classID: 5), Detection(box: box, score: 0.3, classID: 6),
      ])
    let few = EndToEndRows.detections(
      rows: rows, confidence: ConfidenceThresholds(0.25, perClass: [6: 0.5]))
    #expect(few.map(\.classID) == [5])
    let one = EndToEndRows.detections(
      rows: rows, confidence: ConfidenceThresholds(0), classes: [6], maxDetections: 1)
    #expect(one.map(\.classID) == [6])
    #expect(EndToEndRows.detections(rows: [], confidence: ConfidenceThresholds(0)).isEmpty)
  }
}
