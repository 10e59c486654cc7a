import ApusImage
import Foundation
import Testing

/// Warping equals OpenCV to the bit; `Tools/conformance/opencv_warp.py` makes both kinds of reference.
struct OpenCVWarpTests {
  static let folder = ProcessInfo.processInfo.environment["APUS_OPENCV_WARPS"]

  @Test
  func equalsRecordedDigests() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/opencv_warp.json")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    let cases = try #require((json as? [String: Any])?["cases"] as? [[Any]])
    var counts: [WarpArithmetic: Int] = [:]
    for entry in cases {
      let arithmetic = try #require((entry[0] as? String).flatMap(WarpArithmetic.init))
      let numbers = entry.compactMap { $0 as? Int }
      let pixels = OpenCVResizeTests.samples(
        seed: UInt32(numbers[0]), count: numbers[1] * numbers[2] * 3)
      let image = try Image(width: numbers[1], height: numbers[2], format: .bgr, pixels: pixels)
      let output = try image.warped(
        by: Self.matrix(entry[6]), toWidth: numbers[3], height: numbers[4],
        border: Self.border(entry[7]), arithmetic: arithmetic)
      #expect(SHA256.hex(output.pixels).prefix(16) == entry[8] as? String ?? "", "\(entry)")
      counts[arithmetic, default: 0] += 1
    }
    #expect(WarpArithmetic.allCases.allSatisfy { counts[$0, default: 0] > 40 })
  }

  @Test(.enabled(if: folder != nil, "set APUS_OPENCV_WARPS to a folder of opencv_warp.py"))
  func equalsInstalledOpenCV() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder))
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let cases = try #require(json["cases"] as? [[String: Any]])
    var equal: [String: Int] = [:]
    for entry in cases {
      let name = try #require(entry["name"] as? String)
      let method = try #require(entry["method"] as? String)
      let from = try #require(entry["from"] as? [Int])
      let to = try #require(entry["to"] as? [Int])
      let input = try Data(contentsOf: folder.appendingPathComponent(name + ".in"))
      let expected = try Data(contentsOf: folder.appendingPathComponent(name + ".out"))
      let image = try Image(width: from[0], height: from[1], format: .bgr, pixels: [UInt8](input))
      let output = try image.warped(
        by: Self.matrix(entry["matrix"]), toWidth: to[0], height: to[1],
        border: Self.border(entry["border"]),
        arithmetic: try #require(WarpArithmetic(rawValue: method)))
      let differing = zip(output.pixels, expected).count { $0 != $1 }
      #expect(differing == 0 && output.pixels.count == expected.count, "\(entry): \(differing)")
      if differing == 0 { equal[method, default: 0] += 1 }
    }
    print("OpenCV \(json["opencv"] ?? "?"): \(cases.count) warps, equal: \(equal)")
  }

  /// A matrix of the bit patterns of its doubles, row by row.
  private static func matrix(_ value: Any?) throws -> Homography {
    let words = try #require(value as? [String])
    let numbers = try words.map { Double(bitPattern: try #require(UInt64($0, radix: 16))) }
    try #require(numbers.count == 9)
    return Homography(
      x: SIMD3(numbers[0], numbers[1], numbers[2]), y: SIMD3(numbers[3], numbers[4], numbers[5]),
      w: SIMD3(numbers[6], numbers[7], numbers[8]))
  }

  /// A colour in the order of the pixels: blue, green, red.
  private static func border(_ value: Any?) throws -> Color {
    let samples = try #require(value as? [Int])
    return Color(red: UInt8(samples[2]), green: UInt8(samples[1]), blue: UInt8(samples[0]))
  }
}
