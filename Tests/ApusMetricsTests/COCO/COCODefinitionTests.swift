import ApusMetrics
import ApusTestSupport
import Testing

/// The evaluation equals its slow twin to the bit.
struct COCODefinitionTests {
  @Test(arguments: 0..<40 as Range<UInt64>)
  func equalsDefinition(seed: UInt64) throws {
    let set = COCOSet(seed: seed)
    let evaluation = try set.evaluated()
    #expect(evaluation.classes.map(\.categoryID) == set.categories.sorted())
    let definition = COCODefinition(set: set)
    for result in evaluation.classes {
      var precisions: [Double] = []
      var scores: [Double] = []
      var recalls: [Double] = []
      for range in 0..<4 {
        for limit in [1, 10, 100] {
          for threshold in COCOProtocol.overlapThresholds {
            let curve = definition.curve(
              category: result.categoryID, range: range, limit: limit, threshold: threshold)
            precisions += curve.precision
            scores += curve.scores
            recalls.append(curve.recall)
          }
        }
      }
      expectEqual(result.precisions, precisions, "precisions of category \(result.categoryID)")
      expectEqual(result.scores, scores, "scores of category \(result.categoryID)")
      expectEqual(result.recalls, recalls, "recalls of category \(result.categoryID)")
    }
  }

  /// Names the first differing place instead of printing thousands of numbers.
  private func expectEqual(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }
    let difference = place.map { "at \($0.offset): \($0.element.0), expected \($0.element.1)" }
    #expect(difference == nil, "\(what)")
  }

  @Test
  func thresholdsAreThoseOfNumPy() {
    let thresholds = COCOProtocol.overlapThresholds
    #expect(
      thresholds == [
        0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95,
      ])
    #expect(COCOProtocol.recallPoints.count == 101)
    #expect(COCOProtocol.recallPoints[29] == 0.29)
    #expect(COCOProtocol.recallPoints[35] == 0.35000000000000003)
    #expect(COCOProtocol.recallPoints[100] == 1)
  }
}
