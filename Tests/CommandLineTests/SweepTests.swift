import ApusTestSupport
import Foundation
import Testing

/// `apus sweep` on a small network and a small data set.
@Suite struct SweepTests {
  /// A network of 64 x 64 pixels, two pictures, one class.
  private func withData(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector(columns: 6))
      try place.file("a.bmp", Picture.bmp(width: 64, height: 48))
      try place.file("b.bmp", Picture.bmp(width: 40, height: 64))
      let data = """
        {"images": [{"id": 1, "file_name": "a.bmp", "width": 64, "height": 48},
                    {"id": 2, "file_name": "b.bmp", "width": 40, "height": 64}],
         "categories": [{"id": 1, "name": "thing"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 30, 30], "area": 900, "iscrowd": 0},
                         {"id": 2, "image_id": 2, "category_id": 1, "bbox": [2, 9, 20, 30], "area": 600, "iscrowd": 0}]}
        """
      try place.file("data.json", Array(data.utf8))
      try body(place)
    }
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func helpHasExamples() throws {
    let help = try Apus.run(["sweep", "--help"])
    #expect(help.status == 0)
    for word in ["apus sweep yolov5n.pt data.yaml", "--state", "Pareto", "--precision"] {
      #expect(help.output.contains(word))
    }
  }

  @Test func rowsAreMeasuredOnceAndWritten() throws {
    try withData { place in
      let command = [
        "sweep", "net.onnx", "data.json", "--preprocess", "own,stretch,rect", "--state",
        "state.json", "--csv", "rows.csv", "--html", "page.html", "--json", "--threads", "1",
      ]
      let first = try place.run(command)
      #expect(first.status == 0, "\(first.errors)")
      let table = try object(first.output)
      let rows = try #require(table["rows"] as? [[String: Any]])
      #expect(rows.count == 2)
      #expect(rows.map { $0["isRecalled"] as? Bool } == [false, false])
      let measures = try #require(rows[0]["measures"] as? [String: Any])
      #expect(measures["pictures"] as? Int == 2)
      let parameters = try #require(measures["parameters"] as? Int)
      #expect(parameters == 6 * 3)
      #expect(measures["weightBytes"] as? Int == 4 * 6 * 3)
      #expect(measures["multiplyAccumulates"] as? Int == 6 * 3 * 4)
      #expect((measures["peakMemory"] as? Int ?? 0) > 1 << 20)
      let leftOut = try #require(table["leftOut"] as? [[String: Any]])
      #expect((leftOut.first?["reason"] as? String)?.contains("no rectangle") == true)
      let files = try place.contents()
      let csv = try #require(files["rows.csv"].map { String(decoding: $0, as: UTF8.self) })
      #expect(csv.split(separator: "\r\n").count == 3)
      let page = try #require(files["page.html"].map { String(decoding: $0, as: UTF8.self) })
      #expect(page.contains("</html>") && page.contains("stretch"))

      let second = try place.run(command)
      #expect(second.status == 0, "\(second.errors)")
      let again = try #require(try object(second.output)["rows"] as? [[String: Any]])
      #expect(again.map { $0["isRecalled"] as? Bool } == [true, true])
      #expect(again.map { $0["iTime"] as? Double } == rows.map { $0["iTime"] as? Double })
    }
  }

  @Test func theTableIsText() throws {
    try withData { place in
      let result = try place.run(["sweep", "net.onnx", "data.json", "--limit", "1"])
      #expect(result.status == 0, "\(result.errors)")
      for word in ["mAP50-95", "i_time ms", "score", "best Pareto", "net.onnx"] {
        #expect(result.output.contains(word), "\(result.output)")
      }
    }
  }

  @Test func aRowThatFailsIsNamedAndOthersAreMeasured() throws {
    try withData { place in
      // Two classes, while the data set has one: `val` refuses it.
      try place.file("other.onnx", Network.detector(columns: 7))
      let result = try place.run(["sweep", "other.onnx", "net.onnx", "data.json", "--json"])
      #expect(result.status == 1)
      #expect(result.errors.hasPrefix("apus: error: 1 of 2 configurations failed"))
      #expect(result.errors.contains("other.onnx"))
      let table = try object(result.output)
      #expect((table["rows"] as? [Any])?.count == 1)
      #expect((table["failed"] as? [Any])?.count == 1)
    }
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    try withData { place in
      let start = ["sweep", "net.onnx", "data.json"]
      let cases: [([String], [String])] = [
        (["sweep", "data.json"], ["at least one model", "apus sweep MODEL... DATA"]),
        (["sweep"], ["model"]),
        (start + ["--sizes", "large"], ["--sizes", "large"]),
        (start + ["--sizes", "320,,640"], ["--sizes"]),
        (start + ["--precision", "fp32,int8"], ["int8", "does not quantise yet"]),
        (start + ["--precision", "fp8"], ["fp8", "fp32, fp16"]),
        (start + ["--batch", "0"], ["--batch", "1 to 1024"]),
        (start + ["--batch", "many"], ["many"]),
        (start + ["--preprocess", "squash"], ["squash"]),
        (start + ["--heads", "tail"], ["tail"]),
        (start + ["--limit", "0"], ["--limit", "at least 1"]),
        (start + ["--threads", "0"], ["--threads"]),
        (start + ["--split", "test"], ["test", "--split"]),
        (start + ["--csv", "a", "--html", "./a"], ["--csv and --html"]),
        (start + ["--csv", "net.onnx"], ["net.onnx", "overwritten"]),
        (start + ["--sizes", "640"], ["no combination", "fixed size 64"]),
      ]
      for (arguments, words) in cases {
        try place.refuses(arguments, status: 2, says: words)
      }
    }
  }

  @Test func whatFilesDoNotAllowIsRefusedBeforeAnythingIsRun() throws {
    try withData { place in
      try place.file("other.json", Array("{}".utf8))
      let start = ["sweep", "net.onnx", "data.json"]
      let cases: [([String], [String])] = [
        (["sweep", "absent.onnx", "data.json"], ["absent.onnx", "no such file"]),
        (["sweep", "net.onnx", "absent.json"], ["absent.json"]),
        (["sweep", "data.json", "data.json"], ["data.json"]),
        (start + ["--csv", "absent/rows.csv"], ["absent/rows.csv", "name another file"]),
        (start + ["--html", "/proc/apus/page.html"], ["/proc/apus/page.html"]),
        (start + ["--state", "."], ["is a folder"]),
        (start + ["--state", "other.json"], ["other.json", "no state of a sweep"]),
        (start + ["--names", "absent.txt"], ["absent.txt"]),
      ]
      for (arguments, words) in cases { try place.refuses(arguments, says: words) }
    }
  }
}
