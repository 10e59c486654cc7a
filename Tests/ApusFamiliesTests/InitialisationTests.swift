import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusTensor
import Foundation
import Testing

/// New weights are drawn as upstream draws them.
@Suite("Initialisation")
struct InitialisationTests {
  private static func numbers(
    _ initial: Initialisation, shape: [Int] = [64, 1000], named name: String = "w",
    seed: UInt64 = 5
  ) throws -> [Float] {
    var network = NetworkBuilder(graph: Graph(), form: .training, weights: .fresh(seed: seed))
    let value = try network.weight(name, shape: shape, initial: initial)
    return try #require(network.graph[value].constant).floats
  }

  private static func moments(_ numbers: [Float]) -> (mean: Double, deviation: Double) {
    let mean = numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count)
    let squares = numbers.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (squares / Double(numbers.count)).squareRoot())
  }

  /// PyTorch's default for layers: even between the inverse roots of the fan-in.
  @Test func uniformNumbersFillTheirBounds() throws {
    let numbers = try Self.numbers(.uniform(fanIn: 25))
    #expect(numbers.allSatisfy { abs($0) <= 0.2 })
    #expect((numbers.max() ?? 0) > 0.199 && (numbers.min() ?? 0) < -0.199)
    let (mean, deviation) = Self.moments(numbers)
    #expect(abs(mean) < 0.002 && abs(deviation - 0.2 / 3.0.squareRoot()) < 0.001)
  }

  @Test func normalNumbersHaveTheirMoments() throws {
    let numbers = try Self.numbers(.normal(mean: 1, deviation: 0.02))
    let (mean, deviation) = Self.moments(numbers)
    #expect(abs(mean - 1) < 0.0005 && abs(deviation - 0.02) < 0.0005)
    // Beyond two deviations lie 4.55 % of a normal distribution, and hardly any of another one.
    let far = Double(numbers.filter { abs($0 - 1) > 0.04 }.count) / Double(numbers.count)
    #expect(abs(far - 0.0455) < 0.004)
    #expect(try Self.numbers(.normal(deviation: 1), shape: [3]).count == 3)
  }

  @Test func offsetsAreAddedRowByRow() throws {
    var initial = Initialisation.constant(2)
    initial.offsets = [0, 10, -1]
    #expect(try Self.numbers(initial, shape: [3, 2]) == [2, 2, 12, 12, 1, 1])
  }

  /// Numbers follow from the seed and the name alone.
  @Test func seedAndNameDecide() throws {
    let first = try Self.numbers(.uniform(fanIn: 1))
    #expect(try Self.numbers(.uniform(fanIn: 1)) == first)
    #expect(try Self.numbers(.uniform(fanIn: 1), seed: 6) != first)
    #expect(try Self.numbers(.uniform(fanIn: 1), named: "v") != first)
  }

  /// `_initialize_biases` of YOLOv5: 8 objects in a picture of 640 pixels, classes at 0.6 of all objects.
  @Test(arguments: [1, 80])
  func yolov5BiasesFollowThePrior(_ classCount: Int) throws {
    let network = try FamilyCatalogue.create(
      "yolov5n", classNames: ClassNames(count: classCount), seed: 1)
    let graph = try network.graph(.training, input: .square(64))
    for (level, stride) in [8.0, 16, 32].enumerated() {
      let bias = try #require(graph.value(named: "model.24.m.\(level).bias")?.constant).floats
      let weight = try #require(graph.value(named: "model.24.m.\(level).weight")?.constant)
      let bound = 1 / Float(weight.shape[1]).squareRoot()
      #expect(bias.count == 3 * (5 + classCount))
      for (index, number) in bias.enumerated() {
        let place = index % (5 + classCount)
        let prior: Double =
          place < 4
          ? 0 : place == 4 ? log(8 / pow(640 / stride, 2)) : log(0.6 / (Double(classCount) - 0.99))
        #expect(abs(number - Float(prior)) <= bound * 1.0001)
      }
      #expect(Set(bias).count > bias.count / 2, "the default's spread is gone")
    }
    let scale = try #require(graph.value(named: "model.0.bn.weight")?.constant).floats
    #expect(scale.allSatisfy { $0 == 1 })
  }
}
