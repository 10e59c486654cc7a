import ApusCheckpoints
import ApusFamilies
import ApusTensor
import Testing

@Suite("Weights against a network")
struct WeightStateTests {
  static let state = WeightState([
    NamedTensor(name: "a.weight", tensor: Tensor(zeros: [2, 3], dtype: .float16)),
    NamedTensor(name: "a.bias", tensor: Tensor(zeros: [2])),
    NamedTensor(name: "a.steps", tensor: Tensor(zeros: [], dtype: .int64)),
  ])

  static func need(_ name: String, _ shape: [Int], isRead: Bool = true) -> StateEntry {
    StateEntry(name: name, shape: shape, isRead: isRead)
  }

  @Test func aFittingStatePasses() throws {
    try Self.state.check(
      against: [
        Self.need("a.weight", [2, 3]), Self.need("a.bias", [2]),
        Self.need("a.steps", [], isRead: false),
      ])
    #expect(Self.state.tensor("a.weight")?.dtype == .float32)
  }

  @Test func everyDifferenceIsListed() {
    #expect {
      try Self.state.check(
        against: [
          Self.need("a.weight", [3, 3]), Self.need("b.weight", [7]), Self.need("a.steps", []),
        ])
    } throws: { error in
      guard let error = error as? FamilyError, error.code == .weights else { return false }
      let lines = [
        "a.weight is [2, 3], expected [3, 3]", "missing: b.weight [7]",
        "a.steps is of type int64", "left over: a.bias [2]", "4 differences",
      ]
      return lines.allSatisfy(error.message.contains)
    }
  }

  @Test func aTensorIsUsedOnce() {
    #expect(throws: FamilyError.self) {
      try Self.state.check(
        against: [Self.need("a.bias", [2]), Self.need("a.bias", [2])])
    }
  }
}
