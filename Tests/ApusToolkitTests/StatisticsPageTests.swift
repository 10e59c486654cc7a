import ApusDatasets
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// The page of a data set's statistics: well-formed, without requests, with its numbers.
@Suite struct StatisticsPageTests {
  /// The page of a COCO file made of the given parts.
  static func page(
    categories: [String], images: [(Int, Int)], boxes: [(image: Int, category: Int, box: [Double])],
    split: String? = nil
  ) throws -> (html: String, read: PageReader, survey: DatasetSurvey) {
    let root: [String: Any] = [
      "images": images.enumerated().map { index, size in
        ["id": index, "file_name": "\(index).jpg", "width": size.0, "height": size.1]
          as [String: Any]
      },
      "annotations": boxes.enumerated().map { index, box in
        ["id": index, "image_id": box.image, "category_id": box.category, "bbox": box.box]
          as [String: Any]
      },
      "categories": categories.enumerated().map { index, name in
        ["id": index, "name": name] as [String: Any]
      },
    ]
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("set.json")
    try JSONSerialization.data(withJSONObject: root).write(to: file)
    let survey = try DatasetSurvey(path: file.path, split: split)
    let html = StatisticsPage(survey).html
    return (html, try PageReader(html), survey)
  }

  /// Links lead to places of the page, ids are unique, nothing is fetched.
  static func expectNothingFetched(_ page: PageReader) {
    for element in page.elements {
      #expect(element.attributes["src"] == nil)
      if let link = element.attributes["href"] {
        #expect(link.hasPrefix("#") && page.ids.contains(String(link.dropFirst())), "\(link)")
      }
    }
    #expect(
      page.elements.filter {
        ["link", "img", "iframe", "object", "script", "image"].contains($0.name)
      }.isEmpty)
    #expect(page.ids.count == Set(page.ids).count)
  }

  @Test func barsAreTheCounts() throws {
    // 3 boxes of 20 x 10, one of 300 x 300, in pictures as large as the input.
    let (_, page, survey) = try Self.page(
      categories: ["a", "b"], images: [(640, 640), (640, 640)],
      boxes: [
        (0, 0, [0, 0, 20, 10]), (0, 0, [100, 0, 20, 10]), (1, 0, [0, 0, 20, 10]),
        (1, 1, [300, 300, 300, 300]),
      ])
    Self.expectNothingFetched(page)
    #expect(survey.statistics.objects.count == 4)
    // √200 = 14.1 lies between 11.3 and 16, 300 between 256 and 362.
    for words in ["11.3 to 16: 3", "256 to 362.0: 1", "2.00", "75.0 %", "small (under 32 px)"] {
      #expect(page.text.contains(words), "\(words)")
    }
    let bars = page.elements.filter { $0.name == "rect" && $0.attributes["class"] == "heat" }
    // Two sizes, and three places: two objects have the same.
    #expect(bars.count == 2 + 3)
    #expect(page.elements.filter { $0.name == "figure" }.count == 8)
  }

  @Test func hostileNamesAreText() throws {
    let names = [HTMLTests.hostile, "\u{1}\u{FFFF}]]>&'\"", String(repeating: "W", count: 5_000)]
    let (html, page, _) = try Self.page(
      categories: names, images: [(10, 10)],
      boxes: names.indices.map { (0, $0, [0, 0, 5, 5]) })
    Self.expectNothingFetched(page)
    #expect(page.elements.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
    #expect(html.utf8.count < 100_000)
  }

  @Test func manyClassesStayReadable() throws {
    let boxes = (0..<2_000).map { index in
      (index % 10, index % 500, [Double(index % 600), 0, 10, 30] as [Double])
    }
    let (html, page, _) = try Self.page(
      categories: (0..<500).map { "class \($0)" }, images: Array(repeating: (640, 480), count: 10),
      boxes: boxes.map { (image: $0.0, category: $0.1, box: $0.2) })
    Self.expectNothingFetched(page)
    // Charts show the largest, the table has all.
    #expect(page.ids.filter { $0.hasPrefix("class-") }.count == 500)
    let labels = page.elements.filter { $0.attributes["class"] == "label" }
    #expect(labels.count == 40)
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func emptyAndSingularSetsHaveAPage() throws {
    let empty = try Self.page(categories: ["a"], images: [(10, 10)], boxes: [])
    #expect(empty.read.text.contains("None of 1 pictures has an object."))
    let flat = try Self.page(
      categories: ["a"], images: [(1, 1_000_000)],
      boxes: [(0, 0, [0, 0, 0, 0]), (0, 0, [-1e9, 0, 1e12, 1e12])])
    Self.expectNothingFetched(flat.read)
    let values = flat.read.elements.flatMap(\.attributes.values)
    #expect(!values.contains { ["nan", "-nan", "inf", "-inf", "nan%", "inf%"].contains($0) })
    #expect(!flat.read.text.contains(" nan") && !flat.read.text.contains(" inf "))
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence))) func realSets() throws {
    for path in [
      "data/bccd/BCCD", "data/coco_val2017_subset/instances_val2017_subset.json",
    ] {
      let survey = try DatasetSurvey(path: Shared.file(path).path)
      let page = try PageReader(StatisticsPage(survey).html)
      Self.expectNothingFetched(page)
      for kind in survey.statistics.classes { #expect(page.text.contains(kind.name)) }
      for advice in survey.statistics.advice {
        #expect(page.text.contains(advice.finding) && page.text.contains(advice.suggestion))
      }
      #expect(survey.faultCount == 0)
    }
  }
}
