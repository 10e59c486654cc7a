import ApusBoxes
import ApusImage
import ApusTestSupport
import Testing

/// NanoDet's fitting of pictures, against what upstream's functions and runs left behind.
@Suite(.enabled(if: Shared.isPresent, ReferencePictures.absence))
struct NanoDetWarpTests {
  static let black = Color(gray: 0)
  static let square = Letterbox(
    width: 320, height: 320, padding: black, warp: .singlePrecision)
  static let stretched = Letterbox(
    width: 320, height: 320, mode: .stretch, padding: black, warp: .singlePrecision)
  static let rectangle = Letterbox(
    width: 320, height: 320, minimumRectangleStride: 32, padding: black, warp: .singlePrecision)

  @Test(
    arguments: [
      ("nanodet_m_320_ckpt/detections.json", square),
      ("nanodet_m_320_ckpt/detections_head.json", rectangle),
      ("nanodet-plus-m_320_ncnn/detections.json", stretched),
    ], PhotoTests.names)
  func inputsEqualUpstream(run: (file: String, letterbox: Letterbox), name: String) throws {
    let file = try ReferencePictures.json("expected/" + run.file)
    let expected = try #require(file[name] as? [String: Any])
    let image = try ReferencePictures.photo(name)
    let geometry = try run.letterbox.geometry(imageWidth: image.width, imageHeight: image.height)
    #expect([geometry.height, geometry.width] == expected["input_hw"] as? [Int])
    let content = try image.content(of: run.letterbox, geometry)
    let digest = expected["network_input_u8_bgr_sha256"] as? String
    #expect(SHA256.hex(content.pixels) == digest)
    let padded = try image.letterboxed(run.letterbox).image
    #expect([padded.height, padded.width] == expected["input_hw"] as? [Int])
  }

  /// A step of single precision below 128: upstream inverts by elimination, not by cofactors.
  static let lastBit: Float = 0x1p-17

  /// Matrices to the bit, pictures by OpenCV 4.8.1, boxes there and back.
  @Test
  func vectorsEqualUpstream() throws {
    let name = "vectors/boxes/nanodet_val_resize"
    let tensors = try SafetensorsFixture("data/" + name + ".safetensors")
    let json = try ReferencePictures.json(name + ".json")
    let cases = try #require(json["cases"] as? [[String: Any]])
    var compared = 0
    for (index, entry) in cases.enumerated() where entry["divisible"] as? Int == 0 {
      let input = try #require(entry["in_hw"] as? [Int])
      let size = try #require(entry["dst_wh"] as? [Int])
      let keepsRatio = try #require(entry["keep_ratio"] as? Bool)
      let letterbox = Letterbox(
        width: size[0], height: size[1], mode: keepsRatio ? .fit : .stretch,
        minimumRectangleStride: 1, padding: Self.black, warp: .fixedPoint)
      let geometry = try letterbox.geometry(imageWidth: input[1], imageHeight: input[0])
      #expect([geometry.height, geometry.width] == entry["out_hw"] as? [Int], "case \(index)")
      let matrix = try Self.matrix(try tensors("\(index).M.f64bits"))
      #expect(geometry.warp == matrix, "case \(index)")
      if tensors.entries["\(index).in"] != nil {
        let output = try tensors.image("\(index).in").letterboxed(letterbox).image
        #expect(output == (try tensors.image("\(index).out")), "case \(index)")
      }
      let boxes = try tensors.boxes("\(index).boxes")
      let there = try tensors.boxes("\(index).boxes_out")
      let back = try tensors.boxes("\(index).boxes_inverse")
      for place in boxes.indices {
        let mapped = Self.clipped(geometry.placed.toInput(boxes[place]), geometry)
        let returned = geometry.placed.toOriginal(there[place])
        #expect(Self.gap(mapped, there[place]) <= Self.lastBit, "case \(index)")
        #expect(Self.gap(returned, back[place]) <= Self.lastBit, "case \(index)")
      }
      compared += 1
    }
    #expect(compared == 12)
  }

  /// The fixed shape of v0.x is the same function with the whole input for its shape.
  @Test
  func fixedShapeIsCentred() throws {
    let letterbox = Letterbox(width: 64, height: 64, warp: .singlePrecision)
    let geometry = try letterbox.geometry(imageWidth: 53, imageHeight: 37)
    let ratio = 64.0 / 53
    #expect(geometry.width == 64 && geometry.height == 64)
    #expect(
      geometry.warp
        == Homography(x: SIMD3(ratio, 0, 32 - ratio * 26.5), y: SIMD3(0, ratio, 32 - ratio * 18.5)))
    let corner = Letterbox(width: 64, height: 64, alignment: .topLeft, warp: .singlePrecision)
    #expect(
      try corner.geometry(imageWidth: 53, imageHeight: 37).warp == .scaling(x: ratio, y: ratio))
  }

  @Test
  func warpsEqualOpenCV4() throws {
    let tensors = try SafetensorsFixture(
      "data/vectors/boxes/opencv_resize_warp_hsv.safetensors")
    let image = try tensors.image("warp.in")
    let affine = try Self.matrix(try tensors("warp.M.f64bits"))
    let perspective = try Self.matrix(try tensors("warp.M2.f64bits"))
    for (name, matrix, border, arithmetic) in [
      ("affine_114", affine, 114, WarpArithmetic.affineFixedPoint),
      ("persp_0_on_M", affine, 0, .fixedPoint), ("persp_114", perspective, 114, .fixedPoint),
    ] {
      let expected = try tensors.image("warp." + name)
      let output = try image.warped(
        by: matrix, toWidth: expected.width, height: expected.height,
        border: Color(gray: UInt8(border)), arithmetic: arithmetic)
      #expect(output == expected, "\(name)")
    }
  }

  private static func matrix(_ entry: SafetensorsFixture.Entry) throws -> Homography {
    let numbers = entry.integers.map { Double(bitPattern: UInt64(bitPattern: Int64($0))) }
    try #require(numbers.count == 9)
    return Homography(
      x: SIMD3(numbers[0], numbers[1], numbers[2]), y: SIMD3(numbers[3], numbers[4], numbers[5]),
      w: SIMD3(numbers[6], numbers[7], numbers[8]))
  }

  private static func clipped(_ box: Box, _ geometry: LetterboxGeometry) -> Box {
    let (width, height) = (Float(geometry.width), Float(geometry.height))
    return Box(
      x1: min(max(box.x1, 0), width), y1: min(max(box.y1, 0), height),
      x2: min(max(box.x2, 0), width), y2: min(max(box.y2, 0), height))
  }

  private static func gap(_ a: Box, _ b: Box) -> Float {
    max(abs(a.x1 - b.x1), abs(a.y1 - b.y1), abs(a.x2 - b.x2), abs(a.y2 - b.y2))
  }
}
