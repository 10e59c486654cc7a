import ApusFamilies
import ApusTestSupport
import Testing

/// The published networks, written down as tables.
@Suite("YOLOv5 networks")
struct YOLOv5NetworkTests {
  struct Size: CustomTestStringConvertible {
    let name: String
    /// Parameters of upstream's models, normalisation unfused.
    let parameters: Int
    let strides: [Int]
    var testDescription: String { name }
  }

  static let sizes = [
    Size(name: "yolov5n", parameters: 1_872_157, strides: [8, 16, 32]),
    Size(name: "yolov5s", parameters: 7_235_389, strides: [8, 16, 32]),
    Size(name: "yolov5m", parameters: 21_190_557, strides: [8, 16, 32]),
    Size(name: "yolov5l", parameters: 46_563_709, strides: [8, 16, 32]),
    Size(name: "yolov5x", parameters: 86_749_405, strides: [8, 16, 32]),
    Size(name: "yolov5n6", parameters: 3_246_940, strides: [8, 16, 32, 64]),
    Size(name: "yolov5s6", parameters: 12_626_620, strides: [8, 16, 32, 64]),
    Size(name: "yolov5m6", parameters: 35_731_932, strides: [8, 16, 32, 64]),
    Size(name: "yolov5l6", parameters: 76_770_172, strides: [8, 16, 32, 64]),
    Size(name: "yolov5x6", parameters: 140_794_780, strides: [8, 16, 32, 64]),
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

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: sizes)
  func theStateEqualsUpstream(_ size: Size) throws {
    let published = try PublishedState("yolov5/\(size.name)")
    #expect(published.parameters == size.parameters)
    #expect(published.differences(from: try Self.outline(size.name).entries) == [])
  }
}
