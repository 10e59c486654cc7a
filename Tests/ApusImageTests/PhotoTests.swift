import ApusImage
import ApusTestSupport
import Testing

/// Decoding and letterboxing of real photographs, against the digests upstream's run left behind.
@Suite(.enabled(if: Shared.isPresent, ReferencePictures.absence))
struct PhotoTests {
  static let names = ["bus.jpg", "zidane.jpg", "dog.jpg"]

  @Test(arguments: names)
  func decodedPixelsEqualOpenCV(name: String) throws {
    let expected = try Self.entry(name, in: "yolov5n_pt/detections.json")
    let image = try ReferencePictures.photo(name)
    #expect([image.width, image.height] == expected["image_wh"] as? [Int])
    #expect(SHA256.hex(image.pixels) == expected["decoded_bgr_sha256"] as? String)
  }

  @Test(arguments: names)
  func squareLetterboxEqualsUpstream(name: String) throws {
    let expected = try Self.entry(name, in: "yolov5n_pt/detections.json")
    let image = try ReferencePictures.photo(name).letterboxed(Letterbox(width: 640, height: 640))
      .image
    #expect(SHA256.hex(image.pixels) == expected["letterboxed_bgr_sha256"] as? String)
  }

  @Test(arguments: names)
  func minimumRectangleEqualsUpstream(name: String) throws {
    let expected = try Self.entry(name, in: "yolov5n_pt/detections_rect.json")
    let letterbox = Letterbox(width: 640, height: 640, minimumRectangleStride: 32)
    let image = try ReferencePictures.photo(name).letterboxed(letterbox).image
    #expect([image.height, image.width] == expected["input_hw"] as? [Int])
    #expect(SHA256.hex(image.pixels) == expected["letterboxed_bgr_sha256"] as? String)
  }

  @Test
  func networkInputEqualsSharedPicture() throws {
    let path = "expected/inputs/bus_yolo_letterbox_640x640.png"
    let expected = try ImageDecoder().decode(Shared.bytes("data/" + path), name: path)
    let image = try ReferencePictures.photo("bus.jpg", as: .rgb)
    #expect(try image.letterboxed(Letterbox(width: 640, height: 640)).image == expected)
  }

  private static func entry(_ name: String, in file: String) throws -> [String: Any] {
    try #require(try ReferencePictures.json("expected/" + file)[name] as? [String: Any])
  }
}
