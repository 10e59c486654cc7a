import ApusImage
import Foundation
import Testing

/// Resizing equals OpenCV to the bit; `Tools/conformance/opencv_resize.py` makes both kinds of
/// reference.
struct OpenCVResizeTests {
  static let folder = ProcessInfo.processInfo.environment["APUS_OPENCV_CASES"]

  @Test
  func equalsRecordedDigests() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/opencv_resize.json")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    let cases = try #require((json as? [String: Any])?["cases"] as? [[Any]])
    #expect(cases.count > 100)
    for (index, entry) in cases.enumerated() {
      let method = try #require((entry[0] as? String).flatMap(Interpolation.init))
      let numbers = entry.compactMap { $0 as? Int }
      let format = try #require(Self.format(channels: numbers[0]))
      let pixels = Self.samples(
        seed: UInt32(index + 1), count: numbers[0] * numbers[1] * numbers[2])
      let image = try Image(
        width: numbers[1], height: numbers[2], format: format, pixels: pixels)
      let output = try image.resized(
        toWidth: numbers[3], height: numbers[4], interpolation: method)
      let digest = String(SHA256.hex(output.pixels).prefix(16))
      #expect(digest == entry[6] as? String, "case \(index): \(entry)")
    }
  }

  @Test(.enabled(if: folder != nil, "set APUS_OPENCV_CASES to a folder of opencv_resize.py"))
  func equalsInstalledOpenCV() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder))
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let cases = try #require(json["cases"] as? [[String: Any]])
    var equal = ["linear": 0, "area": 0]
    for entry in cases {
      let name = try #require(entry["name"] as? String)
      let method = try #require(entry["method"] as? String)
      let from = try #require(entry["from"] as? [Int])
      let to = try #require(entry["to"] as? [Int])
      let format = try #require(Self.format(channels: entry["channels"] as? Int ?? 0))
      let input = try Data(contentsOf: folder.appendingPathComponent(name + ".in"))
      let expected = try Data(contentsOf: folder.appendingPathComponent(name + ".out"))
      let image = try Image(
        width: from[0], height: from[1], format: format, pixels: [UInt8](input))
      let output = try image.resized(
        toWidth: to[0], height: to[1], interpolation: try #require(Interpolation(rawValue: method)))
      let gap = zip(output.pixels, expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
      #expect(gap == 0 && output.pixels.count == expected.count, "\(entry) by \(gap)")
      if gap == 0 { equal[method, default: 0] += 1 }
    }
    print("OpenCV \(json["opencv"] ?? "?"): \(cases.count) cases, equal: \(equal)")
  }

  static func format(channels: Int) -> PixelFormat? {
    switch channels {
    case 1: .gray
    case 3: .bgr
    case 4: .rgba
    default: nil
    }
  }

  /// The generator of the script.
  static func samples(seed: UInt32, count: Int) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }
}
