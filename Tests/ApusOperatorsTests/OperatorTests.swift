import ApusGraph
import ApusOperators
import ApusTensor
import ApusTestSupport
import Testing

struct OperatorTests {
  @Test(arguments: OperatorCase.all)
  func computesWhatIsExpected(_ sample: OperatorCase) throws {
    guard let expected = sample.expected else { return }
    let found = try #require(try sample.op.evaluate(sample.inputs).first).doubles
    #expect(found.count == expected.count)
    for (number, truth) in zip(found, expected) {
      #expect(Tolerance.rounding.accepts(number, truth), "\(found) for \(expected)")
    }
  }

  @Test(arguments: OperatorCase.all)
  func keepsTheLaws(_ sample: OperatorCase) {
    let laws = OperatorLaws(sample.op, sample.inputs, outputCount: sample.outputCount)
    #expect(laws.violations() == [])
  }

  @Test(arguments: OperatorCase.all)
  func withstandsDamage(_ sample: OperatorCase) throws {
    var record = OperatorRecord(
      opset: OperatorLaws.newest, inputs: sample.inputs.map { .value(constant: $0) },
      outputCount: sample.outputCount)
    try sample.op.encode(into: &record)
    var nodes = HostileNodes(seed: 2026)
    for _ in 0..<100 {
      nodes.attack(
        type(of: sample.op), opset: OperatorLaws.newest, attributes: record.attributes,
        inputs: sample.inputs, outputCount: sample.outputCount)
    }
  }

  @Test(arguments: [
    OperatorCase(Add(), [floats([1]), ints([1])]),
    OperatorCase(Add(), [floats([1, 2]), floats([1, 2, 3])]),
    OperatorCase(And(), [ints([1]), flags([true])]),
    OperatorCase(Concat(axis: 2), [counting([2, 2]), counting([2, 2])]),
    OperatorCase(Concat(axis: 0), [counting([2, 2]), counting([2, 3])]),
    OperatorCase(ConstantOfShape(), [ints([1 << 40, 1 << 40])]),
    OperatorCase(ConstantOfShape(), [ints([-1])]),
    OperatorCase(Expand(), [counting([2]), ints([1 << 50, 2])]),
    OperatorCase(Gather(), [counting([2]), ints([2])]),
    OperatorCase(Gather(), [counting([2]), floats([0])]),
    OperatorCase(GatherND(), [counting([2]), ints([0, 0], [1, 2])]),
    OperatorCase(Pad(), [counting([2]), ints([-2, -2])]),
    OperatorCase(Pad(mode: .edge), [counting([0]), ints([1, 0])]),
    OperatorCase(RangeOf(), [ints([0], []), ints([9], []), ints([0], [])]),
    OperatorCase(Reshape(), [counting([6]), ints([4, -1])]),
    OperatorCase(Reshape(), [counting([6]), ints([-1, -1])]),
    OperatorCase(ScatterElements(), [counting([2]), ints([0]), floats([1, 2])]),
    OperatorCase(Slice(), [counting([2]), ints([0]), ints([1]), ints([0]), ints([0])]),
    OperatorCase(Split(axis: 0, pieces: nil), [counting([3]), ints([1, 1])], outputs: 2),
    OperatorCase(Squeeze(), [counting([2]), ints([0])]),
    OperatorCase(Tile(), [counting([2]), ints([.max])]),
    OperatorCase(Transpose([0, 0]), [counting([2, 2])]),
    OperatorCase(Unsqueeze(), [counting([2]), ints([0, 0])]),
    OperatorCase(QuantizeLinear(axis: 0), [counting([3]), floats([1, 2])]),
    OperatorCase(Dropout(), [counting([2]), nil, flags([true], [])]),
  ])
  func refuses(_ sample: OperatorCase) {
    #expect(throws: OperatorError.self) { try sample.op.evaluate(sample.inputs) }
  }

  /// Sizes known by name only must reach the shape a reshape asks for.
  @Test func carriesSizesThroughShapeArithmetic() throws {
    let image = Fact(.float32, [.symbol("batch"), 3, .symbol("height"), 8])
    func infer(_ op: any Operator, _ inputs: [Fact?]) throws -> Fact {
      let context = InferenceContext(inputs: inputs, outputCount: 1, scope: "node")
      return try #require(try op.infer(context).first)
    }
    let sizes = try infer(ShapeOf(), [image])
    let height = try infer(Gather(), [sizes, Fact(constant: Tensor(scalar: Int64(2)))])
    let scaled = try infer(Cast(to: .float32), [height])
    let doubled = try infer(Mul(), [scaled, Fact(constant: Tensor(scalar: Float(2)))])
    let rounded = try infer(Cast(to: .int64), [try infer(Floor(), [doubled])])
    let listed = try infer(Unsqueeze(), [rounded, Fact(constant: ints([0]))])
    let first = try infer(
      Slice(), [sizes, Fact(constant: ints([0])), Fact(constant: ints([1]))])
    let shape = try infer(Concat(axis: 0), [first, Fact(constant: ints([-1])), listed])
    let result = try infer(Reshape(), [image, shape])
    #expect(result.shape == [.symbol("batch"), 12, .symbol("height") * 2])
  }

  @Test func readsAttributesOfOldSetsAsInputs() throws {
    var record = OperatorRecord(
      opset: 9, attributes: ["starts": .ints([1]), "ends": .ints([3]), "axes": .ints([0])],
      inputs: [.value(constant: nil)])
    _ = try Slice(from: &record)
    #expect((1...3).map { record.constantInput($0)?.integers } == [[1], [3], [0]])
  }

  @Test func refusesToWriteInputsThatOldSetsHaveAsAttributes() {
    var record = OperatorRecord(
      opset: 9, inputs: [.value(constant: nil), .value(constant: nil), .value(constant: nil)])
    #expect(throws: OperatorError.self) { try Slice().encode(into: &record) }
  }
}
