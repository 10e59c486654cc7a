import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// Sums of random branches of one value, some of which belong together.
private struct RandomBranches {
  private var net = Net()
  private var generator: SeededGenerator
  private let x: ValueID

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    x = net.input([2, 4, 11, 10])
  }

  private mutating func pick<T>(_ choices: [T]) -> T {
    choices[Int(generator.next() % UInt64(choices.count))]
  }

  mutating func graph() throws -> Graph {
    var terms: [ValueID] = []
    let stride = pick([1, 1, 2])
    let groups = pick([1, 2, 4])
    for _ in 0..<pick([2, 3, 4]) { terms.append(try branch(stride: stride, groups: groups)) }
    if stride == 1, pick([true, false]) { terms.append(try pick([x, normalisation()])) }
    terms.shuffle(using: &generator)
    while terms.count > 1 {
      let count = min(terms.count, pick([2, 2, 3]))
      let first = terms.prefix(count).map { $0 as ValueID? }
      let op: any Operator = count == 2 ? Add() : Sum()
      terms = terms.dropFirst(count) + [try net.graph.append(op, first, name: "sum")]
    }
    return net.finish(terms[0])
  }

  /// A convolution whose output is as large as the input over the stride, its padding even or not.
  private mutating func branch(stride: Int, groups: Int) throws -> ValueID {
    let kernel = [pick([1, 2, 3, 5]), pick([1, 3, 4])]
    let dilations = kernel.map { _ in pick([1, 1, 2]) }
    let total = zip(kernel, dilations).map { ($0 - 1) * $1 }
    let before = total.map { pick([$0 / 2, $0 / 2, $0 / 2, 0, $0]) }
    let window = Window(
      strides: [stride, stride], dilations: dilations,
      pads: before + zip(total, before).map { $0 - $1 })
    let bias = pick([true, false]) ? net.weights([4]) : nil
    return try net.add(
      Conv(Convolution(window: window, groups: groups)), x,
      net.weights([4, 4 / groups, kernel[0], kernel[1]]), bias)
  }

  private mutating func normalisation() throws -> ValueID {
    try net.add(
      BatchNormalization(), x, net.weights([4]), net.weights([4]), net.weights([4]),
      net.weights([4]))
  }
}

@Suite struct BranchTests {
  /// Merges a sum of branches; returns how many patches that took.
  private func merge(seed: UInt64) throws -> Int {
    var random = RandomBranches(seed: seed)
    let before = try random.graph()
    var pipeline = Pipeline.simplify
    pipeline.verifiesEachPass = true
    var after = before
    let report = try pipeline.run(on: &after)
    var equality = Equality()
    (equality.runs, equality.tolerance) = (1, 1e-6)
    let differences = try equality.differences(after, before, evaluate: interpret)
    #expect(equality.accepts(differences), "seed \(seed): \(differences)")
    #expect(try pipeline.run(on: &after).patchCount == 0, "seed \(seed)")
    #expect(products(after) <= products(before), "seed \(seed)")
    return report.patchCount
  }

  /// The multiply-accumulates of all convolutions.
  private func products(_ graph: Graph) -> Int {
    graph.nodes.reduce(0) { sum, node in
      let inputs = node.inputs.map { $0.map { graph[$0].fact } }
      let outputs = node.outputs.map { graph[$0].fact }
      return sum + ((node.op as? Conv)?.multiplyAccumulates(inputs: inputs, outputs: outputs) ?? 0)
    }
  }

  @Test func sumsStayEqual() throws {
    var merged = 0
    for seed in 1...200 as ClosedRange<UInt64> where try merge(seed: seed) > 0 { merged += 1 }
    // Neither all of them nor none: both ways are tried.
    #expect((50..<190).contains(merged), "\(merged) of 200")
  }

  @Test func weightsOfTwoTypesStay() throws {
    var net = Net()
    let x = net.graph.addInput("x", Fact(nil, nil))
    let a = try net.add(Conv(), x, net.constant([1, 2], [2, 1, 1, 1], .float16))
    let b = try net.add(Conv(), x, net.constant([3, 4], [2, 1, 1, 1], .float32))
    var graph = net.finish(try net.add(Add(), a, b))
    var pipeline = Pipeline.simplify
    pipeline.explains = true
    let report = try pipeline.run(on: &graph)
    #expect(report.patchCount == 0)
    #expect(report.misses.contains { $0.reason.contains("differ in type") })
  }

  @Test func halfPrecisionStaysHalf() throws {
    var net = Net()
    let x = net.input([1, 1, 3, 3], .float16)
    let a = try net.add(Conv(), x, net.constant([1, 2], [2, 1, 1, 1], .float16))
    let b = try net.add(Conv(), x, net.constant([3, 60000], [2, 1, 1, 1], .float16))
    let c = try net.add(Conv(), x, net.constant([1, 60000], [2, 1, 1, 1], .float16))
    let sum = try net.add(Add(), a, b)
    var small = net.finish(sum)
    _ = try Pipeline.simplify.run(on: &small)
    let weights = small.nodes[0].inputs[1].flatMap { small[$0].constant }
    #expect(small.kinds == ["Conv"] && weights?.dtype == .float16)
    #expect(weights?.doubles == [4, 60000])
    // 120 000 is beyond half precision.
    var large = net.finish(try net.add(Add(), sum, c))
    _ = try Pipeline.simplify.run(on: &large)
    #expect(large.kinds.count { $0 == "Conv" } == 3)
  }

  @Test func hostileSumsTakeNoTime() throws {
    var net = Net()
    let x = net.input([1, 1, 3, 3])
    // Every Add reads the one before twice: 2^200 terms, were they counted one by one.
    var doubled = try net.add(Conv(), x, net.weights([1, 1, 1, 1]))
    for _ in 0..<200 { doubled = try net.add(Add(), doubled, doubled) }
    var sum = doubled
    for _ in 0..<300 {
      sum = try net.add(Add(), sum, try net.add(Conv(), x, net.weights([1, 1, 1, 1])))
    }
    var graph = net.finish(sum)
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try Pipeline.simplify.run(on: &graph) }
    #expect(graph.kinds.count { $0 == "Conv" } == 2)
    #expect(time < .seconds(10))
  }
}
