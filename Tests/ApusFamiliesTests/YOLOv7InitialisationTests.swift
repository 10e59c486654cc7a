import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusTensor
import Foundation
import Testing

/// New networks start as upstream's do.
@Suite("YOLOv7 initialisation")
struct YOLOv7InitialisationTests {
  /// The weights of a narrow `yolov7-w6` for training, by name.
  static let weights: [String: [Float]] = {
    let table = YOLOv7Network(
      classCount: 20, isDeployed: false, scale: LayerTable.Scale(width: 0.25))
    guard let architecture = table.network(named: "yolov7-w6"),
      let network = try? DetectorNetwork(
        YOLOv7.self, architecture, weights: .fresh(seed: 3),
        classNames: ClassNames(count: 20)),
      let graph = try? network.graph(.training, input: .square(128))
    else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: graph.constants.map { ($0.name, $0.constant?.floats ?? []) })
  }()

  /// `_initialize_aux_biases`: objectness and classes of leads and auxiliary heads are shifted, boxes are not.
  @Test(arguments: ["m", "m2"], 0..<4)
  func biasesFollowThePrior(_ heads: String, level: Int) throws {
    let bias = try #require(Self.weights["model.122.\(heads).\(level).bias"])
    let weight = try #require(Self.weights["model.122.\(heads).\(level).weight"])
    #expect(bias.count == 3 * 25)
    let bound = 1 / Float(weight.count / bias.count).squareRoot()
    let stride = Double(8 << level)
    let objectness = Float(log(8 / pow(640 / stride, 2)))
    let classes = Float(log(0.6 / (20 - 0.99)))
    for (index, value) in bias.enumerated() {
      let shift: Float = index % 25 < 4 ? 0 : index % 25 == 4 ? objectness : classes
      #expect(abs(value - shift) <= bound * 1.0001)
    }
  }

  @Test(arguments: [("ia", Float(0)), ("im", 1)])
  func implicitKnowledgeIsNormal(_ name: String, mean: Float) throws {
    var numbers: [Float] = []
    for level in 0..<4 {
      numbers += try #require(Self.weights["model.122.\(name).\(level).implicit"])
    }
    let found = numbers.reduce(0, +) / Float(numbers.count)
    let deviation =
      (numbers.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Float(numbers.count)).squareRoot()
    #expect(numbers.count >= 300)
    #expect(abs(found - mean) < 4 * 0.02 / Float(numbers.count).squareRoot())
    #expect((0.017...0.023).contains(deviation))
  }

  @Test func normalisationsAreThoseOfTheFamily() throws {
    let network = try FamilyCatalogue.create("yolov7-tiny", classNames: .coco80)
    let graph = try network.graph(.training, input: .square(64))
    let nodes = graph.nodes.filter { $0.op.kind.name == "BatchNormalization" }
    #expect(nodes.count == 55)
    for node in nodes {
      let op = try #require(node.op as? BatchNormalization)
      #expect(op.epsilon == 1e-3 && op.trains && abs(op.momentum - 0.97) < 1e-6)
    }
  }
}
