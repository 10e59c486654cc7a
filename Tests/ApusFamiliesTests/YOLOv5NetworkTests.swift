import ApusFamilies
import ApusTestSupport
import Testing

/// The published networks, written down as tables.
@Suite("YOLOv5 networks", .serialized)
struct YOLOv5NetworkTests {
  struct Size: CustomTestStringConvertible {
    let name: String
    /// Parameters of upstream's models, normalisation unfused.
    let parameters: Int
    /// The same after everything is folded into convolutions.
    let fused: Int
    /// 10⁹ operations of the convolutions of a picture of 640 pixels, as upstream's table has them.
    let gflops: Double
    let strides: [Int]
    var testDescription: String { name }
  }

  static let sizes = [
    Size(
      name: "yolov5n", parameters: 1_872_157, fused: 1_867_405, gflops: 4.468, strides: [8, 16, 32]),
    Size(
      name: "yolov5s", parameters: 7_235_389, fused: 7_225_885, gflops: 16.434,
      strides: [8, 16, 32]),
    Size(
      name: "yolov5m", parameters: 21_190_557, fused: 21_172_173, gflops: 48.872,
      strides: [8, 16, 32]),
    Size(
      name: "yolov5l", parameters: 46_563_709, fused: 46_533_693, gflops: 108.994,
      strides: [8, 16, 32]),
    Size(
      name: "yolov5x", parameters: 86_749_405, fused: 86_705_005, gflops: 205.448,
      strides: [8, 16, 32]),
    Size(
      name: "yolov5n6", parameters: 3_246_940, fused: 3_239_884, gflops: 4.559,
      strides: [8, 16, 32, 64]),
    Size(
      name: "yolov5s6", parameters: 12_626_620, fused: 12_612_508, gflops: 16.797,
      strides: [8, 16, 32, 64]),
    Size(
      name: "yolov5m6", parameters: 35_731_932, fused: 35_704_908, gflops: 49.912,
      strides: [8, 16, 32, 64]),
    Size(
      name: "yolov5l6", parameters: 76_770_172, fused: 76_726_332, gflops: 111.235,
      strides: [8, 16, 32, 64]),
    Size(
      name: "yolov5x6", parameters: 140_794_780, fused: 140_730_220, gflops: 209.565,
      strides: [8, 16, 32, 64]),
  ]

  static func outline(_ name: String, deployed: Bool = false) throws -> NetworkOutline {
    try NetworkOutline(try architecture(name, deployed: deployed))
  }

  static func architecture(_ name: String, deployed: Bool = false) throws -> any Architecture {
    let variant = try #require(YOLOv5.variants.first { $0.name == name })
    return YOLOv5.architecture(of: variant, classCount: 80, deployed: deployed)
  }

  @Test func everyPublishedSizeIsTested() {
    #expect(Self.sizes.map(\.name) == YOLOv5.variants.map(\.name))
  }

  @Test(arguments: sizes)
  func parametersEqualUpstream(_ size: Size) throws {
    let outline = try Self.outline(size.name)
    #expect(outline.entries.parameterCount == size.parameters)
    #expect(outline.strides == size.strides)
    let variant = YOLOv5.variant(of: try Self.architecture(size.name), outline: outline)
    #expect(variant?.name == size.name)
  }

  @Test(arguments: sizes)
  func fusedParametersAndOperationsEqualUpstream(_ size: Size) throws {
    #expect(try NetworkMeasures.fusedParameters(size.name) == size.fused)
    let gflops = try NetworkMeasures.convolutionGFLOPs(size.name, .inference, side: 640)
    #expect(abs(gflops - size.gflops) < 0.000_501)
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: sizes)
  func theStateEqualsUpstream(_ size: Size) throws {
    let published = try PublishedState("yolov5/\(size.name)")
    #expect(published.parameters == size.parameters)
    #expect(published.differences(from: try Self.outline(size.name).entries) == [])
  }
}
