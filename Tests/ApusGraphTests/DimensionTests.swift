import ApusGraph
import Testing

@Suite struct DimensionTests {
  /// A random expression together with the function it stands for.
  struct Expression {
    let dimension: Dimension
    let value: (Int, Int) -> Int

    static func random(depth: Int, _ generator: inout SplitMix) -> Expression {
      if depth == 0 {
        switch generator.next() % 3 {
        case 0: return Expression(dimension: .symbol("a")) { a, _ in a }
        case 1: return Expression(dimension: .symbol("b")) { _, b in b }
        default:
          let number = Int(generator.next() % 7) - 3
          return Expression(dimension: .fixed(number)) { _, _ in number }
        }
      }
      let left = random(depth: depth - 1, &generator)
      let right = random(depth: depth - 1, &generator)
      switch generator.next() % 5 {
      case 0:
        return Expression(dimension: left.dimension + right.dimension) {
          left.value($0, $1) + right.value($0, $1)
        }
      case 1:
        return Expression(dimension: left.dimension - right.dimension) {
          left.value($0, $1) - right.value($0, $1)
        }
      case 2:
        return Expression(dimension: left.dimension * right.dimension) {
          left.value($0, $1) * right.value($0, $1)
        }
      case 3:
        let divisor = Int(generator.next() % 5) + 1
        return Expression(dimension: left.dimension.dividedRoundingDown(by: divisor)) {
          Int((Double(left.value($0, $1)) / Double(divisor)).rounded(.down))
        }
      default:
        let divisor = Int(generator.next() % 5) + 1
        return Expression(dimension: left.dimension.dividedRoundingUp(by: divisor)) {
          Int((Double(left.value($0, $1)) / Double(divisor)).rounded(.up))
        }
      }
    }
  }

  @Test(arguments: 1...20) func algebraAgreesWithNumbers(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    for _ in 0..<50 {
      let expression = Expression.random(depth: 3, &generator)
      for (a, b) in [(0, 1), (1, 1), (7, 3), (12, 5), (640, 33)] {
        let found = expression.dimension.substituting(["a": a, "b": b])
        #expect(found.fixed == expression.value(a, b), "\(expression.dimension) at \(a), \(b)")
      }
    }
  }

  @Test func equalByAlgebraIsEqual() {
    let h = Dimension.symbol("h")
    let w = Dimension.symbol("w")
    #expect((h + w) * (h - w) == h * h - w * w)
    #expect((h * 4 + 2).dividedRoundingDown(by: 2) == h * 2 + 1)
    #expect((h * 2).dividedRoundingUp(by: 2) == h)
    #expect((h * w * 6).dividedExactly(by: w * 3) == h * 2)
    #expect((h * w + 1).dividedExactly(by: w) == nil)
    #expect((h - h).fixed == 0)
    #expect(h.symbol == "h" && (h * 2).symbol == nil)
    #expect((h * w.dividedRoundingDown(by: 2)).symbols == ["h", "w"])
  }

  @Test func contradictionNeedsProof() {
    let h = Dimension.symbol("h")
    #expect(h.contradicts(h + 1))
    #expect(!h.contradicts(7))
    #expect(Dimension.fixed(3).contradicts(4))
    #expect(!h.contradicts(.symbol("w")))
  }

  @Test(arguments: [Int.min, .min + 1, .min + 2, .max, .max - 1])
  func extremeSizesDoNotTrap(_ size: Int) {
    let extreme = Dimension.fixed(size)
    for divisor in [1, 2, 3, 7, 640, .max] {
      _ = extreme.dividedRoundingDown(by: divisor)
      _ = extreme.dividedRoundingUp(by: divisor)
      _ = (extreme * .symbol("h")).dividedRoundingDown(by: divisor)
    }
    for other in [Dimension.fixed(-1), .fixed(3), .symbol("h"), extreme] {
      _ = extreme + other
      _ = extreme - other
      _ = extreme * other
      _ = extreme.dividedExactly(by: other)
      _ = extreme.contradicts(other)
    }
  }

  @Test func hugeExpressionsEndInAName() {
    var product = Dimension.symbol("a")
    var quotient = Dimension.symbol("a")
    for index in 0..<200 {
      let other = Dimension.symbol("s\(index)")
      product = (product + other) * (product + 1)
      quotient = quotient + quotient.dividedRoundingDown(by: 2)
    }
    #expect(product.fixed == nil)
    #expect(quotient.fixed == nil)
    #expect(product.description.utf8.count < 100_000)
    #expect(quotient == quotient + 0)
  }

  @Test func printsAsWritten() {
    #expect((Dimension.symbol("h") * 2 + 1).description == "2*h + 1")
    #expect(Dimension.fixed(0).description == "0")
    #expect(Dimension.symbol("h").dividedRoundingDown(by: 32).description == "floor((h)/32)")
  }
}

/// A small generator of reproducible numbers (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
