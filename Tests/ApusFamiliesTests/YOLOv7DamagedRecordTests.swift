import ApusFamilies
import ApusGraph
import ApusTestSupport
import Testing

@Suite("Records that are none of YOLOv7", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOv7DamagedRecordTests {
  struct Case: CustomTestStringConvertible {
    /// The checkpoint.
    let file: String
    let old: String
    let new: String
    let code: FamilyError.Code
    /// What the error must name.
    let names: [String]

    init(
      _ file: String, _ old: String, becomes new: String, _ code: FamilyError.Code,
      _ names: [String]
    ) {
      (self.file, self.old, self.new, self.code, self.names) = (file, old, new, code, names)
    }

    var testDescription: String { "\(old.debugDescription) becomes \(new.debugDescription)" }
  }

  /// A text of a pickle with its length before it, which tells `m2` from parts of other texts.
  static func text(_ text: String) -> String {
    String(decoding: [UInt8(text.utf8.count), 0, 0, 0], as: UTF8.self) + text
  }

  static let cases = [
    Case(
      "y7", "SPPCSPC", becomes: "SPPCSPX", .unsupportedModule,
      ["model.51", "SPPCSPX", "SPPCSPC"]),
    Case(
      "y7_e6e_aux", "Shortcut", becomes: "Shortcat", .unsupportedModule,
      ["model.23", "Shortcat", "Shortcut"]),
    Case(
      "y7_e6e_aux", text("mp"), becomes: text("mq"), .badRecord, ["model.2 ", "DownC", "'mp'"]),
    Case("y7_e6e_aux", text("cv3"), becomes: text("cv9"), .badRecord, ["model.2 ", "'cv3'"]),
    Case("y7", text("cv4"), becomes: text("cv9"), .badRecord, ["model.51", "SPPCSPC", "'cv4'"]),
    Case(
      "y7", text("kernel_size"), becomes: text("kernel_sise"), .badRecord,
      ["model.0.conv", "kernel_size"]),
    Case("y7", "rbr_dense", becomes: "rbr_dance", .badRecord, ["model.102", "'rbr_dense'"]),
    Case("y7", "rbr_1x1", becomes: "rbr_7x7", .badRecord, ["model.102", "'rbr_1x1'"]),
    Case("y7", "IDetect", becomes: "IDefect", .badRecord, ["model.105", "IDefect", "IAuxDetect"]),
    Case("y7", text("ia"), becomes: text("ib"), .badRecord, ["model.105", "'ia'"]),
    Case(
      "y7", text("channel"), becomes: text("chattel"), .badRecord,
      ["model.105.ia.0", "'channel' is missing"]),
    Case("y7", "ImplicitA", becomes: "ImplicitM", .badRecord, ["model.105.ia.0", "'ia'"]),
    Case("y7", "ImplicitM", becomes: "ImplicitX", .badRecord, ["model.105.im.0", "ImplicitX"]),
    Case(
      "y7", text("implicit"), becomes: text("explicit"), .weights,
      ["missing: model.105.ia.0.implicit [1, 16, 1, 1]", "left over: model.105.ia.0.explicit"]),
    Case("y7_w6_aux", text("m2"), becomes: text("m3"), .badRecord, ["model.122", "'m2'"]),
    // The pickle of [114, …, 121] whose last number is left out.
    Case(
      "y7_w6_aux", "KwKxKye", becomes: "KwKxN0e", .badRecord,
      ["model.122", "reads 7 layers, expected 8 for 4 levels"]),
    Case("y7_tiny", "negative_slope", becomes: "negative_slape", .badRecord, ["negative_slope"]),
  ]

  @Test(arguments: cases)
  func theFaultIsNamed(_ test: Case) throws {
    let checkpoint = try TamperedCheckpoint.replacing(
      test.old, with: test.new, in: "data/vectors/arch/yolov7/\(test.file).stripped.pt")
    #expect {
      try DetectorCheckpoint(checkpoint)
    } throws: { error in
      guard let error = error as? FamilyError else { return false }
      return error.code == test.code && test.names.allSatisfy("\(error)".contains)
    }
  }

  @Test func aSumIsOfTwoLayers() throws {
    var network = NetworkBuilder(graph: Graph(), form: .inference, weights: .outline)
    let inputs = (0..<3).map { network.addInput("x\($0)", [1, 8, 4, 4]) }
    #expect {
      try Summation().build(in: &network, from: inputs, path: "model.5")
    } throws: { error in
      "\(error)".contains("model.5") && "\(error)".contains("3 layers, expected 2")
    }
  }
}
