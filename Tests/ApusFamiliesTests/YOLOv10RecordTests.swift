import ApusCheckpoints
import ApusFamilies
import ApusTestSupport
import Testing

@Suite("Records that are none of YOLOv10", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOv10RecordTests {
  struct Case: CustomTestStringConvertible {
    let old: String
    let new: String
    let code: FamilyError.Code
    /// What the error must name.
    let names: [String]
    var testDescription: String { "\(old) becomes \(new)" }
  }

  static let file = "data/vectors/arch/yolov10/y10n.stripped.pt"

  static let cases = [
    Case(
      old: "C2fCIB", new: "C2fCIX", code: .unsupportedModule,
      names: ["model.22", "C2fCIX", "C2fCIB"]),
    Case(
      old: "RepVGGDW", new: "RepVGGDX", code: .unsupportedModule,
      names: ["model.22.m.0.cv1.2", "ultralytics.nn.modules.block.RepVGGDX"]),
    Case(
      old: "Attention", new: "Attentiom", code: .unsupportedModule, names: ["model.10.attn"]),
    Case(
      old: "head_dim", new: "head_dym", code: .badRecord,
      names: ["model.10.attn", "head_dim", "missing"]),
    Case(old: "scale", new: "skale", code: .badRecord, names: ["scale"]),
    Case(old: "ffn", new: "fff", code: .badRecord, names: ["model.10", "'ffn'"]),
    Case(old: "v10Detect", new: "v10Detekt", code: .wrongFamily, names: ["v10Detekt"]),
    Case(
      old: "one2one_cv3", new: "one2one_cv9", code: .badRecord,
      names: ["model.23", "one2one_cv3"]),
    Case(
      old: "reg_max", new: "reg_mux", code: .badRecord, names: ["model.23", "reg_max", "missing"]),
  ]

  @Test(arguments: cases)
  func theFaultIsNamed(_ test: Case) throws {
    let checkpoint = try TamperedCheckpoint.replacing(test.old, with: test.new, in: Self.file)
    #expect {
      try DetectorCheckpoint(checkpoint)
    } throws: { error in
      guard let error = error as? FamilyError else { return false }
      return error.code == test.code && test.names.allSatisfy("\(error)".contains)
    }
  }

  /// Numbers that contradict the modules.
  @Test(arguments: [
    ("reg_max", 8, ["model.23.one2one_cv2.0", "32 channels"]),
    ("reg_max", 0, ["model.23", "'reg_max' is 0"]),
    ("c", 9, ["model.2", "16 channels", "= 18"]),
    ("nl", 2, ["model.23", "reads 3 layers for 2 levels"]),
    ("num_heads", 3, ["model.10.attn", "128 channels", "3 heads"]),
    ("key_dim", 31, ["model.10.attn", "128 channels", "2 · 31"]),
    ("head_dim", 0, ["model.10.attn", "'head_dim' is 0"]),
  ])
  func aContradictionIsNamed(_ attribute: String, _ value: UInt8, _ names: [String]) throws {
    let checkpoint = try TamperedCheckpoint.setting(attribute, to: value, in: Self.file)
    #expect {
      try DetectorCheckpoint(checkpoint)
    } throws: { error in
      guard let error = error as? FamilyError else { return false }
      return error.code == .badRecord && names.allSatisfy("\(error)".contains)
    }
  }

  /// A state whose tensors are of no published network tells what the closest one lacks.
  @Test func aStateOfNoPublishedNetworkIsRefused() throws {
    let file = try YOLOv5CheckpointTests.open(Self.file)
    let tensors = try #require(file.root["model"]?.module).stateDict()
    let state = WeightState(tensors)
    #expect(YOLOv10.classCount(in: state) == 3)
    #expect {
      try YOLOv10.architecture(of: state)
    } throws: { error in
      guard let error = error as? FamilyError else { return false }
      return error.code == .weights && "\(error)".contains("no published YOLOv10")
    }
  }
}
