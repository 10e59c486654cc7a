import ApusTestSupport
import Foundation
import Testing

/// Options that do not fit the model, and models that do not fit the task.
@Suite struct BadOptionTests {
  private func withDetector(
    _ model: [UInt8] = Network.detector(), _ body: (Workplace) throws -> Void
  ) throws {
    try Workplace.with { place in
      try place.file("net.onnx", model)
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      try body(place)
    }
  }

  private func detect(_ options: String...) -> [String] {
    ["detect", "net.onnx", "p.bmp"] + options
  }

  @Test(arguments: [
    "junk", "2", "-1", "nan", "inf", "0.2,0.3", "class0=x", "class0=2", "=", ",", "nobody=0.3",
  ])
  func confidencesThatAreNoneAreQuoted(_ text: String) throws {
    try withDetector { place in
      try place.refuses(detect("--conf=\(text)"), status: 2, says: [text])
    }
  }

  @Test func anUnknownClassIsToldItsNearestName() throws {
    try withDetector { place in
      try place.file("names", Array("person\nbicycle\ncar\n".utf8))
      for option in ["--classes=persn", "--conf=persn=0.3"] {
        try place.refuses(
          detect("--names", "names", option), status: 2,
          says: ["persn", "did you mean \"person\""])
      }
      for classes in ["nobody", "7", "-1"] {
        try place.refuses(
          detect("--classes=\(classes)"), status: 2, says: [classes, "0 to 2"])
      }
      try place.refuses(detect("--classes=,"), status: 2, says: ["--classes", "commas"])
    }
  }

  @Test func namesMustFitTheModel() throws {
    try withDetector { place in
      for (text, words) in [
        "a\nb\n": ["3 classes", "2 class names", "--names"],
        "a\nb\nc\nd\n": ["3 classes", "4 class names"],
        "a\n\nb\n": ["one class name a line"], "": ["one class name a line"],
      ] {
        try place.file("names", Array(text.utf8))
        try place.refuses(detect("--names", "names"), says: words)
      }
      try place.refuses(detect("--names", "coco"), says: ["net.onnx", "3 classes", "80"])
      try place.file("names", [0xFF, 0xFE, 0x80])
      try place.refuses(detect("--names", "names"), says: ["names", "UTF-8"])
      try place.refuses(detect("--names", "absent"), says: ["absent", "one name a line"])
    }
  }

  @Test func aFixedInputStaysAsItIs() throws {
    try withDetector { place in
      for option in ["--image-size=96", "--image-size=64x96", "--rect"] {
        try place.refuses(
          detect(option), status: 2, says: ["net.onnx", "64x64", "--dynamic"])
      }
      for option in ["--image-size=32", "--dynamic", "--dynamic-batch"] {
        try place.refuses(
          ["export", "net.onnx", "--to", "o.onnx", option], status: 2,
          says: ["net.onnx", "checkpoint"])
      }
    }
  }

  @Test(arguments: ["0", "-5", "64x", "1x2x3", "abc", "99999", "1e3"])
  func sizesThatAreNoneAreQuoted(_ size: String) throws {
    try withDetector { place in
      try place.refuses(detect("--image-size=\(size)"), status: 2, says: [size, "--image-size"])
    }
  }

  @Test func modelsThatTakeSomethingElseAreRefused() throws {
    let extra = Message.model {
      $0.node("MaxPool", ["images"], ["p"], integers: [("kernel_shape", [64, 8])])
      $0.node("Reshape", ["p", "sizes"], ["r"])
      $0.node("Mul", ["r", "scale"], ["output0"])
      $0.integers("sizes", [1, 19, 9])
      $0.input("images", [1, 3, 64, 64])
      $0.input("scale", [1])
      $0.output("output0", [1, 19, 9])
    }
    let models: [(model: [UInt8], words: [String])] = [
      (Network.detector(channels: 4), ["[N, 3, H, W]", "[1, 4, 64, 64]", "export"]),
      (Network.detector(channels: 1), ["[N, 3, H, W]", "[1, 1, 64, 64]", "export"]),
      (Network.detector(batch: 4), ["batches of 4", "export it with batch 1"]),
      (Network.detector(columns: 4), ["not understood", "[1, 4, 4]", "5 + classes"]),
      (extra, ["'images'", "'scale'"]),
    ]
    for (model, words) in models {
      try withDetector(model) { place in try place.refuses(detect(), says: ["net.onnx"] + words) }
    }
  }

  @Test func cuttingAtNothingIsRefused() throws {
    try withDetector { place in
      try place.refuses(
        ["cut", "net.onnx", "o.onnx", "--outputs", "nothing"],
        says: ["net.onnx", "'nothing'", "--outputs"])
      try place.refuses(
        ["cut", "net.onnx", "o.onnx", "--outputs", "images"],
        says: ["net.onnx", "'images'", "--outputs"])
      try place.refuses(
        ["cut", "net.onnx", "o.onnx", "--outputs", ","], status: 2, says: ["--outputs", "commas"])
      try place.refuses(["cut", "net.onnx", "o.onnx"], says: ["net.onnx", "--outputs"])
    }
  }

  @Test func tensorsForARunMustFit() throws {
    try withDetector { place in
      let run = ["run", "net.onnx", "--output", "o.safetensors", "--input"]
      for executor in ["compiled", "interpreter"] {
        let options = ["--executor", executor]
        try place.file("x", Tensors.zeros("other", [1]))
        try place.refuses(run + ["x"] + options, says: ["images"])
        try place.file("x", Tensors.zeros("images", [1, 3, 64]))
        try place.refuses(run + ["x"] + options, says: ["images"])
        try place.file("x", Tensors.zeros("images", [1, 5, 64, 64]))
        try place.refuses(run + ["x"] + options, says: ["net.onnx"])
        try place.file("x", Array(Tensors.zeros("images", [1, 3, 64, 64]).dropLast()))
        try place.refuses(run + ["x"] + options, says: ["x"])
        try place.refuses(run + ["absent"] + options, says: ["absent"])
      }
    }
  }
}
