import ApusImage
import Foundation
import Testing

/// Decoding equals OpenCV's `imread`; `Tools/conformance/opencv_pictures.py` makes the reference.
struct OpenCVPictureTests {
  static let folder = ProcessInfo.processInfo.environment["APUS_OPENCV_PICTURES"]

  /// Kinds for which equality is not promised, with the largest difference allowed.
  ///
  /// libpng rounds 16 bits to the nearest level where alpha accompanies them; OpenCV cuts.
  static let tolerated = ["deep4.png": 1]

  @Test(.enabled(if: folder != nil, "set APUS_OPENCV_PICTURES to a folder of opencv_pictures.py"))
  func equalsInstalledOpenCV() throws {
    try compare(folder: URL(fileURLWithPath: try #require(Self.folder)))
  }

  @Test
  func equalsRecordedDigests() throws {
    try compare(
      folder: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/pictures"))
  }

  private func compare(folder: URL) throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("pictures.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let cases = try #require(json["cases"] as? [[String: Any]])
    var equal = 0
    for entry in cases {
      let file = try #require(entry["file"] as? String)
      let path = file.hasPrefix("/") ? file : folder.appendingPathComponent(file).path
      let image: Image
      do {
        image = try ImageDecoder().decode(contentsOf: path, as: .bgr)
      } catch {
        Issue.record("\(error)")
        continue
      }
      #expect([image.width, image.height] == entry["size"] as? [Int], "\(file)")
      if SHA256.hex(image.pixels) == entry["sha256"] as? String {
        equal += 1
        continue
      }
      let raw = try #require(entry["raw"] as? String)
      let expected = raw.isEmpty ? Data() : try Data(contentsOf: folder.appendingPathComponent(raw))
      let gap = zip(image.pixels, expected).map { abs(Int($0) - Int($1)) }.max() ?? -1
      #expect(gap >= 0 && gap <= Self.tolerated[file] ?? 0, "\(file) by \(gap)")
    }
    print("OpenCV \(json["opencv"] ?? "?"): \(cases.count) pictures, equal: \(equal)")
  }
}
