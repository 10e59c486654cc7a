import ApusGraph
import ApusImage
import ApusTensor
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// A card's specification, from a photograph to the tensor the network takes.
struct PreprocessorTests {
  static let nanodet = {
    var spec = PreprocessSpec()
    spec.channelOrder = .bgr
    spec.interpolation = .warp
    spec.padColor = [0, 0, 0]
    spec.mean = [103.53, 116.28, 123.675]
    spec.standardDeviation = [57.375, 57.12, 58.395]
    return spec
  }()

  static func stretched(_ spec: PreprocessSpec) -> PreprocessSpec {
    var spec = spec
    spec.fit = .stretch
    return spec
  }

  /// The tensor of the exact 8-bit inputs, normalised by upstream's formula.
  @Test(
    .enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)),
    arguments: [
      ("nanodet_m_320_ckpt_320x320", nanodet),
      ("nanodet-plus-m_320_ncnn_320x320", stretched(nanodet)),
      ("yolo_letterbox_640x640", PreprocessSpec()),
    ])
  func tensorsEqualUpstream(input: (name: String, spec: PreprocessSpec)) throws {
    let path = "data/expected/inputs/bus_\(input.name).png"
    let expected = try ImageDecoder().decode(contentsOf: Shared.file(path).path)
    let photo = try ImageDecoder().decode(contentsOf: Shared.file("data/photos/bus.jpg").path)
    let preprocessor = Preprocessor(input.spec)
    let letterbox = preprocessor.letterbox(width: expected.width, height: expected.height)
    let (tensor, geometry) = try preprocessor.input(photo, letterbox: letterbox)
    #expect(geometry.right >= 0 && geometry.bottom >= 0)
    #expect(tensor.shape == [1, 3, expected.height, expected.width])
    #expect(try photo.letterboxed(letterbox).image.converted(to: .rgb) == expected)
    let values = tensor.elements(as: Float.self)
    let area = expected.width * expected.height
    var differing = 0
    for (index, sample) in expected.pixels.enumerated() {
      let color = index % 3
      let plane = input.spec.channelOrder == .rgb ? color : 2 - color
      let mean = input.spec.mean[plane] / 255
      let deviation = input.spec.standardDeviation[plane] / 255
      let wanted = (Float(sample) / 255 - mean) / deviation
      if values[plane * area + index / 3] != wanted { differing += 1 }
    }
    #expect(differing == 0)
  }

  /// NanoDet's smallest rectangle is padded after the normalisation, with zeros.
  @Test
  func warpedRectangleIsPaddedWithZeros() throws {
    let image = try Image(
      width: 50, height: 30, format: .rgb, filledWith: Color(red: 10, green: 20, blue: 30))
    let preprocessor = Preprocessor(Self.nanodet)
    let letterbox = preprocessor.letterbox(width: 64, height: 64, minimumRectangleStride: 32)
    let (tensor, geometry) = try preprocessor.input(image, letterbox: letterbox)
    #expect(geometry.contentHeight == 38 && geometry.contentWidth == 64)
    #expect(tensor.shape == [1, 3, 64, 64])
    let values = tensor.elements(as: Float.self)
    for (plane, sample) in [Float(30), 20, 10].enumerated() {
      let mean = Self.nanodet.mean[plane] / 255
      let wanted = (sample / 255 - mean) / (Self.nanodet.standardDeviation[plane] / 255)
      #expect(values[plane * 4096 + 20 * 64 + 30] == wanted)
      #expect(values[(plane * 4096 + 38 * 64)..<(plane + 1) * 4096].allSatisfy { $0 == 0 })
    }
  }

  @Test
  func specificationsBecomeLetterboxes() {
    var spec = PreprocessSpec()
    spec.fit = .letterboxTopLeft
    spec.interpolation = .area
    spec.channelOrder = .bgr
    spec.padColor = [1, 2, 3]
    let letterbox = Preprocessor(spec).letterbox(width: 64, height: 32)
    #expect(
      letterbox
        == Letterbox(
          width: 64, height: 32, alignment: .topLeft,
          padding: Color(red: 3, green: 2, blue: 1), shrinkInterpolation: .area))
    let stretched = Preprocessor(Self.stretched(spec)).letterbox(width: 64, height: 32)
    #expect(stretched.mode == .stretch)
  }

  /// A network that takes samples as they are gets them exactly; a mean alone is subtracted exactly.
  @Test
  func deviationsOfOneDivideNothing() throws {
    var spec = PreprocessSpec()
    spec.standardDeviation = [1, 1, 1]
    spec.mean = [0, 104, 0]
    let image = try Image(width: 1, height: 1, format: .rgb, pixels: [253, 107, 3])
    let preprocessor = Preprocessor(spec)
    let (tensor, _) = try preprocessor.input(
      image, letterbox: preprocessor.letterbox(width: 1, height: 1))
    #expect(tensor.elements(as: Float.self) == [253, 3, 3])
  }
}
