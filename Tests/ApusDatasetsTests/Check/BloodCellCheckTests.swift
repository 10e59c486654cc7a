import ApusDatasets
import ApusImage
import ApusTestSupport
import Foundation
import Testing

/// A fault that is put into a copy of BCCD, and how it must be found.
private struct Planted: Sendable {
  let kind: FindingKind
  /// The picture, `BloodImage_<number>`.
  let number: String
  /// The ending of the file that must be named.
  var ending = "xml"
  /// What else follows from it.
  var also: [FindingKind] = []
  let plant: @Sendable (BloodCells) throws -> Void
}

/// A copy of BCCD in a folder.
private struct BloodCells {
  let folder: Folder
  var number = ""

  init() throws {
    folder = try Folder()
    try FileManager.default.copyItem(at: Shared.file("data/bccd/BCCD"), to: folder["set"])
  }

  func picture(_ number: String? = nil) -> URL {
    folder["set/JPEGImages/BloodImage_\(number ?? self.number).jpg"]
  }

  func labels(_ number: String? = nil) -> URL {
    folder["set/Annotations/BloodImage_\(number ?? self.number).xml"]
  }

  func list(_ name: String) -> URL { folder["set/ImageSets/Main/\(name).txt"] }

  func edit(_ change: (String) -> String) throws {
    let text = try String(contentsOf: labels(), encoding: .utf8)
    let changed = change(text)
    #expect(changed != text, "\(number): nothing was planted")
    try changed.write(to: labels(), atomically: true, encoding: .utf8)
  }

  /// Sets members of the first box.
  func box(_ members: [String: String]) throws {
    try edit { text in
      var text = text
      for (name, value) in members {
        guard let start = text.range(of: "<\(name)>"), let end = text.range(of: "</\(name)>") else {
          continue
        }
        text.replaceSubrange(start.upperBound..<end.lowerBound, with: value)
      }
      return text
    }
  }

  /// Copies picture and labels under another number, and puts it in a list.
  func copy(to other: String, list name: String) throws {
    try FileManager.default.copyItem(at: picture(), to: picture(other))
    let text = try String(contentsOf: labels(), encoding: .utf8)
      .replacingOccurrences(of: "BloodImage_\(number)", with: "BloodImage_\(other)")
    try text.write(to: labels(other), atomically: true, encoding: .utf8)
    let lines = try String(contentsOf: list(name), encoding: .utf8)
    try (lines + "\nBloodImage_\(other)\n").write(to: list(name), atomically: true, encoding: .utf8)
  }

  func check() throws -> CheckReport {
    var options = DatasetCheck.Options()
    options.cache = nil
    return try DatasetCheck(folder["set"], options).report
  }
}

@Suite(.enabled(if: Shared.isPresent, "\(Shared.absence)")) struct BloodCellCheckTests {
  /// 00019 is in test, 00020 in train.
  private static let faults: [Planted] = [
    Planted(kind: .missingPicture, number: "00001") {
      try FileManager.default.removeItem(at: $0.picture())
    },
    Planted(kind: .missingLabel, number: "00004", ending: "list", also: [.unlabelledPicture]) {
      try FileManager.default.removeItem(at: $0.labels())
    },
    Planted(kind: .corruptPicture, number: "00006", ending: "jpg") {
      let bytes = try Data(contentsOf: $0.picture())
      try bytes.prefix(bytes.count * 2 / 3).write(to: $0.picture())
    },
    Planted(kind: .wrongEnding, number: "00007", ending: "jpg") {
      let image = try ImageDecoder().decode(contentsOf: $0.picture().path)
      try Data(image.encoded(as: .png)).write(to: $0.picture())
    },
    Planted(kind: .sizeMismatch, number: "00008") { try $0.box(["width": "600"]) },
    Planted(kind: .boxOutside, number: "00009") {
      try $0.box(["xmin": "700", "xmax": "760"])
    },
    Planted(kind: .boxOverEdge, number: "00010") { try $0.box(["xmin": "600", "xmax": "660"]) },
    Planted(kind: .zeroArea, number: "00011") { try $0.box(["xmin": "100", "xmax": "99"]) },
    Planted(kind: .negativeBox, number: "00012") { try $0.box(["ymin": "300", "ymax": "200"]) },
    Planted(kind: .nonFiniteBox, number: "00013") { try $0.box(["ymin": "nan"]) },
    Planted(kind: .tinyBox, number: "00014") { try $0.box(["xmin": "100", "xmax": "101"]) },
    Planted(kind: .malformedLabel, number: "00015") { try $0.box(["xmax": "wide"]) },
    Planted(kind: .unknownClass, number: "00016") { cells in
      try "RBC\nWBC\nPlatelets\n".write(
        to: cells.folder["set/classes.txt"], atomically: true, encoding: .utf8)
      try cells.edit { text in
        guard let name = text.range(of: "<name>RBC") else { return text }
        return text.replacingCharacters(in: name, with: "<name>RCB")
      }
    },
    Planted(kind: .duplicateBox, number: "00017") {
      try $0.edit { text in
        guard let start = text.range(of: "<object>"), let end = text.range(of: "</object>") else {
          return text
        }
        return text.replacingOccurrences(
          of: "</annotation>", with: text[start.lowerBound..<end.upperBound] + "</annotation>")
      }
    },
    Planted(kind: .classOverlap, number: "00018") {
      try $0.edit { text in
        guard let start = text.range(of: "<object>"), let end = text.range(of: "</object>") else {
          return text
        }
        let object = text[start.lowerBound..<end.upperBound]
        let other = object.contains("<name>RBC") ? "Platelets" : "RBC"
        let named = object.replacingOccurrences(
          of: "<name>[A-Za-z]*", with: "<name>\(other)", options: .regularExpression)
        return text.replacingOccurrences(of: "</annotation>", with: named + "</annotation>")
      }
    },
    Planted(kind: .duplicatePicture, number: "00900", ending: "jpg") {
      var from = $0
      from.number = "00019"
      try from.copy(to: "00900", list: "test")
    },
    Planted(kind: .leak, number: "00020", ending: "jpg") { try $0.copy(to: "00901", list: "test") },
    Planted(kind: .orientation, number: "00021") {
      let image = try ImageDecoder().decode(contentsOf: $0.picture().path)
      try Data(PictureCheckTests.jpeg(image, orientation: 8)).write(to: $0.picture())
    },
    Planted(kind: .unlabelledPicture, number: "00902", ending: "jpg") {
      try noise(9, width: 640, height: 480).write(to: $0.picture().path)
    },
    Planted(kind: .emptySplit, number: "extra", ending: "list") {
      try Data().write(to: $0.list("extra"))
    },
  ]

  @Test func everyPlantedFaultIsFound() throws {
    var cells = try BloodCells()
    let clean = try cells.check()
    for fault in Self.faults {
      cells.number = fault.number
      try fault.plant(cells)
    }
    let found = try cells.check().findings.filter { !clean.findings.contains($0) }
    #expect(Set(Self.faults.map(\.kind)).count >= 15)
    for fault in Self.faults {
      let hits = found.filter { finding in
        guard finding.kind == fault.kind else { return false }
        let text = fault.ending == "list" ? "\(finding.file) \(finding.found)" : finding.file
        return text.contains(
          fault.ending == "list" ? fault.number : "BloodImage_\(fault.number).\(fault.ending)")
      }
      #expect(!hits.isEmpty, "\(fault.kind.rawValue) in \(fault.number)")
    }
    // What was not planted is not found.
    let planted = Set(Self.faults.flatMap { [$0.kind] + $0.also })
    let rest = found.filter { finding in
      !planted.contains(finding.kind)
        || !Self.faults.contains { "\(finding.file) \(finding.found)".contains($0.number) }
    }
    #expect(rest.isEmpty, "\(rest)")
  }

  @Test func theRepairedCopyHasNoError() throws {
    var cells = try BloodCells()
    for fault in Self.faults {
      cells.number = fault.number
      try fault.plant(cells)
    }
    var options = DatasetCheck.Options()
    options.cache = nil
    let repair = try DatasetCheck(cells.folder["set"], options).repair(to: cells.folder["copy"])
    let again = try DatasetCheck(cells.folder["copy"], options).report
    #expect(again.count(.error) == 0, "\(again.findings.filter { $0.severity == .error })")
    #expect(again.pictures == repair.pictures && again.labels == repair.labels)
    let kinds = Set(again.findings.map(\.kind))
    #expect(kinds.isDisjoint(with: [.boxOverEdge, .wrongEnding, .duplicatePicture, .leak]))
    // One picture each: missing, without labels, corrupt, copied, leaked.
    #expect(again.pictures == 361 && again.labels > 4_700)
  }
}
