import ApusImage
import ApusTestSupport
import Testing

/// Resizes and letterboxes against vectors made by OpenCV and by the upstream functions.
@Suite(.enabled(if: Shared.isPresent, ReferencePictures.absence))
struct VectorTests {
  static let folder = "vectors/boxes/"

  @Test
  func resizeEqualsOpenCV() throws {
    let name = Self.folder + "opencv_resize_warp_hsv"
    let tensors = try SafetensorsFixture("data/" + name + ".safetensors")
    let cases = try Self.cases(name)
    #expect(cases.count == 9)
    for index in cases.indices {
      let size = try #require(cases[index]["out_hw"] as? [Int])
      let input = try tensors.image("\(index).in")
      for (method, interpolation) in [("linear", Interpolation.linear), ("area", .area)] {
        let output = try input.resized(
          toWidth: size[1], height: size[0], interpolation: interpolation)
        #expect(output == (try tensors.image("\(index).\(method)")), "case \(index) \(method)")
      }
    }
  }

  @Test(arguments: ["yolov5_letterbox_scale_coords", "yolov10_letterbox_scale_boxes"])
  func letterboxEqualsUpstream(file: String) throws {
    let tensors = try SafetensorsFixture("data/" + Self.folder + file + ".safetensors")
    let cases = try Self.cases(Self.folder + file)
    #expect(!cases.isEmpty)
    for (index, entry) in cases.enumerated() {
      let letterbox = try Self.letterbox(entry, autoByDefault: file.hasPrefix("yolov5"))
      let size = try #require(entry["in_hw"] as? [Int])
      let geometry = try letterbox.geometry(imageWidth: size[1], imageHeight: size[0])
      if tensors.entries["\(index).in"] != nil {
        let input = try tensors.image("\(index).in")
        let output = try tensors.image("\(index).out")
        #expect(try input.letterboxed(letterbox).image == output, "case \(index)")
      }
      guard letterbox.alignment == .center else { continue }
      let boxes = try tensors.boxes("\(index).boxes")
      let scaled = try tensors.boxes("\(index).scaled")
      let inferred =
        file.hasPrefix("yolov10") ? Self.yolov10Mapping(geometry) : geometry.inferred
      #expect(boxes.map(inferred.toOriginal) == scaled, "case \(index)")
      if file.hasPrefix("yolov5") {
        let nominal = try tensors.boxes("\(index).scaled_ratio_pad")
        var mapping = geometry.nominal
        // Upstream takes the horizontal gain for both axes.
        mapping.scaleY = mapping.scaleX
        #expect(boxes.map(mapping.toOriginal) == nominal, "case \(index)")
      }
    }
  }

  @Test
  func letterboxShapesEqualUpstream() throws {
    let cases = try Self.cases(Self.folder + "yolov5_letterbox_shapes")
    #expect(cases.count == 208)
    for (index, entry) in cases.enumerated() {
      let size = try #require(entry["in_hw"] as? [Int])
      let geometry = try Self.letterbox(entry, autoByDefault: true)
        .geometry(imageWidth: size[1], imageHeight: size[0])
      #expect([geometry.height, geometry.width] == entry["out_hw"] as? [Int], "case \(index)")
      // JSONSerialization may read a decimal as the neighbouring double.
      let ratio = try #require(entry["ratio"] as? [Double])
      #expect(abs(geometry.nominalScaleX - ratio[0]) <= 2 * ratio[0].ulp, "case \(index)")
      #expect(abs(geometry.nominalScaleY - ratio[1]) <= 2 * ratio[1].ulp, "case \(index)")
      #expect(
        [geometry.nominalLeft, geometry.nominalTop] == entry["pad"] as? [Double],
        "case \(index)")
    }
  }

  /// YOLOv10's `scale_boxes` rounds the padding it infers: `round(pad - 0.1)`.
  private static func yolov10Mapping(_ geometry: LetterboxGeometry) -> LetterboxMapping {
    var mapping = geometry.inferred
    mapping.left = (mapping.left - 0.1).rounded(.toNearestOrEven)
    mapping.top = (mapping.top - 0.1).rounded(.toNearestOrEven)
    return mapping
  }

  private static func cases(_ name: String) throws -> [[String: Any]] {
    try #require(try ReferencePictures.json(name + ".json")["cases"] as? [[String: Any]])
  }

  /// The letterbox of upstream's arguments.
  private static func letterbox(
    _ entry: [String: Any], autoByDefault: Bool
  ) throws -> Letterbox {
    let arguments = try #require(entry["kw"] as? [String: Any])
    let side = entry["new_shape"] as? Int
    let shape = try #require(entry["new_shape"] as? [Int] ?? side.map { [$0, $0] })
    let auto = arguments["auto"] as? Bool ?? autoByDefault
    let fills = (arguments["scaleFill"] ?? arguments["scale_fill"]) as? Bool ?? false
    return Letterbox(
      width: shape[1], height: shape[0], mode: fills && !auto ? .stretch : .fit,
      alignment: arguments["center"] as? Bool ?? true ? .center : .topLeft,
      enlarges: arguments["scaleup"] as? Bool ?? true,
      minimumRectangleStride: auto ? arguments["stride"] as? Int ?? 32 : nil)
  }
}
