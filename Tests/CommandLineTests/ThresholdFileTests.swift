import Foundation
import Testing

/// `apus detect --thresholds`.
@Suite struct ThresholdOptionTests {
  private struct Found: Decodable {
    let categoryID: Int
    let score: Double

    enum CodingKeys: String, CodingKey {
      case categoryID = "category_id"
      case score
    }
  }

  @Test func aFileStandsForTheOption() throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try place.file("p.bmp", Picture.bmp(width: 64, height: 64))
      try place.file("names.txt", Array("cat\ndog\ncow\n".utf8))
      func scores(_ options: [String]) throws -> [Found] {
        let result = try place.run(
          ["detect", "net.onnx", "p.bmp", "--names", "names.txt", "--no-pictures", "--json"]
            + options)
        try #require(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode([Found].self, from: Data(result.output.utf8))
      }
      try place.file(
        "t.json", Array(#"{"base": 0.1, "classes": {"cat": 1, "Dog": 1.0, "2": 0.2}}"#.utf8))
      let byFile = try scores(["--thresholds", "t.json"])
      let byOption = try scores(["--conf", "0.1,cat=1,dog=1,cow=0.2"])
      #expect(byFile.map(\.score) == byOption.map(\.score))
      #expect(byFile.map(\.categoryID) == byOption.map(\.categoryID))
      try place.file("all.json", Array(#"{"base": 1}"#.utf8))
      #expect(try scores(["--thresholds", "all.json"]).isEmpty)
      try place.file("low.json", Array(#"{"base": 0.01, "model": "abc", "goal": null}"#.utf8))
      let low = try place.run([
        "detect", "net.onnx", "p.bmp", "--no-pictures", "--thresholds", "low.json",
      ])
      #expect(low.status == 0 && low.errors.contains("chosen for other weights (abc…)"))
    }
  }

  @Test(arguments: [
    (#"{"base": NaN}"#, "\"base\""), (#"{"base": 1.5}"#, "0 to 1"),
    (#"{"base": -0.1}"#, "0 to 1"), (#"{"base": "0.2"}"#, "0 to 1"),
    (#"{"classes": {}}"#, "\"base\""), (#"[0.2]"#, "an object"), ("", "JSON"),
    (#"{"base": 0.2, "clases": {}}"#, "did you mean \"classes\"?"),
    (#"{"base": 0.2, "classes": [0.1]}"#, "\"classes\""),
    (#"{"base": 0.2, "classes": {"dogg": 0.1}}"#, "did you mean \"dog\"?"),
    (#"{"base": 0.2, "classes": {"dog": Infinity}}"#, "\"dog\""),
    (#"{"base": 0.2, "classes": {"dog": 0.1, "dog": 0.2}}"#, "each key once"),
    (#"{"base": 0.2, "classes": {"dog": 0.1, "DOG": 0.2}}"#, "two thresholds"),
    (#"{"base": 0.2, "classes": {"dog": 0.1, "1": 0.2}}"#, "two thresholds"),
    (#"{"base": 0.2, "goal": 3}"#, "\"goal\""), (#"{"base": 0.2} x"#, "end of the file"),
  ])
  func badFilesAreRefused(_ text: String, _ words: String) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try place.file("p.bmp", Picture.bmp(width: 64, height: 64))
      try place.file("names.txt", Array("cat\ndog\ncow\n".utf8))
      try place.file("t.json", Array(text.utf8))
      try place.refuses(
        [
          "detect", "net.onnx", "p.bmp", "--names", "names.txt", "--thresholds", "t.json", "-o",
          "out",
        ], says: ["t.json", words])
    }
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try place.file("p.bmp", Picture.bmp(width: 64, height: 64))
      try place.refuses(
        ["detect", "net.onnx", "p.bmp", "--thresholds", "none.json"], says: ["none.json"])
      try place.refuses(
        ["detect", "net.onnx", "p.bmp", "--thresholds", "t.json", "--conf", "0.3"], status: 2,
        says: ["--conf and --thresholds exclude"])
    }
  }
}
