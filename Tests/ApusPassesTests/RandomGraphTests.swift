import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import Testing

/// Graphs of random operators on small values: what passes do to one another where nobody thought of it.
struct RandomNet {
  private var net = Net()
  private var generator: SplitMix
  private var values: [ValueID] = []

  init(seed: UInt64) {
    generator = SplitMix(seed: seed)
    values = [net.input([2, 3, 4]), net.input([2, 3, 4], name: "z")]
  }

  private mutating func pick(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }

  private mutating func shuffled(_ rank: Int) -> [Int] { (0..<rank).shuffled(using: &generator) }

  mutating func graph(nodes: Int) throws -> Graph {
    for _ in 0..<nodes { values.append(try node()) }
    let outputs = [values[values.count - 1], values[values.count - 1 - pick(4)]]
    net.graph.setOutputs(outputs[0] == outputs[1] ? [outputs[0]] : outputs)
    return net.graph
  }

  private mutating func node() throws -> ValueID {
    // Mostly the latest values, so that there are chains.
    let x = values[max(0, values.count - 1 - pick(3))]
    guard let shape = net.graph[x].fact.fixedShape else { return x }
    switch pick(14) {
    case 0: return try net.add(Relu(), x)
    case 1: return try net.add(Sigmoid(), x)
    case 2: return try net.add(Mul(), x, try net.add(Sigmoid(), x))
    case 3: return try net.add(Add(), net.scalar(Double(pick(2))), x)
    case 4: return try net.add(Mul(), x, net.scalar(Double(pick(2) + 1)))
    case 5: return try net.add(Transpose(shuffled(shape.rank)), x)
    case 6: return try net.add(Reshape(), x, net.list(try factors(of: shape.count)))
    case 7: return try net.add(Unsqueeze(), x, net.list([Int64(pick(shape.rank + 1))]))
    case 8: return try net.add(Flatten(axis: pick(shape.rank + 1)), x)
    case 9: return try net.add(Cast(to: .float32), try net.add(Cast(to: .float64), x))
    case 10: return try net.add(Slice(), x, net.list([0]), net.list([.max]), net.list([0]))
    case 11: return try net.add(Mul(), try net.add(Tanh(), try net.add(Softplus(), x)), x)
    case 12:
      let same = values.filter { net.graph[$0].fact == net.graph[x].fact }
      return try net.add(Add(), x, same[pick(same.count)])
    default: return try net.add(Identity(), x)
    }
  }

  /// A shape of so many elements.
  private mutating func factors(of count: Int) throws -> [Int64] {
    var rest = count
    var factors: [Int64] = []
    for divisor in [2, 3, 4] where rest % divisor == 0 && pick(2) == 0 {
      factors.append(Int64(divisor))
      rest /= divisor
    }
    return (factors + [Int64(rest)]).shuffled(using: &generator)
  }
}

/// A small generator of reproducible numbers (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
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

@Suite struct RandomGraphTests {
  @Test(arguments: 1...300 as ClosedRange<UInt64>) func stayEqual(seed: UInt64) throws {
    var random = RandomNet(seed: seed)
    let before = try random.graph(nodes: 24)
    var pipeline = Pipeline.compile
    pipeline.verifiesEachPass = true
    var after = before
    let report = try pipeline.run(on: &after)
    #expect(report.rounds < 20)
    var equality = Equality()
    equality.runs = 1
    let differences = try equality.differences(after, before, evaluate: interpret)
    #expect(equality.accepts(differences), "\(differences)")
    #expect(try pipeline.run(on: &after).patchCount == 0)
    #expect(after.outputs.map { after[$0].name } == before.outputs.map { before[$0].name })
  }
}
