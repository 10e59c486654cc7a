import ApusBoxes
import Testing

@Suite("Confidence thresholds")
struct ConfidenceThresholdsTests {
  struct Good: CustomTestStringConvertible {
    let text: String
    let expected: ConfidenceThresholds
    var testDescription: String { text }
  }

  @Test(arguments: [
    Good(text: "0.25", expected: ConfidenceThresholds(0.25)),
    Good(
      text: "person=0.4,car=0.25",
      expected: ConfidenceThresholds(0.25, perClass: [0: 0.4, 2: 0.25])),
    Good(text: "0.1, person = 0.4", expected: ConfidenceThresholds(0.1, perClass: [0: 0.4])),
    Good(text: "2=1,0", expected: ConfidenceThresholds(0, perClass: [2: 1])),
    Good(text: "traffic light=.5", expected: ConfidenceThresholds(0.25, perClass: [9: 0.5])),
  ])
  func readsEveryForm(_ test: Good) throws {
    #expect(try ConfidenceThresholds.parse(test.text, names: .coco80) == test.expected)
  }

  @Test(arguments: [
    ("", ThresholdError.Reason.emptyEntry), ("0.3,,car=0.1", .emptyEntry), ("abc", .notANumber),
    ("person=", .notANumber), ("nan", .notANumber), ("car=1.5", .outOfRange), ("-0.1", .outOfRange),
    ("0.2,0.3", .repeated), ("car=0.2,2=0.3", .repeated),
    ("persn=0.4", .unknownClass(UnknownClass(text: "persn", nearest: "person", count: 80))),
  ])
  func refusesWithThePlace(_ text: String, _ reason: ThresholdError.Reason) {
    #expect {
      try ConfidenceThresholds.parse(text, names: .coco80)
    } throws: { error in
      guard let error = error as? ThresholdError else { return false }
      return error.reason == reason && error.text == text && "\(error)".contains(text)
    }
  }

  @Test func theLeastThresholdCountsExistingClassesOnly() {
    let thresholds = ConfidenceThresholds(0.5, perClass: [0: 0.7, 1: 0.6, 9: 0.1])
    #expect(thresholds.least(classCount: 3) == 0.5)
    #expect(thresholds.least(classCount: 2) == 0.6)
    #expect(thresholds.least(classCount: 10) == 0.1)
    #expect(thresholds.table(classCount: 3) == [0.7, 0.6, 0.5])
  }
}
