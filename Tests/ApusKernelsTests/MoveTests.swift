import ApusKernels
import Testing

@Suite struct MoveTests {
  @Test func transposesABox() {
    let source = FloatMemory((0..<24).map(Float.init))
    let result = FloatMemory(count: 24)
    // [2, 3, 4] with axes 2, 0, 1 gives [4, 2, 3].
    let box = Move.Box(
      shape: [4, 2, 3], sourceStrides: [1, 12, 4], destinationStrides: [6, 3, 1])
    Move.copy(box, source.whole, into: result.whole)
    var expected: [Float] = []
    for c in 0..<4 {
      for a in 0..<2 { for b in 0..<3 { expected.append(Float(a * 12 + b * 4 + c)) } }
    }
    #expect(result.whole.array() == expected)
  }

  @Test func walksBackwardsAndRepeats() {
    let source = FloatMemory([1, 2, 3])
    let result = FloatMemory(count: 6)
    let box = Move.Box(
      shape: [2, 3], sourceStrides: [0, -1], sourceOffset: 2, destinationStrides: [3, 1])
    Move.copy(box, source.whole, into: result.whole)
    #expect(result.whole.array() == [3, 2, 1, 3, 2, 1])
  }

  @Test func copiesIntoAPartOfTheDestination() {
    let source = FloatMemory([1, 2, 3, 4])
    let result = FloatMemory(count: 10)
    let box = Move.Box(
      shape: [2, 2], sourceStrides: [2, 1], destinationStrides: [5, 1], destinationOffset: 3)
    Move.copy(box, source.whole, into: result.whole)
    #expect(result.whole.array() == [0, 0, 0, 1, 2, 0, 0, 0, 3, 4])
  }

  @Test func anEmptyBoxAndAPointAreFine() {
    let source = FloatMemory([7])
    let result = FloatMemory(count: 1)
    Move.copy(
      Move.Box(shape: [3, 0], sourceStrides: [1, 1], destinationStrides: [1, 1]), source.whole,
      into: result.whole)
    #expect(result.whole.array() == [0])
    Move.copy(
      Move.Box(shape: [], sourceStrides: [], destinationStrides: []), source.whole,
      into: result.whole)
    #expect(result.whole.array() == [7])
  }

  @Test func gathersRowsAndColumns() {
    let source = FloatMemory([1, 2, 3, 4])
    let result = FloatMemory(count: 12)
    Move.gather(
      source.whole, width: 2, rows: [0, 0, 1], columns: [0, 0, 1, 1], into: result.whole)
    #expect(result.whole.array() == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4])
  }
}
