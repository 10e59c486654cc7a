import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

@Suite("Anchors against upstream", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct AnchorVectorTests {
  static func doubles(_ vectors: SafetensorsFixture, _ name: String) throws -> [Double] {
    try vectors.integers("\(name).f64bits").map {
      Double(bitPattern: UInt64(bitPattern: Int64($0)))
    }
  }

  static func sizes(_ values: [Double]) -> [BoxSize] {
    stride(from: 0, to: values.count, by: 2).map {
      BoxSize(width: values[$0], height: values[$0 + 1])
    }
  }

  static func sizes(_ values: [Float]) -> [BoxSize] { sizes(values.map(Double.init)) }

  /// The objects of a case in pixels, picture by picture.
  static func objects(
    _ vectors: SafetensorsFixture, prefix: String = "", imageSize: Double, scales: [Double]? = nil
  ) throws -> [BoxSize] {
    let labels = try vectors.floats("\(prefix)labels")
    let pictures = sizes(try vectors.floats("\(prefix)shapes_wh"))
    var row = 0
    var objects: [BoxSize] = []
    for (picture, count) in try vectors.integers("\(prefix)label_counts").enumerated() {
      for _ in 0..<count {
        let fraction = BoxSize(
          width: Double(labels[5 * row + 3]), height: Double(labels[5 * row + 4]))
        objects.append(
          BoxSize(
            fraction: fraction, picture: pictures[picture], imageSize: imageSize,
            scale: scales?[picture] ?? 1))
        row += 1
      }
    }
    return objects
  }

  static func floats(_ sizes: [BoxSize]) -> [Float] {
    sizes.flatMap { [Float($0.width), Float($0.height)] }
  }

  /// A text that v6.0 printed, without its prefix.
  static func printed(_ file: String, _ find: ([String: Any]) -> String?) throws -> String {
    let bytes = try Shared.bytes("data/vectors/anchors/\(file).json")
    let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    let text = json.flatMap(find)
    return try #require(text).replacingOccurrences(of: "autoanchor: ", with: "")
  }

  @Test(arguments: [(0, 640.0, 4.0, false), (1, 640, 4, false), (2, 1280, 3, true)])
  func checkEqualsUpstream(_ id: Int, _ imageSize: Double, _ limit: Double, _ flips: Bool) throws {
    let vectors = try SafetensorsFixture("data/vectors/anchors/check_anchors.safetensors")
    let objects = try Self.objects(
      vectors, prefix: "\(id).", imageSize: imageSize,
      scales: try Self.doubles(vectors, "\(id).scale"))
    #expect(Self.floats(objects) == (try vectors.floats("\(id).wh")))

    let before = Self.sizes(try vectors.floats("\(id).anchors_before_px"))
    let found = Self.sizes(try vectors.floats("\(id).kmean_result_px"))
    for (anchors, name) in [(before, "bpr_aat_before"), (found, "bpr_aat_new")] {
      let fit = try #require(AnchorFit(anchors: anchors, objects: objects, ratioLimit: limit))
      let expected = try vectors.floats("\(id).\(name)")
      #expect([fit.bestPossibleRecall, fit.anchorsPerTarget] == expected)
    }
    let fit = try #require(AnchorFit(anchors: before, objects: objects, ratioLimit: limit))
    #expect(fit.needsSearch(.below) && fit.needsSearch(.atMost))

    let printed = try Self.printed("check_anchors") { json in
      (json["cases"] as? [[String: Any]])?[id]["printed"] as? String
    }
    let still = try Self.objects(vectors, prefix: "\(id).", imageSize: imageSize)
    let search = AnchorSearch(count: found.count, imageSize: imageSize, ratioLimit: limit)
    let tiny = still.count { $0.width < 3 || $0.height < 3 }
    let lines =
      ["Analyzing anchors... \(AnchorMessages.analysis(fit, rule: .below))"]
      + [
        AnchorMessages.tinyObjects(tiny, of: still.count, rule: .below),
        AnchorMessages.clustering(
          anchors: found.count, points: try search.usable(still).count),
      ].compactMap(\.self)
      + AnchorMessages.result(found, objects: still, search: search, rule: .below)
      + [AnchorMessages.outcome(isReplaced: true, rule: .below)]
    for line in lines { #expect(printed.contains(line + "\n"), "\(line)\n\(printed)") }

    let after = try vectors("\(id).anchors_after_px")
    let levels = (0..<after.shape[0]).map {
      AnchorLevel(stride: Double(8 << $0), anchors: Array(found[(3 * $0)..<(3 * $0 + 3)]))
    }
    #expect(AnchorOrder.endsInGrid.isReversed(levels) == flips)
    #expect(AnchorOrder.levelsInPixels.applied(to: levels) == levels)
    let ordered = AnchorOrder.endsInGrid.applied(to: levels)
    #expect(Self.floats(ordered.flatMap(\.anchors)) == after.floats)
  }

  @Test func clustersAndEvolutionEqualUpstreamToTheBit() throws {
    let vectors = try SafetensorsFixture("data/vectors/anchors/kmean_anchors.safetensors")
    let search = AnchorSearch(generations: 60)
    let objects = try Self.objects(vectors, imageSize: 640)
    let used = try search.usable(objects)
    let whitened = Self.sizes(try Self.doubles(vectors, "kmeans.obs_whitened"))
    try #require(used.count == whitened.count)
    let books = Self.sizes(try Self.doubles(vectors, "kmeans.init_codebooks"))
    let starts = try stride(from: 0, to: books.count, by: 9).map { first in
      try books[first..<(first + 9)].map { try #require(whitened.firstIndex(of: $0)) }
    }
    let clusters = try #require(search.clusters(of: used, starts: starts))
    // The centres are given whitened, in the order of their cluster: any object gives the scale.
    let scale = BoxSize(
      width: used[0].width / whitened[0].width, height: used[0].height / whitened[0].height)
    let expected = Self.sizes(try Self.doubles(vectors, "kmeans.codebook")).map {
      BoxSize(width: $0.width * scale.width, height: $0.height * scale.height)
    }.sorted { $0.area < $1.area }
    for (found, size) in zip(clusters, expected) {
      #expect(Tolerance.reorderedDoubles.accepts(found.width, size.width))
      #expect(Tolerance.reorderedDoubles.accepts(found.height, size.height))
    }

    let masks = try Self.doubles(vectors, "ga.mask_uniform")
    let scales = try Self.doubles(vectors, "ga.scale_uniform")
    let normals = try Self.doubles(vectors, "ga.normal")
    var evolution = AnchorEvolution(anchors: clusters, objects: used)
    var attempt = 0
    for _ in 0..<60 {
      evolution.advance {
        let sides = (18 * attempt)..<(18 * attempt + 18)
        attempt += 1
        return AnchorEvolution.Mutation(
          mask: Array(masks[sides]), scale: scales[attempt - 1], normals: Array(normals[sides]))
      }
    }
    #expect(attempt == 60)
    let result = evolution.anchors.sorted { $0.area < $1.area }
    let recorded = try Self.doubles(vectors, "gen60.result_px")
    #expect(result.flatMap { [$0.width, $0.height] } == recorded)

    let printed = try Self.printed("kmean_anchors") { json in
      let runs = json["results"] as? [String: Any]
      return (runs?["gen60"] as? [String: Any])?["printed"] as? String
    }
    let lines =
      [AnchorMessages.clustering(anchors: 9, points: used.count)]
      + AnchorMessages.result(clusters, objects: objects, search: search, rule: .below)
      + AnchorMessages.result(result, objects: objects, search: search, rule: .below)
    #expect(printed == lines.joined(separator: "\n") + "\n")
  }
}
