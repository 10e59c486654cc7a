import ApusFamilies
import ApusTestSupport
import Testing

@Suite("Records that are none of YOLOv5", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct DamagedRecordTests {
  struct Case: CustomTestStringConvertible {
    let old: String
    let new: String
    let code: FamilyError.Code
    /// What the error must name.
    let names: [String]
    var testDescription: String { "\(old) becomes \(new)" }
  }

  static let cases = [
    Case(old: "SPPF", new: "SPPX", code: .unsupportedModule, names: ["model.9", "SPPX", "SPPF"]),
    Case(old: "Detect", new: "Detekt", code: .wrongFamily, names: ["Detekt", "YOLOv5"]),
    Case(
      old: "in_channels", new: "in_channelz", code: .badRecord,
      names: ["model.0.conv", "in_channels", "missing"]),
    Case(
      old: "running_var", new: "running_vax", code: .badRecord, names: ["model.0.bn"]),
    Case(old: "nearest", new: "bicubic", code: .badRecord, names: ["model.11", "bicubic"]),
    Case(old: "anchors", new: "unchors", code: .wrongFamily, names: ["Detect"]),
    Case(old: "cv3", new: "cv9", code: .badRecord, names: ["model.2", "cv3"]),
  ]

  @Test(arguments: cases)
  func theFaultIsNamed(_ test: Case) throws {
    let checkpoint = try TamperedCheckpoint.replacing(
      test.old, with: test.new, in: "data/vectors/arch/yolov5/y5n_p5.stripped.pt")
    #expect {
      try DetectorCheckpoint(checkpoint)
    } throws: { error in
      guard let error = error as? FamilyError else { return false }
      return error.code == test.code && test.names.allSatisfy("\(error)".contains)
    }
  }

  @Test func yolov7IsToldByItsModules() throws {
    let checkpoint = try TamperedCheckpoint.replacing(
      "SPPF", with: "IBin", in: "data/vectors/arch/yolov5/y5n_p5.stripped.pt")
    #expect(try FamilyCatalogue.identify(checkpoint).family == .yolov7)
  }
}
