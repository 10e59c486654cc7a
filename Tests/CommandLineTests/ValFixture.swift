import ApusTestSupport
import Foundation
import Testing

/// A small data set for `apus val`, with results made elsewhere and a network with new weights.
enum ValFixture {
  /// Four pictures of noise, of 100 x 80, and three classes: `c1` on the first two pictures, `c2` on the third, `c3`
  /// nowhere.
  private static let set = #"""
    {"images":[{"id":1,"file_name":"1.bmp","width":100,"height":80},
      {"id":2,"file_name":"2.bmp","width":100,"height":80},
      {"id":3,"file_name":"3.bmp","width":100,"height":80},
      {"id":4,"file_name":"4.bmp","width":100,"height":80}],
     "annotations":[
      {"id":1,"image_id":1,"category_id":1,"bbox":[10,20,30,40],"area":1200,"iscrowd":0},
      {"id":2,"image_id":2,"category_id":1,"bbox":[10,20,30,40],"area":1200,"iscrowd":0},
      {"id":3,"image_id":3,"category_id":2,"bbox":[10,20,30,40],"area":1200,"iscrowd":0}],
     "categories":[{"id":1,"name":"c1"},{"id":2,"name":"c2"},{"id":3,"name":"c3"}]}
    """#

  /// Three right detections, of which one is loose, and two wrong ones.
  ///
  /// Scores are as low as new weights' are.
  private static let found = #"""
    [{"image_id":1,"category_id":1,"bbox":[10,20,30,40],"score":0.0045},
     {"image_id":2,"category_id":1,"bbox":[10,20,30,30],"score":0.004},
     {"image_id":2,"category_id":1,"bbox":[60,20,30,30],"score":0.001},
     {"image_id":3,"category_id":2,"bbox":[10,20,30,40],"score":0.002},
     {"image_id":4,"category_id":2,"bbox":[10,20,30,40],"score":0.0015}]
    """#

  static func with(network: Bool = false, _ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      var generator = SeededGenerator(seed: 8)
      for name in ["1.bmp", "2.bmp", "3.bmp", "4.bmp"] {
        try place.file(
          name,
          Picture.bmpHeader(width: 100, height: 80)
            + (0..<300 * 80).map { _ in UInt8.random(in: 0...255, using: &generator) })
      }
      try place.text("set.json", Self.set)
      try place.text("found.json", Self.found)
      try place.text("names.txt", "c1\nc2\nc3\n")
      if network {
        let made = try place.run([
          "new", "yolov5n", "--classes", "names.txt", "--image-size", "64", "-o", "net.onnx",
        ])
        try #require(made.status == 0, "\(made.errors)")
      }
      try body(place)
    }
  }
}
